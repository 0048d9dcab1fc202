"""Cycles: the stretches of days in which a sample is drawn and a lock date falls."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


EIGHT_DAYS = timedelta(days=8)  # one more than a week, so that each cycle starts on the weekday after the last one's


@dataclass(frozen=True, order=True)
class Span:
    """Days of events, both ends included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


def eight_day_spans(anchor: date, until: date) -> Iterator[Span]:
    """Eight-day cycles from `anchor` on, as NSQIP and MSQC cut the year: about 46, each starting on another weekday."""
    while anchor <= until:
        yield Span(anchor, anchor + EIGHT_DAYS - timedelta(days=1))
        anchor += EIGHT_DAYS


def month_spans(first: date, until: date, *, months: int = 1) -> Iterator[Span]:
    """Stretches of whole months (3: quarters), from the first day of the month of `first`."""
    begin = first.replace(day=1)
    while begin <= until:
        following = _months_later(begin, months)
        yield Span(begin, following - timedelta(days=1))
        begin = following


def _months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def last_day_over(moment: datetime, time_zone: str) -> date:
    """The latest day to enter that is over at this moment, where the collaborative works."""
    day = moment.astimezone(ZoneInfo(time_zone)).date()
    while lock_moment(day, time_zone) > moment:
        day -= timedelta(days=1)
    return day


def lock_moment(locks_on: date, time_zone: str) -> datetime:
    """When the last day to enter is over: midnight after it on the collaborative's clock, in UTC.

    Where clocks spring forward over midnight the day begins at the first moment that exists.
    """
    zone = ZoneInfo(time_zone)
    midnight = datetime.combine(locks_on + timedelta(days=1), time(0), zone)
    # A midnight that was skipped reads with the clock before the change, which is the moment of the change itself.
    return midnight.astimezone(UTC)
