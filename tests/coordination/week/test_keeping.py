"""Rows of a worker: the same as the applications say, marked by what happens, gone with the role."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from collaboratives.definition.due import Due
from collaboratives.models import Grant
from collaboratives.selectors.places import acting_for, viewers_here
from collaboratives.services.people import end_role, grant_role
from config.reactions import REACTIONS
from coordination.week.models import WaitingList, WaitingTask
from coordination.week.selectors.concern import NOBODYS
from coordination.week.selectors.tasks import due_in, due_of, list_of, rows_of, task_page
from coordination.week.services.keeping import follow_roles, keep_lists, mark_stale, refresh, refresh_everywhere
from events.enums import EventKind
from events.models import Event
from privacy.roles import Capacity, Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import programme, week


pytestmark = pytest.mark.worker
SLUG = "colectomy-mi"


def as_compute() -> acting:
    return acting(Acting("compute", collaborative_id=programme.collaborative().pk))


def stale() -> set[tuple[int, str]]:
    with as_compute(), transaction.atomic():
        return set(WaitingList.objects.exclude(stale_since=None).values_list("user_id", "capacity"))


def happened(kind: EventKind, *, hospital: str = "", by: str = "cora") -> Event:
    """An event as a reaction sees it, not saved."""
    viewer = programme.viewer(by)
    return Event(
        kind=kind,
        collaborative_id=viewer.collaborative_id,
        participation_id=programme.participation(hospital).pk if hospital else None,
        actor_id=viewer.user_id,
        capacity=str(viewer.capacity),
    )


def everybody() -> list[Viewer]:
    with as_compute(), transaction.atomic():
        return viewers_here(programme.collaborative().pk)


def kept_of(viewer: Viewer) -> list[Due]:
    with acting(acting_for(viewer)), transaction.atomic():
        kept = list_of(viewer)
        return [due_in(row) for row in rows_of(kept)] if kept else []


def test_rows_are_what_the_applications_tell_each_person(world: World) -> None:
    """Every role of the cast, in every place, by the wall of that person."""
    week.count()
    people = everybody()
    for viewer in people:
        with acting(acting_for(viewer)), transaction.atomic():
            told = [replace(each, key="") for each in due_of(viewer)]
        assert kept_of(viewer) == told, viewer
    assert {role for viewer in people for role in viewer.roles} == set(Role)


def test_viewers_are_those_that_signing_in_makes(world: World) -> None:
    found = {(each.user_id, each.capacity, each.participation_id): each for each in everybody()}
    for name in ("cora", "alder.champion", "sam", "ida"):
        viewer = world.viewer(name)
        assert found[viewer.user_id, viewer.capacity, viewer.participation_id] == viewer


def test_a_person_with_two_places_reads_in_each_what_is_of_there(world: World) -> None:
    alder, birch = world.viewer("ida", hospital="alder"), world.viewer("ida", hospital="birch")
    with acting(acting_for(alder)), transaction.atomic():
        seen = set(WaitingTask.objects.values_list("participation", flat=True))
        assert seen <= {alder.participation_id}
        assert list_of(birch) is None
    assert kept_of(alder)


def test_what_happens_marks_the_lists_it_may_concern(world: World) -> None:
    week.count()
    assert stale() == set()
    with as_compute(), transaction.atomic():
        mark_stale(happened(EventKind.CASE_SAVED, hospital="alder"))
    there = {each.user_id for each in everybody() if each.participation_id == programme.participation("alder").pk}
    assert {user for user, _ in stale()} == there

    with as_compute(), transaction.atomic():
        mark_stale(happened(EventKind.QUESTION_ASKED, hospital="birch"))
    centre = {each.user_id for each in everybody() if each.capacity is Capacity.CENTRE}
    assert {user for user, side in stale() if side == "centre"} == centre


def test_a_list_is_marked_once_however_often_something_happens(world: World) -> None:
    week.count()
    with as_compute(), transaction.atomic():
        mark_stale(happened(EventKind.CASE_SAVED, hospital="alder"))
        first = list(WaitingList.objects.exclude(stale_since=None).values_list("pk", "stale_since"))
        mark_stale(happened(EventKind.CASE_SAVED, hospital="alder"))
        assert list(WaitingList.objects.exclude(stale_since=None).values_list("pk", "stale_since")) == first


def test_what_the_centre_does_concerns_everybody_and_drafts_nobody(world: World) -> None:
    week.count()
    with as_compute(), transaction.atomic():
        for kind in NOBODYS:
            mark_stale(happened(kind))
    assert stale() == set()
    with as_compute(), transaction.atomic():
        mark_stale(happened(EventKind.BALLOT_OPENED))
    assert len(stale()) == len({(each.user_id, each.capacity) for each in everybody()})


def test_an_observers_answer_concerns_them_and_the_centre(world: World) -> None:
    week.count()
    with as_compute(), transaction.atomic():
        mark_stale(happened(EventKind.MEETING_REPLIED, by="sam"))
    assert {side for _, side in stale()} == {"centre", "observer"}
    assert {user for user, side in stale() if side == "observer"} == {world.viewer("sam").user_id}


def test_every_kind_of_event_marks_lists() -> None:
    assert all(reactions[-1] is mark_stale for reactions in REACTIONS.values())


def test_a_new_role_has_a_list_and_an_ended_one_has_none_at_once(world: World) -> None:
    week.count()
    with world.acting_as("cora") as cora:
        grant = grant_role(
            user=world.user("alder.clinician"), role=Role.CHAMPION, participation=world.participation("birch"), by=cora
        )
    viewer = world.viewer("alder.clinician", hospital="birch")
    with as_compute(), transaction.atomic():
        follow_roles(happened(EventKind.ROLE_GRANTED, hospital="birch"))
    week.count()
    assert "vote" not in {each.kind for each in kept_of(viewer)}  # Birch has voted
    assert "review" in {each.kind for each in kept_of(viewer)}

    with world.acting_as("cora") as cora:
        end_role(grant=Grant.objects.get(pk=grant.pk), by=cora)
    # Before any worker has come to it: the wall shows no row of a place where somebody works no more.
    assert kept_of(viewer) == []
    with as_compute(), transaction.atomic():
        follow_roles(happened(EventKind.ROLE_ENDED, hospital="birch"))
        assert not WaitingTask.objects.filter(user_id=viewer.user_id, participation=viewer.participation_id).exists()
        assert not WaitingList.objects.filter(user_id=viewer.user_id, participation=viewer.participation_id).exists()


def test_with_other_roles_nothing_is_shown_that_was_counted_for_the_old_ones(world: World) -> None:
    """No worker has to come first: the page compares the roles."""
    week.count()
    with world.acting_as("cora") as cora:
        grant_role(
            user=world.user("alder.clinician"), role=Role.CHAMPION, participation=world.participation("alder"), by=cora
        )
    with world.acting_as("alder.clinician") as viewer:
        page = task_page(viewer)
        assert (page.count, page.as_of, page.is_up_to_date) == (0, "", False)
    with as_compute(), transaction.atomic():
        keep_lists(viewer.collaborative_id)
        assert not WaitingTask.objects.filter(user_id=viewer.user_id, capacity="hospital").exists()
    week.count()
    with world.acting_as("alder.clinician") as viewer:
        assert task_page(viewer).count == len(due_of(viewer)) > 0


def test_the_page_says_when_it_was_counted_and_that_it_is_being_brought_up_to_date(world: World) -> None:
    week.count()
    with world.acting_as("alder.champion") as viewer:
        page = task_page(viewer)
        assert page.is_up_to_date
        assert len(page.as_of) == len("14:03")
    with as_compute(), transaction.atomic():
        mark_stale(happened(EventKind.BALLOT_OPENED))
    with world.acting_as("alder.champion") as viewer:
        assert not task_page(viewer).is_up_to_date


def test_a_new_day_brings_all_lists_up_to_date(world: World) -> None:
    week.count()
    assert week.count() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        with world.acting_as("alder.champion") as viewer:
            page = task_page(viewer)
            assert not page.is_up_to_date
            assert "," in page.as_of  # of which day
        assert week.count() == len(everybody())


def test_a_source_that_fails_leaves_its_list_marked_and_the_others_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    week.count()
    monkeypatch.setattr(settings, "TASK_SOURCES", (*settings.TASK_SOURCES, f"{__name__}.failing"))
    with as_compute(), transaction.atomic():
        mark_stale(happened(EventKind.BALLOT_OPENED))
    before = kept_of(world.viewer("ben"))
    assert week.count() == len(everybody()) - 1
    assert stale() == {(world.viewer("ben").user_id, "centre")}
    assert kept_of(world.viewer("ben")) == before
    assert "could not be asked" in caplog.text


def failing(viewer: Viewer) -> list[Due]:
    if viewer.roles == {Role.BIOSTATISTICIAN}:
        raise ValueError("broken")
    return []


def test_what_happens_while_a_list_is_counted_marks_it_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TASK_SOURCES", (f"{__name__}.meanwhile",))
    with as_compute(), transaction.atomic():
        mark_stale(happened(EventKind.BALLOT_OPENED))
    week.count()
    assert (world.viewer("cora").user_id, "centre") in stale()


def meanwhile(viewer: Viewer) -> list[Due]:
    if Role.COORDINATOR in viewer.roles:
        with as_compute():
            mark_stale(happened(EventKind.BALLOT_OPENED))
    return []


def test_a_list_whose_worker_was_killed_is_taken_again(world: World) -> None:
    week.count()
    with as_compute(), transaction.atomic():
        mine = WaitingList.objects.filter(user_id=world.viewer("cora").user_id)
        mine.update(begun_at=timezone.now(), stale_since=None)
    assert week.count() == 0
    with world.acting_as("cora") as cora:
        assert not task_page(cora).is_up_to_date
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert week.count() == 1


def test_the_clock_of_a_run_ends_it(world: World) -> None:
    with as_compute(), transaction.atomic():
        mark_stale(happened(EventKind.BALLOT_OPENED))
    assert refresh(programme.collaborative().pk, until=0.0) == 0
    refresh_everywhere()
    assert stale() == set()


def test_titles_of_members_name_no_other_hospital(world: World) -> None:
    week.count()
    for viewer in everybody():
        if viewer.capacity is Capacity.CENTRE:
            continue
        mine = {name for name in programme.COLECTOMY if programme.participation(name).pk == viewer.participation_id}
        others = [full for name, (_, full, _) in programme.HOSPITALS.items() if name not in mine]
        assert not [each for each in kept_of(viewer) if any(other in each.title for other in others)]
