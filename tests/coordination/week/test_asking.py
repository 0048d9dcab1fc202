"""The centre reminds hospitals: one event each, in one transaction, and none within twenty hours of the last."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from coordination.week.selectors.reminded import reminded_lately
from coordination.week.services.asking import remind_hospitals
from events.enums import EventKind
from events.models import Event
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import programme


HOME = "/c/colectomy-mi/"
REMIND = HOME + "hospitals/remind/"


def reminders() -> list[int | None]:
    found = Event.objects.filter(kind=EventKind.HOSPITAL_REMINDED).order_by("participation_id")
    return list(found.values_list("participation_id", flat=True))


def test_each_hospital_is_one_event(world: World) -> None:
    places = [world.participation(name) for name in ("alder", "birch")]
    with world.acting_as("cora") as cora:
        asking = remind_hospitals(hospitals=[each.public_id for each in places], by=cora)
        assert reminders() == sorted(each.pk for each in places)
    assert (asking.reminded, asking.lately) == (tuple(sorted(each.site.name for each in places)), ())


def test_a_hospital_is_left_in_peace_for_twenty_hours(world: World) -> None:
    alder, birch = (world.participation(name) for name in ("alder", "birch"))
    with world.acting_as("cora") as cora:
        remind_hospitals(hospitals=[alder.public_id], by=cora)
    with world.acting_as("dana") as dana:
        asking = remind_hospitals(hospitals=[alder.public_id, birch.public_id], by=dana)
        assert (asking.reminded, [name for name, _ in asking.lately]) == ((birch.site.name,), [alder.site.name])
        assert reminders() == sorted((alder.pk, birch.pk))
    with world.acting_as("cora") as cora:
        assert set(reminded_lately(cora, [alder.pk])) == {alder.pk}
        Event.objects.none()
    with time_machine.travel(timezone.now() + timedelta(hours=20, minutes=1), tick=True):
        now_free = timezone.now() - timedelta(hours=20)
    with world.acting_as("cora"):
        assert Event.objects.filter(kind=EventKind.HOSPITAL_REMINDED, created_at__lt=now_free).count() == 2


def test_hospitals_that_left_or_are_elsewhere_are_not_reminded(world: World) -> None:
    elsewhere = programme.participation("alder", "hernia-lakes") if "alder" in programme.HOSPITALS else None
    with world.acting_as("cora") as cora:
        keys = [uuid4(), *([elsewhere.public_id] if elsewhere else [])]
        asking = remind_hospitals(hospitals=keys, by=cora)
        assert (asking.reminded, asking.lately, reminders()) == ((), (), [])


@pytest.mark.parametrize("name", ["ben", "vera", "alder.administrator"])
def test_only_directors_and_coordinators_remind(world: World, name: str) -> None:
    alder = world.participation("alder").public_id
    with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
        remind_hospitals(hospitals=[alder], by=by)
    assert world.client(name).post(REMIND, {"hospital": str(alder)}).status_code == 403


def test_the_button_says_whom_it_reminded_and_whom_lately(world: World) -> None:
    client, alder = world.client("cora"), world.participation("alder")
    first = client.post(REMIND, {"hospital": [str(alder.public_id)]}, follow=True).content.decode()
    assert f"Reminded: {alder.site.name}." in first
    assert "reminded 1 minute ago" in first
    second = client.post(REMIND, {"hospital": [str(alder.public_id)]}, follow=True).content.decode()
    assert f"{alder.site.name} was reminded on" in second
    assert "once in 20 hours is enough" in second


def test_the_button_without_a_choice_reminds_nobody(world: World) -> None:
    client = world.client("cora")
    assert "tick the hospitals first" in client.post(REMIND, {"hospital": "nonsense"}, follow=True).content.decode()
    nobody = client.post(REMIND, {"hospital": str(uuid4())}, follow=True).content.decode()
    assert "none of these hospitals is a member" in nobody
    assert client.get(REMIND).status_code == 405


def test_who_may_not_remind_has_no_boxes(world: World) -> None:
    assert 'name="hospital"' not in world.client("vera").get(HOME).content.decode()
    assert 'name="hospital"' in world.client("dana").get(HOME).content.decode()
