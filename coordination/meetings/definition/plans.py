"""What a coordinator writes about a meeting, before anything is planned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from collaboratives.definition.clock import moment_of
from coordination.meetings.definition.agenda import Point
from coordination.meetings.definition.dates import listed_days, refuse_many, ruled_days
from coordination.meetings.enums import MeetingKind, Repeat
from coordination.meetings.errors import MeetingError


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the coordinator writes about a meeting: day and times as clocks in `time_zone` show them."""

    title: str
    day: date
    starts: time
    ends: time
    time_zone: str
    kind: MeetingKind = MeetingKind.WHOLE
    last_day: date | None = None
    place: str = ""
    remote_link: str = ""
    summary: str = ""
    at_once: bool = False  # two meetings at once are meant

    def on(self, day: date) -> "Plan":
        """The same on another day."""
        return replace(self, day=day, last_day=self.last_day and day + (self.last_day - self.day))

    @property
    def starts_at(self) -> datetime:
        return moment_of(self.day, self.starts, self.time_zone)

    @property
    def ends_at(self) -> datetime:
        return moment_of(self.last_day or self.day, self.ends, self.time_zone)


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """How a meeting repeats: a rule and how many, or a text with further dates."""

    repeat: Repeat
    count: int = 1
    dates: str = ""

    def days(self, first: date) -> list[date]:
        if self.repeat == Repeat.DATES:
            return listed_days(first, self.dates)
        if self.count < 1:
            raise MeetingError("A series needs at least one meeting.")
        return refuse_many(ruled_days(first, int(self.repeat), self.count))


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A plan, how it repeats, and its agenda: written, or that of another meeting."""

    plan: Plan
    repetition: Repetition | None = None
    points: Sequence[Point] = ()
    copy_from: str = ""


@dataclass(frozen=True, kw_only=True)
class ItemText:
    """What is written about a point of the agenda."""

    minutes: int
    title: str
    lead: str = ""
    measure_id: int | None = None
    link: str = ""
    is_public: bool = True
