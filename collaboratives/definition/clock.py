"""Moments on the clock of a programme: what somebody writes as a day and a time, and the next morning."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collaboratives.errors import NoSuchTimeError


MORNING = time(7)


def moment_of(day: date, at: time, time_zone: str) -> datetime:
    """The moment that a clock there shows this day and time, in UTC.

    A time that comes twice, when clocks go back, is the second one: never earlier than anybody expects.

    Raises
    ------
    NoSuchTimeError
        Clocks go forward over this time.
    """
    zone = ZoneInfo(time_zone)
    found = datetime.combine(day, at, zone).replace(fold=1).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != datetime.combine(day, at):
        raise NoSuchTimeError(
            f"There is no {at:%H:%M} on {day:%-d %B %Y}: clocks go forward over it. Choose an hour later."
        )
    return found


def next_morning(now: datetime, time_zone: str) -> datetime:
    """The next seven o'clock there, in UTC."""
    day = now.astimezone(ZoneInfo(time_zone)).date()
    today = moment_of(day, MORNING, time_zone)
    return today if today > now else moment_of(day + timedelta(days=1), MORNING, time_zone)


def told_in(moment: datetime, time_zone: str) -> str:
    """Tuesday 1 December 2026, 08:00 (America/Detroit)."""
    return f"{moment.astimezone(ZoneInfo(time_zone)):%A %-d %B %Y, %H:%M} ({time_zone})"
