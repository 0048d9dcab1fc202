"""Two abstractions of one chart, field by field.

Unknown, not documented, not applicable and empty are four different answers, and none of them is a value. A field is
compared when either abstraction was asked it and not both left it empty: two empty fields agree on nothing. What skip
logic hides in one of them only is empty there. Free text and calculated fields are left out: two people never write the
same words, and a calculation adds nothing to the fields it is made of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from measures.definition.answers import Answers, JsonAnswer, json_value
from measures.definition.check import clear
from measures.definition.spec import FormSpec, MissingKind, Value, VariableSpec, VariableType


Given = Value | MissingKind | None
Side = Mapping[str, JsonAnswer]
EMPTY = "empty"
# Kinds of answers that fall into categories, so that chance agreement can be taken out.
CATEGORICAL = (VariableType.YES_NO, VariableType.ONE_OF)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One field in both abstractions."""

    variable: VariableSpec
    original: Given
    second: Given

    @property
    def agrees(self) -> bool:
        return same(self.original, self.second)


def is_compared(variable: VariableSpec) -> bool:
    return not variable.calculation and variable.type is not VariableType.TEXT


def same(one: Given, other: Given) -> bool:
    """The same value of the same type, or the same kind of having none. 1.0 is 1; No is not 0, and not unknown."""
    if isinstance(one, bool) is not isinstance(other, bool) or isinstance(one, MissingKind) is not isinstance(
        other, MissingKind
    ):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    return one == other


def compare(spec: FormSpec, original: Answers, second: Answers) -> Iterator[Compared]:
    """Every field that can be compared, in the order of the form."""
    first, again = clear(spec, original), clear(spec, second)
    for variable in filter(is_compared, spec.variables):
        one, other = first.answer(variable.name), again.answer(variable.name)
        if one is not None or other is not None:
            yield Compared(variable=variable, original=one, second=other)


def side_of(answer: Given) -> Side:
    """An answer as a disagreement keeps it."""
    if answer is None:
        return {}
    return {"missing": answer.value} if isinstance(answer, MissingKind) else {"value": json_value(answer)}


def category(answer: Given) -> str:
    """The category of an answer to a yes/no question or a choice of one."""
    if answer is None:
        return EMPTY
    if isinstance(answer, MissingKind):
        return f"missing:{answer.value}"
    return "value:yes" if answer is True else "value:no" if answer is False else f"value:{answer}"


def categories(variable: VariableSpec) -> tuple[str, ...]:
    """The categories that the form offers. Missing kinds and empty join where somebody used them."""
    if variable.type is VariableType.YES_NO:
        return "value:yes", "value:no"
    return tuple(f"value:{code.value}" for code in variable.codes)
