"""Dates of a series."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

from coordination.meetings.errors import MeetingError


MOST_DATES = 36
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1


def ordinal(day: date) -> int:
    """Which of its weekday in its month: 1 for the first Thursday … ; -1 for a fifth, which is the last."""
    nth = (day.day - 1) // 7 + 1
    return LAST if nth > 4 else nth


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The first, second … or last of a weekday in a month."""
    if nth == LAST:
        last = date(year, month, calendar.monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def ruled_days(first: date, months: int, count: int) -> list[date]:
    """The same weekday of a month as the first, every so many months."""
    nth, weekday = ordinal(first), first.weekday()
    reached = [divmod(first.month - 1 + months * turn, 12) for turn in range(count)]
    return [nth_weekday(first.year + years, month + 1, nth, weekday) for years, month in reached]


def rule_text(first: date, months: int, count: int) -> dict[str, object]:
    """The same days as a recurrence rule of calendars."""
    return {
        "FREQ": "MONTHLY",
        "INTERVAL": months,
        "COUNT": count,
        "BYDAY": f"{ordinal(first)}{WEEKDAYS[first.weekday()]}",
    }


def listed_days(first: date, text: str) -> list[date]:
    """The first day and those of a text, a date to a line, in order and each once.

    Raises
    ------
    MeetingError
        A line is no date, or lies before the first.
    """
    found = {first}
    for line in (each.strip() for each in text.replace(",", "\n").splitlines()):
        if not line:
            continue
        try:
            day = date.fromisoformat(line)
        except ValueError as problem:
            raise MeetingError(f"«{line[:30]}» is no date. Write each as year-month-day: 2027-02-11.") from problem
        if day < first:
            raise MeetingError(f"{line} lies before the first meeting, {first.isoformat()}.")
        found.add(day)
    return refuse_many(sorted(found))


def refuse_many(days: Iterable[date]) -> list[date]:
    """The days, unless there are too many for one series."""
    listed = list(days)
    if len(listed) > MOST_DATES:
        raise MeetingError(f"A series has at most {MOST_DATES} meetings, and these are {len(listed)}.")
    return listed
