"""What a case becomes under a measure: met, not met, excluded, or cannot tell.

1. Population false: excluded, "not_in_population".
2. Else the first exclusion that is true: excluded, with its name.
3. Else population, an exclusion, the numerator or the value unknown: cannot tell, with the
   variables that are missing.
4. Else met or not met, as the numerator says. A measure without numerator (continuous) counts
   its value: met.

A case that is excluded whatever the missing answer would be is excluded, by 1 or 2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from measures.definition.answers import Answers
from measures.definition.display import trimmed
from measures.definition.expression.blame import When, blame, compile_blame
from measures.definition.expression.nodes import Kind, Node, names
from measures.definition.expression.python import compile_condition, compile_number
from measures.definition.expression.resolve import calculation, condition
from measures.definition.spec import FormSpec, MeasureSpec


NOT_IN_POPULATION = "not_in_population"


class OutcomeKind(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    EXCLUDED = "excluded"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Outcome:
    kind: OutcomeKind
    reason: str = ""
    missing: tuple[str, ...] = ()
    value: Decimal | None = None


@dataclass(frozen=True)
class ResolvedMeasure:
    """The expressions of a measure, fitted to its form."""

    slug: str
    population: Node
    exclusions: tuple[tuple[str, Node], ...]
    numerator: Node | None
    value: Node | None

    @property
    def nodes(self) -> tuple[Node, ...]:
        found = (self.population, *(node for _, node in self.exclusions), self.numerator, self.value)
        return tuple(node for node in found if node is not None)

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*map(names, self.nodes))

    @property
    def blames(self) -> tuple[When, ...]:
        return tuple(When(node, None, blame(node)) for node in self.nodes)


def resolve_measure(measure: MeasureSpec, form: FormSpec) -> ResolvedMeasure:
    """`form` may be FormHistory.merged: then cases of all versions can be evaluated.

    Raises
    ------
    ExpressionError
        An expression of the measure does not fit the form.
    """
    return ResolvedMeasure(
        slug=measure.slug,
        population=condition(measure.population, form),
        exclusions=tuple((exclusion.name, condition(exclusion.when, form)) for exclusion in measure.exclusions),
        numerator=condition(measure.numerator, form) if measure.numerator else None,
        value=calculation(measure.value, form, Kind.NUMBER) if measure.value else None,
    )


Evaluate = Callable[[Answers], Outcome]


def compile_measure(measure: MeasureSpec, form: FormSpec) -> Evaluate:
    """The function that gives the outcome of a case; compile once, call per case."""
    resolved = resolve_measure(measure, form)
    excluded = _compile_excluded(resolved)
    numerator = compile_condition(resolved.numerator) if resolved.numerator else lambda _: True
    value = compile_number(resolved.value) if resolved.value else None
    missing = _compile_missing(resolved, form)

    def evaluate(answers: Answers) -> Outcome:
        reason = excluded(answers)
        if reason:
            return Outcome(OutcomeKind.EXCLUDED, reason)
        met = numerator(answers)
        number = value(answers) if value else None
        if reason is None or met is None or (value and number is None):
            return Outcome(OutcomeKind.CANNOT_TELL, missing=missing(answers))
        kind = OutcomeKind.MET if met else OutcomeKind.NOT_MET
        return Outcome(kind, value=None if number is None else trimmed(number))

    return evaluate


def _compile_excluded(resolved: ResolvedMeasure) -> Callable[[Answers], str | None]:
    """Why the case is left out; "" if it is not, None if that is unknown."""
    population = compile_condition(resolved.population)
    exclusions = [(name, compile_condition(node)) for name, node in resolved.exclusions]

    def excluded(answers: Answers) -> str | None:
        in_population = population(answers)
        if in_population is False:
            return NOT_IN_POPULATION
        reason = "" if in_population else None
        for name, applies in exclusions:
            found = applies(answers)
            if found:
                return name
            if found is None:
                reason = None
        return reason

    return excluded


def _compile_missing(resolved: ResolvedMeasure, form: FormSpec) -> Callable[[Answers], tuple[str, ...]]:
    to_blame = compile_blame(resolved.blames)
    in_order = tuple(variable.name for variable in form.variables if variable.name in resolved.names)

    def missing(answers: Answers) -> tuple[str, ...]:
        found = to_blame(answers)
        return tuple(name for name in in_order if name in found)

    return missing
