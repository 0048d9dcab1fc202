"""An expression as written, before the form says what its names are."""

from collections.abc import Iterator
from dataclasses import dataclass
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


def children(syntax: Syntax) -> tuple[Syntax, ...]:
    match syntax:
        case Prefix(operand=operand) | Membership(operand=operand):
            return (operand,)
        case Chain(operands=operands) | Junction(operands=operands):
            return operands
        case Comparison(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments
    return ()


def references(syntax: Syntax) -> Iterator[Reference]:
    """Every variable that the expression names, in the order written."""
    if isinstance(syntax, Reference):
        yield syntax
    for child in children(syntax):
        yield from references(child)
