"""An expression as written, before the form says what its names are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal


@dataclass(frozen=True)
class Literal:
    value: Decimal | str | bool
    position: int


@dataclass(frozen=True)
class Reference:
    name: str
    code: str | None
    position: int


@dataclass(frozen=True)
class Prefix:
    """`not` a condition, or `-` a number."""

    operator: str
    operand: "Syntax"
    position: int


@dataclass(frozen=True)
class Chain:
    """Sums, or products, from left to right: one operator between each two operands."""

    operators: tuple[str, ...]
    operands: tuple["Syntax", ...]
    position: int


@dataclass(frozen=True)
class Comparison:
    operator: str
    left: "Syntax"
    right: "Syntax"
    position: int


@dataclass(frozen=True)
class Junction:
    """Conditions joined by all `and` or all `or`."""

    operator: str
    operands: tuple["Syntax", ...]
    position: int


@dataclass(frozen=True)
class Membership:
    operand: "Syntax"
    items: tuple[Literal, ...]
    position: int


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple["Syntax", ...]
    position: int


Syntax = Literal | Reference | Prefix | Chain | Comparison | Junction | Membership | Call


def with_children(syntax: Syntax, change: Callable[[Syntax], Syntax]) -> Syntax:
    """The same syntax with each of its parts changed."""
    match syntax:
        case Prefix(operand=operand) | Membership(operand=operand):
            return replace(syntax, operand=change(operand))
        case Chain(operands=operands) | Junction(operands=operands):
            return replace(syntax, operands=tuple(map(change, operands)))
        case Comparison(left=left, right=right):
            return replace(syntax, left=change(left), right=change(right))
        case Call(arguments=arguments):
            return replace(syntax, arguments=tuple(map(change, arguments)))
    return syntax
