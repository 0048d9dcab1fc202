"""A month on the programme's clock: what everybody may know of, filtered, before and after."""

from datetime import date, timedelta

import pytest

from coordination.week.selectors.calendar import CalendarFilter, calendar_page
from tests.world import World
from tests.worlds import ballots


HERE = "/c/colectomy-mi/calendar/"
TODAY = date(2026, 11, 22)


def test_ballots_stand_on_the_day_they_close(world: World) -> None:
    with world.acting_as("alder.champion") as champion:
        closes = ballots.wording("").closes_at
        page = calendar_page(champion, {"month": f"{closes:%Y-%m}", "kind": "ballot"})
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
        page = calendar_page(champion, {"month": f"{evening:%Y-%m}", "kind": "ballot"})
    found = {entry.thing.title: (entry.day, entry.time) for day in page.days for entry in day.entries}
    assert found["Ballot closes: Closes at night?"] in {(evening, "22:00"), (evening, "23:00")}
