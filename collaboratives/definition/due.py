"""What is due to somebody, and what happens when: plain values that every application tells of its own."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something that waits for a person or a hospital.

    `kind` names the sort of task and is the same for all of its sort; `count` things stand behind it; `hospital` is the
    public id of the participation it waits at, None for the centre or a person alone. `key` names a task whose title
    changes while it waits (a number stands in it).
    """

    kind: str
    title: str
    url: str
    count: int = 1
    due_on: date | None = None
    since: date | None = None
    hospital: UUID | None = None
    key: str = ""

    @property
    def name(self) -> str:
        """The same as long as it is the same task, whatever its numbers and days say."""
        return self.key or f"{self.kind} {self.url} {self.title}"


@dataclass(frozen=True, kw_only=True)
class DatedThing:
    """Something in the calendar: from a moment until another, or whole days (then `ends` is the last of them)."""

    kind: str
    title: str
    url: str
    starts: datetime | date
    ends: datetime | date | None = None
    place: str = ""
    hospital: UUID | None = None
    cancelled: bool = False
    uid: str = ""
