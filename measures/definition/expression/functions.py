"""The functions of the language, and how they are written."""

from dataclasses import dataclass

from measures.definition.errors import did_you_mean
from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.nodes import UNIT_SECONDS
from measures.definition.expression.syntax import Literal, Syntax
from measures.definition.spec import MissingKind


@dataclass(frozen=True)
class Usage:
    least: int
    most: int
    example: str


FUNCTIONS = {
    "if": Usage(3, 3, 'if([asa] = "3", 1, 0)'),
    "sum": Usage(1, 100, "sum([a], [b])"),
    "min": Usage(1, 100, "min([a], [b])"),
    "max": Usage(1, 100, "max([a], [b])"),
    "round": Usage(1, 2, "round([x], 1)"),
    "abs": Usage(1, 1, "abs([x])"),
    "datediff": Usage(3, 4, 'datediff([admission_date], [discharge_date], "d")'),
}
MISSING_TESTS = {
    "is_missing": None,
    "is_unknown": MissingKind.UNKNOWN,
    "is_not_documented": MissingKind.NOT_DOCUMENTED,
    "is_not_applicable": MissingKind.NOT_APPLICABLE,
}
SUGGESTIONS = f"There are {', '.join([*FUNCTIONS, *MISSING_TESTS])}."
# REDCap says "m" for minutes and "M" for months; who writes "min" means minutes.
_UNITS = {**{unit: unit for unit in UNIT_SECONDS}, "min": "m"}


def unit(syntax: Syntax) -> str:
    """The unit of datediff()."""
    written = syntax.value if isinstance(syntax, Literal) else None
    if isinstance(written, str) and written in _UNITS:
        return _UNITS[written]
    is_a_word = isinstance(written, str) and len(written) > 1
    remedy = did_you_mean(str(written), list(_UNITS)) if is_a_word else _ALL_UNITS
    raise ExpressionError("This is no unit of datediff().", remedy, syntax.position)


_ALL_UNITS = 'Use "y" years, "M" months, "d" days, "h" hours, "m" or "min" minutes, or "s" seconds.'
