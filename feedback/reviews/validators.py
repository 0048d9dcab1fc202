"""What a text or a target must be. Plain values; pages and services ask the same."""

import re
from dataclasses import dataclass
from datetime import date

from feedback.reviews.errors import ReviewError


LONGEST_TEXT, LONGEST_COMMENT, LONGEST_REASON = 2000, 1000, 500
FARTHEST_YEARS, LARGEST = 5, 1e9


class TextMissingError(ReviewError):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is empty. Write it in words, without a name or number of a patient.")


class TargetError(ReviewError):
    """The target cannot be one; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a hospital wants to reach: a value in the unit of the measure (a proportion as a fraction), by a day."""

    value: float
    by: date
    reason: str


def clean_text(text: str, what: str, longest: int = LONGEST_TEXT) -> str:
    """The words without space around them, or `TextMissingError`."""
    text = re.sub(r"\r\n?", "\n", text).strip()[:longest]
    if not text:
        raise TextMissingError(what)
    return text


def check_wish(wish: Wish, today: date, *, proportion: bool = True) -> None:
    """Raise `TargetError` unless the value can be reached, by a day that is to come."""
    if proportion and not 0 <= wish.value <= 1:
        raise TargetError("A target lies between 0 and 100 per cent.")
    if not 0 <= wish.value < LARGEST:
        raise TargetError("A target is 0 or more, and a number that somebody can mean.")
    if not today < wish.by <= date(today.year + FARTHEST_YEARS, 12, 31):
        raise TargetError(f"Choose a day between tomorrow and the end of {today.year + FARTHEST_YEARS}.")
