"""When an agreement counts, and how a hospital stands with what it has signed. Days are those of the collaborative."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


EXPIRES_SOON = 60
REMINDED = (60, 30, 7)
"""Days before the last day at which a hospital is reminded, once each."""


class Stands(StrEnum):
    MISSING = "missing"
    ACTIVE = "active"
    EXPIRING = "expiring"
    LATER = "later"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Term:
    """From a day on, to the last day on which it counts (None: until it is ended), unless it was ended before."""

    starts_on: date
    ends_on: date | None = None
    ended_on: date | None = None

    def counts_on(self, day: date) -> bool:
        """The day of ending is the first on which it no longer counts."""
        over = self.ends_on is not None and self.ends_on < day
        ended = self.ended_on is not None and self.ended_on <= day
        return self.starts_on <= day and not over and not ended

    @property
    def last_day(self) -> date:
        return self.ends_on or date.max


@dataclass(frozen=True)
class Found:
    """The state, and the term that it is the state of."""

    stands: Stands
    term: Term | None = None
    days_left: int | None = None


def standing_of(terms: Iterable[Term], day: date) -> Found:
    """Of everything signed the term that lasts longest counts; what is over counts as it ended last."""
    signed = sorted(terms, key=lambda each: (each.last_day, each.starts_on))
    active = [each for each in signed if each.counts_on(day)]
    if active:
        term = active[-1]
        left = (term.ends_on - day).days if term.ends_on else None
        soon = left is not None and left <= EXPIRES_SOON
        return Found(Stands.EXPIRING if soon else Stands.ACTIVE, term, left)
    later = [each for each in signed if each.starts_on > day and each.ended_on is None]
    if later:
        return Found(Stands.LATER, later[0])
    if not signed:
        return Found(Stands.MISSING)
    return Found(Stands.ENDED if signed[-1].ended_on else Stands.EXPIRED, signed[-1])


def reminder_due(days_left: int) -> int | None:
    """Which of the reminders is due with so many days left: the latest that has come; None before the first and after the end."""
    come = [each for each in REMINDED if 0 <= days_left <= each]
    return min(come) if come else None


def months_later(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where there is no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)
