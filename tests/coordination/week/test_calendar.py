"""A month on the programme's clock: what everybody may know of, filtered, before and after."""

from datetime import date, timedelta

import pytest
from django.db.models import F
from icalendar import Calendar, Event

from cases.log.models import Cycle, LockExtension
from cases.log.selectors.dates import _dated as dated_of
from collaboratives.ballots.models import Ballot
from coordination.meetings.selectors.calendar import sources
from coordination.week.selectors.calendar import CalendarFilter, calendar_page
from measures.models import Form
from privacy.viewer import Viewer
from tests.world import World
from tests.worlds import ballots, programme
from tests.worlds.programme import HOSPITALS


HERE = "/c/colectomy-mi/calendar/"
TODAY = date(2026, 11, 22)


def test_ballots_stand_on_the_day_they_close(world: World) -> None:
    with world.acting_as("alder.champion") as champion:
        closes = ballots.wording("").closes_at
        page = calendar_page(champion, programme.collaborative(), {"month": f"{closes:%Y-%m}", "kind": "ballot"})
    titles = {entry.thing.title for day in page.days for entry in day.entries}
    assert "Ballot closes: Approve version 2?" in titles
    assert not any("Retire it?" in title for title in titles)  # a draft


@pytest.mark.parametrize("name", ["alder.champion", "cora", "sam", "pat"])
def test_everybody_has_a_calendar_and_members_read_of_no_other_hospital(world: World, name: str) -> None:
    answer = world.client(name).get(HERE)
    assert answer.status_code == 200
    if name != "cora":
        assert "Birchgrove" not in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, (2026, 11, "")),
        ({"month": "2027-02", "kind": "lock"}, (2027, 2, "lock")),
        ({"month": "2027-13"}, (2026, 11, "")),
        ({"month": "0001-01", "kind": "nonsense"}, (2026, 11, "")),
        ({"month": "9999-12"}, (2026, 11, "")),
    ],
)
def test_the_address_is_read_and_nonsense_is_this_month(query: dict[str, str], expected: tuple[int, int, str]) -> None:
    found = CalendarFilter.from_query(query, TODAY)
    assert (found.year, found.month, found.kind) == expected


def test_months_follow_each_other_over_the_year() -> None:
    december = CalendarFilter(year=2026, month=12, kind="meeting")
    assert (december.first, december.last) == (date(2026, 12, 1), date(2026, 12, 31))
    assert december.moved(1) == "month=2027-01&kind=meeting"
    assert CalendarFilter(year=2027, month=1).moved(-1) == "month=2026-12"


def test_an_empty_month_says_what_would_stand_here(world: World) -> None:
    page = world.client("cora").get(HERE + "?month=2019-01").content.decode()
    assert "Nothing in this month" in page


def test_the_day_is_that_of_the_programmes_clock(world: World) -> None:
    """A ballot that closes at 03:00 in UTC closes on the evening before in Detroit, whatever the season."""
    moment = ballots.wording("").closes_at.replace(hour=3, minute=0)
    ballots.begin(ballots.draft("Closes at night?", closes_at=moment))
    evening = (moment - timedelta(hours=6)).date()
    with world.acting_as("alder.champion") as champion:
        page = calendar_page(champion, programme.collaborative(), {"month": f"{evening:%Y-%m}", "kind": "ballot"})
    found = {entry.thing.title: (entry.day, entry.time) for day in page.days for entry in day.entries}
    assert found["Ballot closes: Closes at night?"] in {(evening, "22:00"), (evening, "23:00")}


# The month as a file ----------------------------------------------------------------------------------------------------

FILE = "/c/colectomy-mi/calendar.ics"


def events_of(content: bytes) -> list[Event]:
    """Read back by the library that calendar programs use; nothing is lost on the way there and back."""
    calendar = Calendar.from_ical(content)
    assert calendar.to_ical() == content
    return list(calendar.walk("VEVENT"))


@pytest.mark.parametrize("name", ["alder.champion", "alder.abstractor", "cora", "sam"])
@pytest.mark.parametrize("kind", ["", "meeting", "lock"])
def test_the_file_holds_what_the_page_shows(world: World, name: str, kind: str) -> None:
    month = f"{ballots.wording('').closes_at:%Y-%m}"
    answer = world.client(name).get(f"{FILE}?month={month}&kind={kind}")
    with world.acting_as(name) as viewer:
        page = calendar_page(viewer, programme.collaborative(), {"month": month, "kind": kind})
    shown = sorted(entry.thing.title for day in page.days for entry in day.entries)

    assert sorted(str(each["SUMMARY"]) for each in events_of(answer.content)) == shown
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    named = f"calendar-{month}-{kind}.ics" if kind else f"calendar-{month}.ics"
    assert answer["Content-Disposition"] == f'attachment; filename="{named}"'


def test_times_in_the_file_have_the_programmes_zone(world: World) -> None:
    with world.acting_as("cora"):
        closes = Ballot.objects.get(public_id=ballots.BALLOTS["open"]).closes_at
    answer = world.client("alder.champion").get(f"{FILE}?month={closes:%Y-%m}&kind=ballot")
    calendar = Calendar.from_ical(answer.content)
    (entry,) = [each for each in calendar.walk("VEVENT") if "version 2" in str(each["SUMMARY"])]

    assert [str(each["TZID"]) for each in calendar.walk("VTIMEZONE")] == ["America/Detroit"]
    assert entry["DTSTART"].params["TZID"] == "America/Detroit"
    assert entry.decoded("DTSTART") == closes.replace(microsecond=0)


@pytest.mark.parametrize("name", ["alder.champion", "alder.clinician", "sam", "pat"])
def test_the_file_names_no_other_hospital(world: World, name: str) -> None:
    others = {word for each, (_, full, town) in HOSPITALS.items() if each != "alder" for word in (full, town)}
    client = world.client(name)
    for month in range(1, 13):
        content = client.get(f"{FILE}?month={TODAY.year}-{month:02}").content.decode().replace("\r\n ", "")
        assert [word for word in others if word in content] == []


def test_the_page_leads_to_its_own_file(world: World) -> None:
    page = world.client("cora").get(HERE + "?month=2026-09&kind=lock").content.decode()
    assert '/c/colectomy-mi/calendar.ics?month=2026-09&amp;kind=lock"' in page


# Submission windows -----------------------------------------------------------------------------------------------------


def test_a_cycle_has_its_time_to_complete_until_it_locks(world: World) -> None:
    with world.acting_as("alder.abstractor") as viewer:
        cycle = Cycle.objects.filter(collaborative_id=viewer.collaborative_id, locks_on__gt=F("last_day")).earliest(
            "pk"
        )
        opens = cycle.last_day + timedelta(days=1)
        asked = {"month": f"{opens:%Y-%m}", "kind": "window"}
        entries = [
            entry for day in calendar_page(viewer, programme.collaborative(), asked).days for entry in day.entries
        ]
        (window,) = [each for each in entries if cycle.name in each.thing.title]
        locks = lock_of(viewer, cycle)
    assert (window.day, window.thing.ends) == (opens, locks)
    assert window.until == f"until {locks:%-d %b %Y}"


def test_a_window_that_lasts_into_a_month_stands_on_its_first_day(world: World) -> None:
    with world.acting_as("alder.abstractor") as viewer:
        cycle = Cycle.objects.filter(collaborative_id=viewer.collaborative_id, locks_on__gt=F("last_day")).earliest(
            "pk"
        )
        locks = lock_of(viewer, cycle)
        page = calendar_page(viewer, programme.collaborative(), {"month": f"{locks:%Y-%m}"})
        found = {
            entry.thing.kind: entry.day for day in page.days for entry in day.entries if cycle.name in entry.thing.title
        }
    opens = cycle.last_day + timedelta(days=1)
    assert found["window"] == max(opens, locks.replace(day=1))
    assert found["lock"] == locks


def lock_of(viewer: Viewer, cycle: Cycle) -> date:
    """The hospital's own day where it was given more time."""
    longer = LockExtension.objects.filter(participation_id=viewer.participation_id, cycle=cycle).order_by("pk").last()
    return longer.locks_on if longer else cycle.locks_on


def test_a_cycle_that_locks_with_its_last_day_has_no_window() -> None:
    day = date(2026, 9, 30)
    cycle = Cycle(form=Form(name="Colectomy"), name="Q3", last_day=day, locks_on=day)
    assert [each.kind for each in dated_of(cycle, day, "/")] == ["lock"]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("cora", {"meeting", "window", "lock", "release", "audit", "ballot", "agreement"}),
        ("alder.abstractor", {"meeting", "window", "lock", "release", "audit", "ballot", "agreement"}),
        ("alder.champion", {"meeting", "window", "lock", "release", "audit", "ballot", "agreement"}),
        ("alder.clinician", {"meeting", "window", "lock", "release", "ballot", "agreement"}),
        ("sam", {"meeting", "release"}),
        ("pat", {"meeting", "release"}),
    ],
)
def test_every_kind_of_date_comes_from_its_application(world: World, name: str, kinds: set[str]) -> None:
    """Over the years around: for each capacity what it may know of, and nothing else."""
    with world.acting_as(name) as viewer:
        found = {
            each.kind
            for source in sources()
            for each in source(viewer, TODAY - timedelta(days=4000), TODAY + timedelta(days=4000))
        }
    assert found - {"onboarding"} <= kinds
    assert {"meeting", "release"} <= found
    assert ({"window", "lock", "ballot"} & kinds) <= found
