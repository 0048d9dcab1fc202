"""Answers against the reference, question by question, and what share must agree in each tier."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from measures.definition.answers import Answers
from measures.definition.check import clear
from measures.definition.spec import FormSpec, MissingKind, Value, VariableSpec, VariableType


KEY_TIER = 1
Answer = Value | MissingKind | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One scored question. An unknown is not a "not documented", and neither is an empty answer."""

    variable: VariableSpec
    given: Answer
    reference: Answer

    @property
    def agrees(self) -> bool:
        given, reference = self.given, self.reference
        if isinstance(given, MissingKind) or isinstance(reference, MissingKind) or given is None:
            return given is reference
        if isinstance(given, tuple) and isinstance(reference, tuple):
            return set(given) == set(reference)  # the order in which boxes were ticked says nothing
        return given == reference


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many answers of a tier were scored, and how many of them agree."""

    scored: int = 0
    agreeing: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(scored=self.scored + other.scored, agreeing=self.agreeing + other.agreeing)

    def reaches(self, percent: Decimal) -> bool:
        """Whether the share is at least so many per cent, exactly; where nothing is scored nothing is missed."""
        return self.agreeing * 100 >= percent * self.scored

    @property
    def percent(self) -> Decimal | None:
        """For reading, rounded down: nobody reads 95 % and has failed at 95 %."""
        if not self.scored:
            return None
        return (Decimal(self.agreeing * 100) / self.scored).quantize(Decimal("0.1"), rounding=ROUND_DOWN)


@dataclass(frozen=True, kw_only=True)
class Score:
    """Both tiers: key questions, and all others."""

    tier_1: Tally = Tally()
    tier_2: Tally = Tally()

    def __add__(self, other: "Score") -> "Score":
        return Score(tier_1=self.tier_1 + other.tier_1, tier_2=self.tier_2 + other.tier_2)

    def passes(self, *, tier_1_percent: Decimal, tier_2_percent: Decimal) -> bool:
        return self.tier_1.reaches(tier_1_percent) and self.tier_2.reaches(tier_2_percent)

    @property
    def scored(self) -> int:
        return self.tier_1.scored + self.tier_2.scored


def scored_questions(form: FormSpec, reference: Answers) -> tuple[VariableSpec, ...]:
    """What the reference answers and a person enters; free text has no one right wording."""
    asked = clear(form, reference)
    return tuple(
        variable
        for variable in form.variables
        if asked.is_answered(variable.name)
        and not variable.calculation
        and variable.type is not VariableType.TEXT
        and variable.name != form.event_date
    )


def compare(form: FormSpec, *, reference: Answers, given: Answers) -> tuple[Comparison, ...]:
    """Each scored question. What the person's own answers hide counts as not answered."""
    kept = clear(form, given)
    return tuple(
        Comparison(variable=variable, given=kept.answer(variable.name), reference=reference.answer(variable.name))
        for variable in scored_questions(form, reference)
    )


def score_of(comparisons: Iterable[Comparison]) -> Score:
    found = list(comparisons)
    return Score(
        tier_1=_tally([each for each in found if each.variable.tier == KEY_TIER]),
        tier_2=_tally([each for each in found if each.variable.tier != KEY_TIER]),
    )


def _tally(comparisons: Sequence[Comparison]) -> Tally:
    return Tally(scored=len(comparisons), agreeing=sum(each.agrees for each in comparisons))


def months_later(day: date, months: int) -> date:
    """The same day of the month, or its last: 31 January and a month is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
