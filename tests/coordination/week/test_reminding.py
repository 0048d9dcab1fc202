"""The coordinator's reminder reaches those of a hospital with something due, once in twenty hours."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.selectors.clock import today_of
from coordination.week.models import HospitalReminder, WaitingTask
from coordination.week.services.reminding import remind_hospital
from events.enums import EventKind
from events.models import Event
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import programme, week


pytestmark = pytest.mark.worker


def compute() -> Acting:
    return Acting("compute", collaborative_id=programme.collaborative().pk)


def asked(hospital: str, at: datetime) -> Event:
    cora = programme.viewer("cora")
    with acting(compute()), transaction.atomic():
        return Event.objects.create(
            kind=EventKind.HOSPITAL_REMINDED,
            collaborative_id=cora.collaborative_id,
            participation_id=programme.participation(hospital).pk,
            actor_id=cora.user_id,
            capacity="centre",
            subject="collaboratives.Participation",
            subject_id=programme.participation(hospital).pk,
            created_at=at,
        )


def remind(event: Event) -> int:
    with acting(compute()), transaction.atomic():
        return remind_hospital(event)


def reminded() -> set[int]:
    with acting(compute()), transaction.atomic():
        told = Notification.objects.filter(kind=NotificationKind.REMINDER)
        return set(told.values_list("user_id", flat=True))


def test_people_with_something_due_are_told_once(world: World) -> None:
    week.count()
    with acting(compute()), transaction.atomic():
        here = WaitingTask.objects.filter(participation=programme.participation("alder").pk)
        due = {
            each.user_id
            for each in here
            if each.due_on is None or each.due_on <= today_of(programme.collaborative()) + timedelta(days=7)
        }
    event = asked("alder", timezone.now())
    assert remind(event) == len(due) > 0
    assert reminded() == due
    assert remind(event) == 0
    assert reminded() == due


def test_again_within_twenty_hours_tells_nobody_and_later_does(world: World) -> None:
    week.count()
    now = timezone.now()
    first = remind(asked("alder", now))
    assert remind(asked("alder", now + timedelta(hours=10))) == 0
    assert remind(asked("birch", now + timedelta(hours=10))) > 0  # another hospital
    assert remind(asked("alder", now + timedelta(hours=21))) == first
    with world.acting_as("cora"):
        kept = HospitalReminder.objects.get(participation=programme.participation("alder").pk)
        assert kept.people == first
        assert kept.asked_at == now + timedelta(hours=21)


def test_what_is_far_off_reminds_nobody(world: World) -> None:
    week.count()
    with acting(compute()), transaction.atomic():
        WaitingTask.objects.update(due_on=today_of(programme.collaborative()) + timedelta(days=30))
    assert remind(asked("alder", timezone.now())) == 0
