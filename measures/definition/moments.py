"""Dates and times as people type them. All are hospital time, without a zone."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from measures.definition.display import MONTHS
from measures.definition.errors import ValueProblem
from measures.definition.spec import DateOrder


# Written alone, `5 jan` is the latest 5 January up to today; two-digit years are 1969 to 2068.
_CENTURY_TURNS = 69
FIRST_YEAR, LAST_YEAR = 1890, 2199
# Not calendar.month_name: its names follow the locale of the process.
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# Letters of other alphabets that fold to Latin ones are none here, nor in the browser.
_LETTERS = re.IGNORECASE | re.ASCII
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{1,2})")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})\.?(?:[-/., ]*([0-9]{4}|[0-9]{2}))?", _LETTERS)
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.?[-/. ]*([0-9]{1,2})(?:st|nd|rd|th)?(?:[-/., ]+([0-9]{4}|[0-9]{2}))?", _LETTERS)
_WEEKDAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", _LETTERS)
_SHORTHAND = re.compile(r"t(?: *([-+]) *([0-9]{1,4}))?", _LETTERS)
_CLOCK = r"(?:([0-9]{1,2})[:.h]([0-9]{2})(?:[:.]([0-9]{2})(?:\.0+)?)?|([0-9]{1,2}?)([0-9]{2})|([0-9]{1,2})(?= ?[ap]))"
_TIME = re.compile(_CLOCK + r" ?(?:([ap])\.?m?\.?)?", _LETTERS)
_ZONE = re.compile(r"[0-9](?:z|[-+][0-9]{2}:?[0-9]{2})$", _LETTERS)
_FORMATS = {
    DateOrder.MONTH_FIRST: "month/day/year",
    DateOrder.DAY_FIRST: "day/month/year",
    DateOrder.YEAR_FIRST: "year/month/day",
}


def parse_date(text: str, order: DateOrder, today: date | None) -> date:
    """The date that `text` means; shorthands such as `t-3` and `5 jan` only where `today` is given."""
    words = _WEEKDAY.sub("", text, count=1)
    if today is not None and (found := _SHORTHAND.fullmatch(words)):
        return _shifted(today, found[1], found[2])
    for year, month, day in _readings(words, order, today):
        return _real_date(text, year, month, day)
    if (moment := _with_clock(words)) and moment[1] == time(0):
        return parse_date(moment[0], order, today)
    if re.fullmatch(r"[0-9]{6,8}", words):
        raise ValueProblem(f'"{text}" can be read as more than one date.', f"Write {_example(order)}.")
    raise ValueProblem(f'"{text}" is not a date.', f"Write {_example(order)}.")


def _readings(text: str, order: DateOrder, today: date | None) -> Iterator[tuple[int, int, int]]:
    if found := _ISO.fullmatch(text):
        yield int(found[1]), int(found[2]), int(found[3])
    elif found := _NUMBERS.fullmatch(text):
        parts = dict(zip(order.value, found.groups(), strict=True))
        if len(parts["d"]) <= 2 and len(parts["m"]) <= 2:
            yield _year(parts["y"]), int(parts["m"]), int(parts["d"])
    elif (found := _DAY_MONTH.fullmatch(text)) and (month := _month(found[2])):
        yield from _worded(int(found[1]), month, found[3], today)
    elif (found := _MONTH_DAY.fullmatch(text)) and (month := _month(found[1])):
        yield from _worded(int(found[2]), month, found[3], today)


def _worded(day: int, month: int, year: str | None, today: date | None) -> Iterator[tuple[int, int, int]]:
    if year:
        yield _year(year), month, day
    elif today is not None:
        yield today.year - ((month, day) > (today.month, today.day)), month, day


def _month(word: str) -> int | None:
    return next((number for number, name in enumerate(_MONTH_NAMES, 1) if name.startswith(word.casefold())), None)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= _CENTURY_TURNS else 2000)


def _real_date(text: str, year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise ValueProblem(f'"{text}" is not a date: there is no month {month}.', "Check the order of day and month.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueProblem(f'"{text}" is not a possible date: the year is {year}.', "Check the year.")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        name = f"{MONTHS[month - 1]} {year}"
        raise ValueProblem(f'"{text}" is not a date: {name} has {last} days.', f"Enter a day from 1 to {last}.")
    return date(year, month, day)


def _shifted(today: date, sign: str | None, days: str | None) -> date:
    return today + timedelta(days=int(f"{sign or ''}{days or 0}"))


def _example(order: DateOrder) -> str:
    return f"the date as 2026-01-05, 5 Jan 2026 or {_FORMATS[order]}"


def parse_time(text: str) -> time:
    moment = _clock(text)
    if moment is None:
        raise ValueProblem(f'"{text}" is not a time of day.', "Write the time as 08:41, 0841 or 8:41 pm.")
    return moment


def _clock(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour = int(found[1] or found[4] or found[6])
    minute, second = int(found[2] or found[5] or 0), int(found[3] or 0)
    if half := found[7]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    if hour == 24 and minute == second == 0:
        raise ValueProblem(f'"{text}" is not a time of day.', "Midnight is 00:00, and belongs to the day it begins.")
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def parse_datetime(text: str, order: DateOrder, today: date | None) -> datetime:
    if ":" in text and _ZONE.search(text):
        raise ValueProblem(f'"{text}" names a time zone.', "Write hospital time without a zone: 2026-01-05 08:41.")
    only_a_date = next(_readings(text, order, today), None) is not None
    moment = None if only_a_date else _with_clock(text)
    if moment is None:
        lacking = "has no time of day" if only_a_date else "is not a date and a time"
        raise ValueProblem(f'"{text}" {lacking}.', f"Write {_example(order)}, a space, and the time as 08:41.")
    return datetime.combine(parse_date(moment[0], order, today), moment[1])


def _with_clock(text: str) -> tuple[str, time] | None:
    """`text` cut into its date and its time, where it has both."""
    spaced = re.sub(r"(?<=[0-9])[tT](?=[0-9])", " ", text)
    for space in re.finditer(" ", spaced):
        moment = _clock(spaced[space.end() :].strip())
        if moment is not None:
            return spaced[: space.start()].rstrip(" ,"), moment
    return None
