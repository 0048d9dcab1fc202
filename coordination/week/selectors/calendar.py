"""A month of everything that has a day: meetings, submission windows, locks, audits, releases, ballots, agreements."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from collaboratives.definition.due import DatedThing
from collaboratives.models import Collaborative
from collaboratives.selectors.clock import in_zone, today_of
from coordination.meetings.definition.entries import feed
from coordination.meetings.selectors.calendar import dated, sources, uid_of
from privacy.viewer import Viewer
from ui.parts import Option


KINDS = {
    "meeting": "Meetings",
    "window": "Submission windows",
    "lock": "Last days to enter",
    "audit": "Audits",
    "release": "Releases",
    "ballot": "Ballots",
    "agreement": "Agreements",
    "onboarding": "Steps of new hospitals",
}
DECEMBER, FARTHEST = 12, 10


@dataclass(frozen=True, kw_only=True)
class CalendarFilter:
    """The month and the kind, as the address says them."""

    year: int
    month: int
    kind: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str], today: date) -> "CalendarFilter":
        kind = query.get("kind", "")
        try:
            day = datetime.strptime(query.get("month", ""), "%Y-%m").date()  # noqa: DTZ007 -- a month has no zone
        except ValueError:
            day = today
        if abs(day.year - today.year) > FARTHEST:
            day = today
        return cls(year=day.year, month=day.month, kind=kind if kind in KINDS else "")

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def moved(self, months: int) -> str:
        """The address's part after the question mark, some months away."""
        day = (self.first if months < 0 else self.last) + timedelta(days=months)
        return self.query(month=f"{day:%Y-%m}", kind=self.kind)

    @property
    def as_query(self) -> str:
        """The part of the address that shows this again."""
        return self.query(month=f"{self.first:%Y-%m}", kind=self.kind)

    @staticmethod
    def query(**values: str) -> str:
        return urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something on a day."""

    thing: DatedThing
    day: date
    time: str
    until: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day with something on it."""

    day: date
    is_today: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class CalendarPage:
    filter: CalendarFilter
    title: str
    before: str
    after: str
    days: tuple[Day, ...]
    kinds: tuple[Option, ...]
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class CalendarFile:
    """What a calendar program opens."""

    name: str
    content: bytes


def calendar_page(viewer: Viewer, collaborative: Collaborative, query: Mapping[str, str]) -> CalendarPage:
    """What the viewer may know of, day by day on the programme's clock."""
    wanted = CalendarFilter.from_query(query, today_of(collaborative))
    return CalendarPage(
        filter=wanted,
        title=f"{wanted.first:%B %Y}",
        before=wanted.moved(-1),
        after=wanted.moved(1),
        days=_days(_entries(viewer, wanted, collaborative), today_of(collaborative)),
        kinds=tuple(Option(value, label, chosen=value == wanted.kind) for value, label in KINDS.items()),
        time_zone=collaborative.time_zone,
    )


def calendar_file_of(viewer: Viewer, collaborative: Collaborative, query: Mapping[str, str]) -> CalendarFile:
    """The same month and kind as a file; an entry has the name that it has in the personal feed, so that none comes twice."""
    wanted = CalendarFilter.from_query(query, today_of(collaborative))
    found = {uid_of(each.thing): each.thing for each in _entries(viewer, wanted, collaborative)}
    dates = [dated(uid, each) for uid, each in found.items()]
    content = feed(collaborative.name, dates, stamp=timezone.now(), time_zone=collaborative.time_zone)
    kind = f"-{wanted.kind}" if wanted.kind else ""
    return CalendarFile(name=f"calendar-{wanted.first:%Y-%m}{kind}.ics", content=content)


def _entries(viewer: Viewer, wanted: CalendarFilter, collaborative: Collaborative) -> list[Entry]:
    """Of this month and kind; what began before and lasts into it stands on its first day."""
    things = [each for source in sources() for each in source(viewer, wanted.first, wanted.last)]
    entries = [_entry(each, wanted.first, collaborative) for each in things if wanted.kind in {"", each.kind}]
    return sorted((each for each in entries if wanted.first <= each.day <= wanted.last), key=_order)


def _entry(thing: DatedThing, first: date, collaborative: Collaborative) -> Entry:
    kind = KINDS.get(thing.kind, thing.kind)
    if isinstance(thing.starts, datetime):
        begins = in_zone(thing.starts, collaborative)
        return Entry(thing=thing, day=begins.date(), time=f"{begins:%H:%M}", until="", kind=kind)
    ends = thing.ends if isinstance(thing.ends, date) and thing.ends > thing.starts else None
    day = max(thing.starts, first) if ends and ends >= first else thing.starts
    return Entry(thing=thing, day=day, time="", until=f"until {ends:%-d %b %Y}" if ends else "", kind=kind)


def _order(entry: Entry) -> tuple[date, str, str]:
    return entry.day, entry.time, entry.thing.title


def _days(entries: list[Entry], today: date) -> tuple[Day, ...]:
    days = sorted({each.day for each in entries})
    return tuple(
        Day(day=day, is_today=day == today, entries=tuple(each for each in entries if each.day == day)) for day in days
    )
