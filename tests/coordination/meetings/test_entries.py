"""Calendar messages, read back by the library that calendar programs and servers use."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from collaboratives.definition.clock import moment_of
from coordination.meetings.definition.dates import listed_days, ruled_days
from coordination.meetings.definition.entries import Between, Dated, Entry, Rule, feed, message
from coordination.meetings.errors import MeetingError


ZONE = "America/Detroit"
DETROIT = ZoneInfo(ZONE)
BETWEEN = Between(
    organiser="centre@example.org", organiser_name="Centre", attendee="zoë@example.org", attendee_name="Zoë, of Alder"
)
DAYS = ruled_days(date(2026, 10, 1), 4, 4)
STARTS = [moment_of(day, time(14), ZONE) for day in DAYS]
LENGTH = timedelta(hours=2)
RULE = Rule(starts_at=STARTS[0], ends_at=STARTS[0] + LENGTH, months=4, count=4)


def entry(start: datetime, **more: object) -> Entry:
    return Entry(
        uid="series@colloquy",
        title="Quarterly; with commas, and ünicode",
        starts_at=start,
        ends_at=start + LENGTH,
        time_zone=ZONE,
        sequence=0,
        stamp=datetime(2026, 9, 1, tzinfo=UTC),
        url="https://example.org/c/x/meetings/1/",
        planned_at=start,
        **more,  # type: ignore[arg-type]
    )


def events(content: bytes) -> list[Event]:
    calendar = Calendar.from_ical(content)
    assert calendar.to_ical() == content  # nothing is lost on the way there and back
    assert all(line.endswith(b"\r") and len(line) <= 76 for line in content.split(b"\n") if line)
    return list(calendar.walk("VEVENT"))


def shown(event: Event, name: str = "DTSTART") -> str:
    return f"{event.decoded(name):%Y-%m-%d %H:%M %z}"


def test_a_series_is_one_entry_with_a_rule() -> None:
    content = message([entry(start) for start in STARTS], method="REQUEST", between=BETWEEN, rule=RULE)
    (event,) = events(content)
    calendar = Calendar.from_ical(content)

    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == "series@colloquy"
    assert event["RRULE"].to_ical() == b"FREQ=MONTHLY;COUNT=4;INTERVAL=4;BYDAY=1TH"
    assert shown(event) == "2026-10-01 14:00 -0400"
    assert [each["TZID"] for each in calendar.walk("VTIMEZONE")] == [ZONE]
    assert event["DTSTART"].params["TZID"] == ZONE
    assert str(event["ATTENDEE"]) == "mailto:zoë@example.org"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"


def test_the_rule_gives_the_planned_days() -> None:
    """Dateutil expands the rule that we wrote: the same days, at the same time of the clock on both sides of summer."""
    (event,) = events(message([entry(start) for start in STARTS], method="REQUEST", rule=RULE))
    text = event["RRULE"].to_ical().decode()
    expanded = list(rrulestr(text, dtstart=event.decoded("DTSTART").replace(tzinfo=None)))

    assert [each.date() for each in expanded] == DAYS
    assert {each.time() for each in expanded} == {time(14)}
    assert {start.astimezone(DETROIT).strftime("%H:%M %z") for start in STARTS} == {"14:00 -0400", "14:00 -0500"}


def test_a_moved_date_is_an_entry_beside_the_rule() -> None:
    planned = STARTS[1]
    moved = replace(
        entry(planned), starts_at=planned + timedelta(days=1), ends_at=planned + timedelta(days=1) + LENGTH, sequence=1
    )
    dates = [entry(STARTS[0]), moved, *map(entry, STARTS[2:])]
    master, override = events(message(dates, method="REQUEST", rule=RULE))

    assert "RECURRENCE-ID" not in master
    assert shown(override, "RECURRENCE-ID") == "2027-02-04 14:00 -0500"
    assert shown(override) == "2027-02-05 14:00 -0500"
    assert (override["UID"], override["SEQUENCE"]) == (master["UID"], 1)


def test_an_update_of_one_date_names_the_date() -> None:
    planned = STARTS[1]
    moved = replace(entry(planned), starts_at=planned + LENGTH, ends_at=planned + 2 * LENGTH, sequence=3)
    (event,) = events(message([moved], method="REQUEST", between=BETWEEN))

    assert shown(event, "RECURRENCE-ID") == "2027-02-04 14:00 -0500"
    assert shown(event) == "2027-02-04 16:00 -0500"
    assert event["SEQUENCE"] == 3
    assert "RRULE" not in event


def test_a_cancelled_date_is_left_out_of_the_series() -> None:
    dates = [entry(STARTS[0]), entry(STARTS[1], cancelled=True), *map(entry, STARTS[2:])]
    (master,) = events(message(dates, method="REQUEST", rule=RULE))

    assert [f"{each.dt:%Y-%m-%d %H:%M}" for each in master["EXDATE"].dts] == ["2027-02-04 14:00"]


def test_a_cancellation_names_entry_and_date() -> None:
    (event,) = events(
        message([replace(entry(STARTS[2]), cancelled=True, sequence=5)], method="CANCEL", between=BETWEEN)
    )

    assert Calendar.from_ical(message([entry(STARTS[2])], method="CANCEL"))["METHOD"] == "CANCEL"
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == ("series@colloquy", "CANCELLED", 5)
    assert shown(event, "RECURRENCE-ID") == "2027-06-03 14:00 -0400"


def test_a_single_meeting_has_no_recurrence() -> None:
    (event,) = events(message([replace(entry(STARTS[0]), planned_at=None)], method="REQUEST", between=BETWEEN))

    assert "RECURRENCE-ID" not in event
    assert "RRULE" not in event


def test_a_feed_has_moments_and_whole_days() -> None:
    dates = [
        Dated(uid="1", title="Lock", starts=date(2026, 12, 1), ends=date(2026, 12, 2), url="https://example.org/"),
        Dated(
            uid="2",
            title="Meeting",
            starts=STARTS[0],
            ends=STARTS[0] + LENGTH,
            url="https://example.org/",
            cancelled=True,
        ),
    ]
    lock, meeting = events(feed("Programme", dates, stamp=STARTS[0], time_zone=ZONE))

    assert (lock.decoded("DTSTART"), lock.decoded("DTEND")) == (date(2026, 12, 1), date(2026, 12, 3))
    assert (shown(meeting), meeting["STATUS"]) == ("2026-10-01 14:00 -0400", "CANCELLED")


@pytest.mark.parametrize(
    ("first", "months", "expected"),
    [
        (date(2026, 1, 29), 1, ["2026-01-29", "2026-02-26", "2026-03-26"]),  # a fifth Thursday is the last one
        (date(2026, 11, 3), 3, ["2026-11-03", "2027-02-02", "2027-05-04"]),
        (
            date(2026, 12, 28),
            4,
            ["2026-12-28", "2027-04-26", "2027-08-23"],
        ),  # the fourth Monday, though the last in December
    ],
)
def test_a_rule_keeps_the_weekday_of_the_month(first: date, months: int, expected: list[str]) -> None:
    assert [each.isoformat() for each in ruled_days(first, months, 3)] == expected


def test_listed_days_are_read_or_refused() -> None:
    first = date(2027, 1, 7)

    assert listed_days(first, "2027-05-06\n2027-03-04, 2027-03-04") == [first, date(2027, 3, 4), date(2027, 5, 6)]
    with pytest.raises(MeetingError, match="«next week» is no date"):
        listed_days(first, "next week")
    with pytest.raises(MeetingError, match="before the first meeting"):
        listed_days(first, "2026-12-31")
