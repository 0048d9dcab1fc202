"""Remind those who stand for a definition that its review is due: once thirty days before, once when it is over."""

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from collaboratives.models import Collaborative, Grant
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify
from collaboratives.selectors.collaboratives import collaborative_keys
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import Event
from events.services import record_event
from measures.selectors.reviews_due import MODELS, ReviewDue, reviews_due, writers_of
from privacy.roles import Role
from tenancy.context import Acting, acting


def remind_everywhere() -> None:
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            remind(key)


@transaction.atomic
def remind(collaborative_id: int) -> int:
    """Say of each definition what was not said yet; how many that were."""
    collaborative = Collaborative.objects.get(pk=collaborative_id)
    by, said = worker_viewer(collaborative), 0
    for review in reviews_due(collaborative):
        details = {"stage": "overdue" if review.overdue else "due", "day": review.day.isoformat()}
        version = MODELS[review.what].objects.get(pk=review.key)
        told = Event.objects.filter(
            kind=EventKind.REVIEW_DUE,
            collaborative_id=collaborative_id,
            subject=version._meta.label,  # noqa: SLF001 -- Django documents _meta
            subject_id=version.pk,
            details__contains=details,
        )
        if not told.exists():
            record_event(EventKind.REVIEW_DUE, by=by, subject=version, details={"what": review.what, **details})
            said += 1
    return said


def tell_review(event: Event) -> None:
    """Coordinators and the writers of the version, as long as they have a role at the centre; nobody twice."""
    collaborative = Collaborative.objects.get(pk=event.collaborative_id)
    found = [each for each in reviews_due(collaborative) if _is_about(each, event)]
    for review in found[:1]:  # none where a newer version took its place meanwhile
        state = "overdue" if review.overdue else "due"
        notify(
            _people(review, collaborative),
            kind=NotificationKind.DEFINITION_REVIEW,
            title=review_title(review),
            text=review_text(review, collaborative),
            path=review.url,
            key=f"review-{review.what[:4]}-{review.key}-{state}-{review.day.isoformat()}",
            collaborative_id=collaborative.pk,
        )


def _is_about(review: ReviewDue, event: Event) -> bool:
    return (review.key, review.what) == (event.subject_id, event.details.get("what"))


def _people(review: ReviewDue, collaborative: Collaborative) -> list[int]:
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), collaborative=collaborative, participation=None, starts_at__lte=now
    )
    wanted = held.filter(Q(role=Role.COORDINATOR) | Q(user__in=writers_of(review)), user__is_active=True)
    return list(wanted.values_list("user_id", flat=True))


def review_title(review: ReviewDue) -> str:
    return f"Review {'overdue' if review.overdue else 'due'}: {review.name}"


def review_text(review: ReviewDue, collaborative: Collaborative) -> str:
    """What the mail says."""
    context = {
        "what": review.what,
        "title": review.name,
        "collaborative": collaborative.name,
        "day": review.day,
        "overdue": review.overdue,
    }
    return render_to_string("measures/mail/review_due.txt", context).strip()
