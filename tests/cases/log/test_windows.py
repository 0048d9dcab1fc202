"""Cases past their last day to enter, and what a worker counts of locks and of the window that is open."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases.enums import CaseStatus
from cases.log.definition.calendar import last_day_over
from cases.log.enums import Decision, ExtensionReason
from cases.log.models import Cycle, LockExtension, WindowCount
from cases.log.selectors.by_hospital import counts_for, logged_window
from cases.log.selectors.past_lock import Stretch, merged, past_lock, past_lock_page
from cases.log.services.unlocking import Verdict, ask_unlock, carry_out, decide_unlock
from cases.log.services.window_counts import count_windows, count_windows_everywhere
from cases.log.tasks import count_windows as count_windows_task
from cases.models import Case
from collaboratives.models import Participation
from collaboratives.selectors.clock import today_of
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import busy, logs, programme
from tests.worlds.locks import LOCKED


pytestmark = pytest.mark.worker
FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)


def september(world: World, days: int) -> Cycle:
    """A cycle that can be entered until so many days from now. Alder and Birch have two drafts each in it."""
    with world.acting_as("cora") as cora:
        return Cycle.objects.create(
            collaborative_id=cora.collaborative_id,
            form=logs.cycle().form,
            name="September",
            first_day=FIRST,
            last_day=LAST,
            locks_on=today_of(programme.collaborative()) + timedelta(days=days),
            created_by_id=cora.user_id,
        )


@pytest.fixture
def late(world: World) -> Cycle:
    """Its last day to enter was yesterday."""
    return september(world, -1)


def numbers(world: World, hospital: str, *, drafts: bool = True) -> set[str]:
    with world.acting_as("cora"):
        found = past_lock(programme.collaborative()).filter(participation=world.participation(hospital))
        found = found.filter(status=CaseStatus.IN_PROGRESS) if drafts else found
        return set(found.values_list("case_number", flat=True))


def test_drafts_and_complete_cases_that_nothing_locked_are_past_their_lock(world: World, late: Cycle) -> None:
    assert numbers(world, "alder") == {"AL-901", "AL-902"}
    with world.acting_as("cora"):
        alder = Case.objects.filter(participation=world.participation("alder"), event_date__range=(FIRST, LAST))
        unlocked = set(alder.exclude(status=CaseStatus.LOCKED).values_list("case_number", flat=True))
    assert numbers(world, "alder", drafts=False) == unlocked


def test_before_the_last_day_is_over_nothing_is_late(world: World) -> None:
    september(world, 0)
    assert numbers(world, "alder", drafts=False) == set()


def test_a_hospital_that_was_given_more_time_is_not_late(world: World, late: Cycle) -> None:
    more = today_of(programme.collaborative()) + timedelta(days=20)
    with world.acting_as("cora") as cora:
        LockExtension.objects.create(
            collaborative_id=cora.collaborative_id, participation=world.participation("alder"), cycle=late,
            locks_on=more, reason=ExtensionReason.STAFF, decided_by_id=cora.user_id,
        )  # fmt: skip
    assert numbers(world, "alder", drafts=False) == set()
    assert numbers(world, "birch") == {"BI-901", "BI-902"}


def test_an_unlocked_case_has_until_its_new_day(world: World) -> None:
    with world.acting_as("dana"):
        case = Case.objects.select_related("collaborative").get(case_number=LOCKED["alder"])
    with world.acting_as("cora") as cora:
        over = last_day_over(timezone.now(), case.collaborative.time_zone)
        Cycle.objects.create(
            collaborative_id=cora.collaborative_id, form=logs.cycle().form, name="Its own", created_by_id=cora.user_id,
            first_day=case.event_date, last_day=case.event_date, locks_on=max(over, case.event_date),
        )  # fmt: skip
    with world.acting_as("alder.champion") as champion:
        asked = ask_unlock(case=case, reason="Wrong date.", by=champion)
    with world.acting_as("cora") as cora:
        verdict = Verdict(decision=Decision.GRANTED, note="", relocks_on=over + timedelta(days=7))
        decide_unlock(request=asked, verdict=verdict, by=cora)
    with acting(Acting("compute", collaborative_id=case.collaborative_id)):
        carry_out(asked.pk)
    assert case.case_number not in numbers(world, "alder", drafts=False)


def test_cycles_that_follow_one_another_are_one_stretch() -> None:
    months = [
        Stretch(form=1, first=date(2026, 1, 1), last=date(2026, 1, 31)),
        Stretch(form=1, first=date(2026, 2, 1), last=date(2026, 2, 28)),
        Stretch(form=1, first=date(2026, 3, 1), last=date(2026, 3, 31), later=frozenset({7})),
        Stretch(form=2, first=date(2026, 4, 1), last=date(2026, 4, 30)),
    ]
    found = list(merged(months))
    assert [(each.form, each.first, each.last) for each in found] == [
        (1, date(2026, 1, 1), date(2026, 2, 28)),
        (1, date(2026, 3, 1), date(2026, 3, 31)),
        (2, date(2026, 4, 1), date(2026, 4, 30)),
    ]
    assert list(merged([])) == []


def test_the_list_is_the_centres_of_all_and_a_hospitals_of_its_own(world: World, late: Cycle) -> None:
    here = programme.collaborative()
    with world.acting_as("cora") as cora:
        every = past_lock_page(cora, here, hospital=None, number=1)
        alder = past_lock_page(cora, here, hospital=world.participation("alder"), number=1)
    with world.acting_as("alder.abstractor") as own:
        mine = past_lock_page(own, here, hospital=None, number=1)
    assert {row.case_number for row in alder.rows} == {row.case_number for row in mine.rows}
    assert {row.hospital for row in every.rows} >= {programme.HOSPITALS[name][1] for name in ("alder", "birch")}
    assert every.pages.total > alder.pages.total == len(alder.rows) > 0
    assert [row.event_date for row in mine.rows] == sorted(row.event_date for row in mine.rows)


def test_every_hospital_is_counted_and_again(world: World) -> None:
    busy.build()
    here = programme.collaborative()
    with acting(Acting("compute", collaborative_id=here.pk)):
        window = logged_window(here)
        count_windows(here.pk)
        count_windows(here.pk)
    assert window is not None
    assert window.name == busy.WINDOW
    with world.acting_as("cora") as cora:
        counts = counts_for(cora, here)
        assert WindowCount.objects.count() == Participation.objects.count() > 0
    alder, birch, cedar = (counts[world.participation(name).pk] for name in ("alder", "birch", "cedar"))
    assert (alder.drawn, alder.expected, alder.entered, alder.unlocks) == (True, 10, 2, 1)
    assert (birch.drawn, birch.entered, birch.expected > 10) == (False, 0, True)
    assert (cedar.expected, cedar.entered, cedar.unlocks) == (0, 0, 0)
    assert alder.past_lock == len(numbers(world, "alder", drafts=False))
    assert str(WindowCount(entered=2, expected=10)) == "2 of 10"


def test_the_clock_counts_every_programme(world: World) -> None:
    count_windows_everywhere()
    count_windows_task()
    with world.acting_as("cora"):
        assert WindowCount.objects.count() == Participation.objects.count() > 0
