"""Calendar entries (RFC 5545) and the messages that carry them (RFC 5546), from plain values.

A ruled series is one entry with a recurrence rule; a date that was moved is a second entry with the same UID and the
RECURRENCE-ID of its planned start, and a cancelled date an EXDATE. That is what calendar programs understand best.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from coordination.meetings.definition.dates import rule_text


Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
LONG_AFTER = timedelta(days=3 * 365)  # what a program that moves a date may need of its time zone
MAKER = "-//Colloquy//Meetings//EN"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One date in a calendar. `planned_at` is set where it is a date of a ruled series."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    sequence: int
    stamp: datetime
    url: str
    place: str = ""
    words: str = ""
    planned_at: datetime | None = None
    cancelled: bool = False

    @property
    def moved(self) -> bool:
        """Whether the rule of its series would have it otherwise."""
        return self.planned_at is not None and self.starts_at != self.planned_at


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How a series repeats, with what was planned for every date."""

    starts_at: datetime
    ends_at: datetime
    months: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Between:
    """Who asks whom."""

    organiser: str
    organiser_name: str
    attendee: str
    attendee_name: str


def message(
    entries: Sequence[Entry], *, method: Method, between: Between | None = None, rule: Rule | None = None
) -> bytes:
    """One calendar: the dates as they are now, or what is cancelled.

    Parameters
    ----------
    entries
        A single date, or with a rule every date of the series.
    """
    calendar = _calendar(method)
    for each in _events(entries, method=method, rule=rule):
        if between:
            _address(each, between)
        calendar.add_component(each)
    days = [each.starts_at.date() for each in entries]
    calendar.add_missing_timezones(first_date=min(days).replace(month=1, day=1), last_date=max(days) + LONG_AFTER)
    return bytes(calendar.to_ical())


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", MAKER)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    return calendar


def _events(entries: Sequence[Entry], *, method: Method, rule: Rule | None) -> Iterable[Event]:
    if rule is None or method == "CANCEL":
        return [
            _event(each, method=method, within=each.planned_at is not None and rule is None) for each in entries[:1]
        ]
    live = [each for each in entries if not each.cancelled]
    overrides = [
        _event(each, method=method, within=True) for each in live if each.moved or _differs(each, live[0], rule)
    ]
    return [_master(entries, rule, method), *overrides]


def _differs(entry: Entry, first: Entry, rule: Rule) -> bool:
    """Whether a date says something else than the series: another length, place or title."""
    lasts = entry.ends_at - entry.starts_at
    return (lasts, entry.place, entry.title) != (rule.ends_at - rule.starts_at, first.place, first.title)


def _master(entries: Sequence[Entry], rule: Rule, method: Method) -> Event:
    zone = ZoneInfo(entries[0].time_zone)
    first = next((each for each in entries if not each.cancelled), entries[0])
    event = _body(first, method)
    event.add("DTSTART", rule.starts_at.astimezone(zone))
    event.add("DTEND", rule.ends_at.astimezone(zone))
    event.add("RRULE", rule_text(rule.starts_at.astimezone(zone).date(), rule.months, rule.count))
    for each in entries:
        if each.cancelled and each.planned_at:
            event.add("EXDATE", each.planned_at.astimezone(zone))
    event["SEQUENCE"] = max(each.sequence for each in entries)
    return event


def _event(entry: Entry, *, method: Method, within: bool) -> Event:
    zone, event = ZoneInfo(entry.time_zone), _body(entry, method)
    event.add("DTSTART", entry.starts_at.astimezone(zone))
    event.add("DTEND", entry.ends_at.astimezone(zone))
    if within and entry.planned_at:
        event.add("RECURRENCE-ID", entry.planned_at.astimezone(zone))
    return event


def _body(entry: Entry, method: Method) -> Event:
    event = Event()
    event.add("UID", entry.uid)
    event.add("DTSTAMP", entry.stamp.astimezone(ZoneInfo("UTC")))
    event.add("SEQUENCE", entry.sequence)
    event.add("SUMMARY", entry.title)
    event.add("STATUS", "CANCELLED" if entry.cancelled or method == "CANCEL" else "CONFIRMED")
    if entry.place:
        event.add("LOCATION", entry.place)
    if entry.words:
        event.add("DESCRIPTION", entry.words)
    event.add("URL", entry.url)
    return event


def _address(event: Event, between: Between) -> None:
    organiser = vCalAddress(f"mailto:{between.organiser}")
    organiser.params["CN"] = vText(between.organiser_name)
    event["ORGANIZER"] = organiser
    attendee = vCalAddress(f"mailto:{between.attendee}")
    attendee.params["CN"] = vText(between.attendee_name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("TRUE")
    event.add("ATTENDEE", attendee, encode=False)


# The feed -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A date of the feed: from a moment to another, or whole days, the last one included."""

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date | None
    url: str
    place: str = ""
    cancelled: bool = False
    words: str = field(default="")


def feed(name: str, dates: Iterable[Dated], *, stamp: datetime, time_zone: str) -> bytes:
    """A calendar to subscribe to. It is read anew every time, so it tells of nothing but how things are."""
    calendar = _calendar("PUBLISH")
    calendar.add("X-WR-CALNAME", name)
    calendar.add("X-WR-TIMEZONE", time_zone)
    calendar.add("REFRESH-INTERVAL;VALUE=DURATION", "PT4H")
    for each in dates:
        calendar.add_component(_dated(each, stamp, ZoneInfo(time_zone)))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _dated(each: Dated, stamp: datetime, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("UID", each.uid)
    event.add("DTSTAMP", stamp.astimezone(ZoneInfo("UTC")))
    event.add("SUMMARY", each.title)
    event.add("DTSTART", each.starts.astimezone(zone) if isinstance(each.starts, datetime) else each.starts)
    if isinstance(each.ends, datetime):
        event.add("DTEND", each.ends.astimezone(zone))
    elif each.ends is not None:
        event.add("DTEND", date.fromordinal(each.ends.toordinal() + 1))  # of whole days, the end is the day after
    event.add("STATUS", "CANCELLED" if each.cancelled else "CONFIRMED")
    if each.place:
        event.add("LOCATION", each.place)
    event.add("URL", each.url)
    return event
