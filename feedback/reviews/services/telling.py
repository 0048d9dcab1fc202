"""Tell the person who contested a case, that the centre has decided: a link, and no word of case or decision."""

from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify
from events.models import Event
from feedback.reviews.enums import ContestState
from feedback.reviews.models import Contest
from privacy.roles import ROLE_PERMISSIONS, Permission, Role


DECIDED = "The centre has decided about a case that you contested"
READERS = [role for role in Role if Permission.CONTEST_VIEW in ROLE_PERMISSIONS[role]]


def tell_contested(event: Event) -> None:
    """Nobody whose role in this hospital ended meanwhile."""
    contests = Contest.objects.exclude(state__in=(ContestState.OPEN, ContestState.WITHDRAWN))
    found = contests.select_related("collaborative").filter(pk=event.subject_id).first()
    if found is not None and _still_there(found):
        notify(
            [found.contested_by_id],
            kind=NotificationKind.CONTEST,
            title=DECIDED,
            text=decided_text(found),
            path=reverse("reviews:contest-detail", args=[found.collaborative.slug, found.public_id]),
            key=f"contest-{found.public_id}-{event.pk}",
            collaborative_id=found.collaborative_id,
            participation_id=found.participation_id,
        )


def _still_there(contest: Contest) -> bool:
    now = timezone.now()
    held = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, role__in=READERS)
    return held.filter(user=contest.contested_by_id, participation=contest.participation_id).exists()


def decided_text(contest: Contest) -> str:
    """What the mail says."""
    return render_to_string("reviews/mail/decided.txt", {"collaborative": contest.collaborative.name}).strip()
