"""The coordinator reminds a hospital: its people with something due are told, once in twenty hours."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from collaboratives.models import Collaborative
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify
from collaboratives.selectors.clock import today_of
from coordination.week.models import HospitalReminder, WaitingTask
from coordination.week.selectors.tasks import SOON
from events.models import Event


REMINDED_AT_MOST_EVERY = timedelta(hours=20)


@transaction.atomic
def remind_hospital(event: Event) -> int:
    """Reaction: how many people were told. Asked again too soon, or with nothing due, nobody is."""
    hospital = event.participation_id or 0
    HospitalReminder.objects.get_or_create(collaborative_id=event.collaborative_id, participation_id=hospital)
    # Two reminders of one hospital wait for each other: the second then sees the first.
    last = HospitalReminder.objects.select_for_update().get(participation_id=hospital)
    if last.asked_at and event.created_at < last.asked_at + REMINDED_AT_MOST_EVERY:
        return 0
    people = _with_something_due(event)
    last.asked_at, last.people = event.created_at, len(people)
    last.save(update_fields=["asked_at", "people"])
    return _tell(event, people)


def _with_something_due(event: Event) -> list[int]:
    """What is far off reminds nobody; what has no day waits all the time."""
    programme = Collaborative.objects.get(pk=event.collaborative_id)
    near = Q(due_on=None) | Q(due_on__lte=today_of(programme) + SOON)
    rows = WaitingTask.objects.filter(
        near, collaborative_id=event.collaborative_id, participation_id=event.participation_id or 0
    )
    return sorted(set(rows.values_list("user_id", flat=True)))


def _tell(event: Event, people: list[int]) -> int:
    programme = Collaborative.objects.get(pk=event.collaborative_id)
    return notify(
        people,
        kind=NotificationKind.REMINDER,
        title="The coordinating centre reminds you of what waits for you",
        path=reverse("week:task-list", args=[programme.slug]),
        key=f"reminder-{event.pk}",
        collaborative_id=event.collaborative_id,
        participation_id=event.participation_id,
    )
