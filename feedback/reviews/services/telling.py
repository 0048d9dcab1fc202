"""Tell the person who contested a case, by mail, that the centre has decided: a link, and no word of case or decision."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from collaboratives.models import Grant
from events.models import Event
from feedback.reviews.enums import ContestState
from feedback.reviews.models import Contest
from privacy.roles import ROLE_PERMISSIONS, Permission, Role


READERS = [role for role in Role if Permission.CONTEST_VIEW in ROLE_PERMISSIONS[role]]


def mail_decision(event: Event) -> None:
    """Nobody whose role in this hospital ended meanwhile; the same Message-ID, should it be sent twice."""
    contests = Contest.objects.exclude(state__in=(ContestState.OPEN, ContestState.WITHDRAWN))
    found = contests.select_related("contested_by", "collaborative").filter(pk=event.subject_id).first()
    if found is not None and found.contested_by.is_active and _still_there(found):
        _message(found).send()


def _still_there(contest: Contest) -> bool:
    now = timezone.now()
    held = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, role__in=READERS)
    return held.filter(user=contest.contested_by_id, participation=contest.participation_id).exists()


def _message(contest: Contest) -> EmailMessage:
    person, collaborative = contest.contested_by, contest.collaborative
    path = reverse("reviews:contest-detail", args=[collaborative.slug, contest.public_id])
    context = {
        "name": person.full_name,
        "collaborative": collaborative.name,
        "link": f"{settings.BASE_URL}{path}",
    }
    return EmailMessage(
        subject=f"The centre has decided about a case that you contested ({collaborative.name})",
        body=render_to_string("reviews/mail/decided.txt", context),
        to=[person.email],
        headers={"Message-ID": f"<contest-{contest.public_id}-{person.public_id}@colloquy>"},
    )
