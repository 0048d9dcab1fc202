"""The figures of a stretch of days as counts, the shares made of them, and the statement that stands beside a number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


LEAST_KNOWN = 0.9  # STATISTICS 2.13: below it a question is marked


class Answered(NamedTuple):
    """How often a question was asked, and what came of it. What is left over is empty: four kinds, never mixed."""

    asked: int = 0
    value: int = 0
    unknown: int = 0
    not_documented: int = 0
    not_applicable: int = 0

    @property
    def known(self) -> int:
        """That a question does not apply is an answer."""
        return self.value + self.not_applicable

    @property
    def empty(self) -> int:
        return max(0, self.asked - self.known - self.unknown - self.not_documented)

    @property
    def is_weak(self) -> bool:
        return bool(self.asked) and self.known < LEAST_KNOWN * self.asked

    def plus(self, other: "Answered") -> "Answered":
        return Answered(*(one + another for one, another in zip(self, other, strict=True)))


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts of one hospital or of several; `required` and `known` are of the questions that the reader needs."""

    cases: int = 0
    complete: int = 0
    locked: int = 0
    asked: int = 0
    answered: int = 0
    required: int = 0
    known: int = 0
    due: int = 0
    on_time: int = 0
    lock_due: int = 0
    by_lock: int = 0
    median_days: float | None = None
    open_queries: int = 0
    eligible: int | None = None
    captured: int | None = None
    compared: int | None = None
    agreeing: int | None = None
    audited_on: date | None = None
    questions: Mapping[str, Answered] = field(default_factory=dict)

    @property
    def completeness(self) -> float | None:
        return share(self.known, self.required)

    @property
    def timeliness(self) -> float | None:
        return share(self.on_time, self.due)

    @property
    def capture(self) -> float | None:
        """None where there is no log: nobody knows what was left out."""
        return share(self.captured, self.eligible)

    @property
    def agreement(self) -> float | None:
        return share(self.agreeing, self.compared)


def share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else part / whole


def percent_of(value: float | None) -> str:
    """Whole per cents that never claim all or nothing where it is not so."""
    if value is None:
        return ""
    if 0.995 <= value < 1:
        return "over 99%"
    if 0 < value < 0.005:
        return "under 1%"
    return f"{100 * value:.0f}%"


def statement(figures: Figures) -> tuple[str, ...]:
    """The data-quality statement in its fixed order, by the words of the glossary."""
    return (
        _either("Completeness", figures.completeness, "Completeness not known"),
        _either("complete by the due date", figures.timeliness, "no case is due yet"),
        _capture_words(figures),
        audit_words(figures.agreement, figures.audited_on),
        counted(figures.open_queries, "open query", "open queries"),
        f"{figures.locked:,} of {figures.cases:,} cases locked" if figures.cases else "no cases",
    )


def _capture_words(figures: Figures) -> str:
    """With how many the log lists: it may be of a part of these days only."""
    if figures.capture is None:
        return "case capture not known"
    return f"case capture {percent_of(figures.capture)} of {figures.eligible:,} logged"


def audit_words(agreement: float | None, audited_on: date | None) -> str:
    if agreement is None:
        return "not audited yet"
    month = f", {audited_on:%b %Y}" if audited_on else ""
    return f"last audit {percent_of(agreement)} agreement{month}"


def counted(number: int, one: str, many: str) -> str:
    return f"no {one}" if number == 0 else f"{number:,} {one if number == 1 else many}"


def _either(words: str, value: float | None, otherwise: str) -> str:
    return otherwise if value is None else f"{words} {percent_of(value)}"
