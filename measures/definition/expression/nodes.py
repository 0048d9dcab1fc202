"""An expression that fits its form: every node has a kind, every coercion is a node of its own.

What the back ends (Python, SQL, the browser) have to agree on is written here and nowhere else:

- An expression is three-valued: a variable without value is missing, and makes missing what is
  computed from it, except where said otherwise. A missing condition is "unknown".
- `and`, `or`, `not` follow Kleene: false and unknown is false, true or unknown is true.
- `if` with an unknown condition is missing.
- `sum`, `min`, `max` leave missing values out, as REDCap does; of only missing ones they are missing.
- Numbers are exact decimals. A quotient is rounded half away from zero to 12 decimals;
  division by zero is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from measures.definition.answers import json_value
from measures.definition.canonical import Json
from measures.definition.spec import MissingKind


QUOTIENT_DECIMALS = 12
# Years and months as REDCap counts them: 365.2425 and 30.44 days.
UNIT_SECONDS: Mapping[str, int] = {"y": 31_556_952, "M": 2_630_016, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"


@dataclass(frozen=True)
class Constant:
    value: Decimal | str | bool | date | time | datetime
    kind: Kind


@dataclass(frozen=True)
class Nothing:
    """The missing value, as in `if([a] = "1", [b], "")`."""

    kind: Kind


@dataclass(frozen=True)
class Variable:
    name: str
    kind: Kind


@dataclass(frozen=True)
class Selected:
    """Whether a code of a several-of variable was chosen."""

    name: str
    code: str
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class CodeNumber:
    """The code of a one-of variable as a number."""

    name: str
    codes: tuple[str, ...]
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class FlagNumber:
    """1 for true, 0 for false."""

    operand: "Node"
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class Compare:
    operator: str
    left: "Node"
    right: "Node"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class In:
    operand: "Node"
    items: tuple[Constant, ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class Logic:
    """`and` or `or` of two or more conditions."""

    operator: str
    operands: tuple["Node", ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class Not:
    operand: "Node"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class Arithmetic:
    """Operands joined from left to right by + and -, or by * and /."""

    operators: tuple[str, ...]
    operands: tuple["Node", ...]
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class Negate:
    operand: "Node"
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class Absolute:
    operand: "Node"
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class Round:
    """Half away from zero."""

    operand: "Node"
    decimals: int
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class If:
    condition: "Node"
    then: "Node"
    otherwise: "Node"
    kind: Kind


@dataclass(frozen=True)
class Aggregate:
    """`sum`, `min` or `max` of the operands that are not missing."""

    function: str
    operands: tuple["Node", ...]
    kind: Kind


@dataclass(frozen=True)
class DateDifference:
    """From `start` to `end`, negative when `end` is earlier; by the clock on the wall."""

    start: "Node"
    end: "Node"
    unit: str
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True)
class IsMissing:
    """Whether a variable has no value; with `reason`, whether it was answered so."""

    name: str
    reason: MissingKind | None
    kind: Kind = Kind.BOOLEAN


Node = (
    Constant
    | Nothing
    | Variable
    | Selected
    | CodeNumber
    | FlagNumber
    | Compare
    | In
    | Logic
    | Not
    | Arithmetic
    | Negate
    | Absolute
    | Round
    | If
    | Aggregate
    | DateDifference
    | IsMissing
)


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case FlagNumber(operand) | Not(operand) | Negate(operand) | Absolute(operand) | Round(operand) | In(operand):
            return (operand,)
        case Compare(_, left, right) | DateDifference(left, right):
            return (left, right)
        case Logic(_, operands) | Arithmetic(_, operands) | Aggregate(_, operands):
            return operands
        case If(condition, then, otherwise):
            return (condition, then, otherwise)
    return ()


def names(node: Node) -> frozenset[str]:
    """Every variable that the expression reads."""
    own = {node.name} if isinstance(node, Variable | Selected | CodeNumber | IsMissing) else set()
    return frozenset(own).union(*map(names, children(node)))


def canonical(node: Node) -> Json:
    """The expression as JSON, one object a node: stored beside the text, run by the browser."""
    data: dict[str, Json] = {"node": type(node).__name__, "kind": node.kind.value}
    for name, part in vars(node).items():
        if name != "kind":
            data[name] = _canonical_part(part)
    return data


def _canonical_part(part: object) -> Json:
    if isinstance(part, tuple):
        return [_canonical_part(item) for item in part]
    if isinstance(part, Decimal):
        return format(part, "f")
    if isinstance(part, str):
        return str(part)
    if isinstance(part, bool | int) or part is None:
        return part
    if isinstance(part, date | time):
        return str(json_value(part))
    return canonical(part)  # type: ignore[arg-type]  # all that is left is a node
