"""An agenda written in lines, and when each point begins."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from coordination.meetings.errors import MeetingError


MOST_MINUTES = 600
LINE = re.compile(r"(?P<minutes>\d{1,3})\s*(?:'|min(?:utes)?\.?)?\s+(?P<title>[^|]+?)\s*(?:\|\s*(?P<lead>.*?)\s*)?")


@dataclass(frozen=True, kw_only=True)
class Point:
    """A line of an agenda."""

    minutes: int
    title: str
    lead: str = ""


def points_of(text: str) -> list[Point]:
    """Each line as a point: minutes, title and, after a bar, who leads. Empty lines count for nothing.

    Raises
    ------
    MeetingError
        A line is written otherwise; the message has its number.
    """
    lines = enumerate(text.splitlines(), start=1)
    return [_point(number, line.strip()) for number, line in lines if line.strip()]


def _point(number: int, line: str) -> Point:
    match = LINE.fullmatch(line)
    if match is None or not 1 <= int(match["minutes"]) <= MOST_MINUTES:
        raise MeetingError(
            f"Line {number} of the agenda, «{line[:60]}», does not begin with its minutes. Write: 10 Welcome | Dr Adams"
        )
    return Point(minutes=int(match["minutes"]), title=match["title"], lead=match["lead"] or "")


def starts(first: datetime, minutes: Iterable[int]) -> Iterator[datetime]:
    """When each point begins, one after the other."""
    at = first
    for each in minutes:
        yield at
        at += timedelta(minutes=each)
