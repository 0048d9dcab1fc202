"""The expression as SQL: over `a`, the answers of a case as columns, and `c.missing`, its missing kinds.

Text and parameters go together, in order. Every fixed value is a parameter with its type.
NULL is missing and unknown, and SQL's own AND, OR and NOT are Kleene's.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from measures.definition.expression.nodes import (
    QUOTIENT_DECIMALS,
    UNIT_SECONDS,
    Absolute,
    Aggregate,
    Arithmetic,
    CodeNumber,
    Compare,
    Constant,
    DateDifference,
    FlagNumber,
    If,
    In,
    IsMissing,
    Kind,
    Logic,
    Negate,
    Node,
    Not,
    Nothing,
    Round,
    Selected,
    Variable,
)
from measures.definition.spec import VariableType


Parameter = Decimal | str | bool | date | time | datetime | int | list[str] | list[int]
TYPES = {
    Kind.NUMBER: "numeric",
    Kind.TEXT: "text",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DATETIME: "timestamp",
}
COLUMN_TYPES = {
    VariableType.INTEGER: "numeric",
    VariableType.DECIMAL: "numeric",
    VariableType.TEXT: "text",
    VariableType.DATE: "date",
    VariableType.TIME: "time",
    VariableType.DATETIME: "timestamp",
    VariableType.YES_NO: "boolean",
    VariableType.ONE_OF: "text",
    VariableType.MANY_OF: "jsonb",
}
_IDENTIFIER = re.compile("[a-z][a-z0-9_]{0,62}")
_SHIFT = 10 ** (QUOTIENT_DECIMALS + 1)


@dataclass(frozen=True)
class Sql:
    text: str
    params: tuple[Parameter, ...] = field(default=())

    def __add__(self, other: "Sql | str") -> "Sql":
        other = Sql(other) if isinstance(other, str) else other
        return Sql(self.text + other.text, self.params + other.params)

    def __radd__(self, other: str) -> "Sql":
        return Sql(other) + self


def join(parts: Iterable[Sql], separator: str = ", ") -> Sql:
    parts = list(parts)
    return Sql(separator.join(part.text for part in parts), tuple(param for part in parts for param in part.params))


def identifier(name: str) -> str:
    """A name of ours as a quoted SQL identifier."""
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"name must be small letters, digits and _, but got {name!r}")
    return f'"{name}"'


def literal(value: Parameter, sql_type: str) -> Sql:
    """A fixed value as a typed parameter."""
    return Sql(f"%s::{sql_type}", (value,))


def column(name: str) -> str:
    return f"a.{identifier(name)}"


def sql(node: Node) -> Sql:  # noqa: C901, PLR0911, PLR0912 - one line a kind of node
    """The SQL that gives the value of `node`; in parentheses wherever it could fall apart."""
    match node:
        case Constant(bool(value)):
            return Sql("TRUE" if value else "FALSE")
        case Constant(value, kind):
            return literal(value, TYPES[kind])
        case Nothing(kind):
            return Sql(f"NULL::{TYPES[kind]}")
        case Variable(name):
            return Sql(column(name))
        case Selected(name, code):
            return f"({column(name)} @> " + literal(json.dumps([code]), "jsonb") + ")"
        case CodeNumber():
            return _code_number(node)
        case FlagNumber(operand):
            return "CASE " + sql(operand) + " WHEN TRUE THEN 1::numeric WHEN FALSE THEN 0::numeric END"
        case Compare(operator, left, right):
            return "(" + sql(left) + f" {operator} " + sql(right) + ")"
        case In(operand, items):
            return "(" + sql(operand) + " IN (" + join(map(sql, items)) + "))"
        case Logic(operator, operands):
            return "(" + join(map(sql, operands), f" {operator.upper()} ") + ")"
        case Not(operand):
            return "(NOT " + sql(operand) + ")"
        case Arithmetic():
            return _arithmetic(node)
        case Negate(operand):
            return "(- " + sql(operand) + ")"
        case Absolute(operand):
            return "abs(" + sql(operand) + ")"
        case Round(operand, decimals):
            return "round(" + sql(operand) + f", {decimals:d})"
        case If():
            return _if(node)
        case Aggregate():
            return _aggregate(node)
        case DateDifference():
            return _difference(node)
    return _is_missing(node)


def _code_number(node: CodeNumber) -> Sql:
    cases = [" WHEN " + literal(code, "text") + " THEN " + literal(Decimal(code), "numeric") for code in node.codes]
    return f"CASE {column(node.name)}" + join(cases, "") + " END"


def _arithmetic(node: Arithmetic) -> Sql:
    found, *others = map(sql, node.operands)
    for operator, operand in zip(node.operators, others, strict=True):
        found = _quotient(found, operand) if operator == "/" else "(" + found + f" {operator} " + operand + ")"
    return found


def _quotient(dividend: Sql, divisor: Sql) -> Sql:
    """See python.divide: exact to the 13th decimal, which then decides the rounding."""
    whole = "div(" + dividend + f" * {_SHIFT}::numeric, nullif(" + divisor + ", 0::numeric))"
    return "round(" + whole + f" * {Decimal(1) / _SHIFT:f}::numeric, {QUOTIENT_DECIMALS})"


def _if(node: If) -> Sql:
    return (
        "CASE "
        + sql(node.condition)
        + " WHEN TRUE THEN "
        + sql(node.then)
        + " WHEN FALSE THEN "
        + sql(node.otherwise)
        + " END"
    )


def _aggregate(node: Aggregate) -> Sql:
    operands = join(map(sql, node.operands))
    if node.function == "sum":
        return "(SELECT sum(v) FROM unnest(ARRAY[" + operands + "]::numeric[]) AS v)"  # noqa: S608 - made of our own parts
    return ("least(" if node.function == "min" else "greatest(") + operands + ")"


def _difference(node: DateDifference) -> Sql:
    span = "(" + sql(node.end) + " - " + sql(node.start) + ")"
    if node.start.kind is not Kind.DATE:
        return _quotient("extract(epoch FROM " + span + ")::numeric", Sql(f"{UNIT_SECONDS[node.unit]:d}::numeric"))
    days = span + "::numeric"
    return (
        days if node.unit == "d" else _quotient("(" + days + " * 86400)", Sql(f"{UNIT_SECONDS[node.unit]:d}::numeric"))
    )


def _is_missing(node: IsMissing) -> Sql:
    if node.reason is None:
        return Sql(f"({column(node.name)} IS NULL)")
    return (
        "(coalesce(c.missing ->> " + literal(node.name, "text") + ", '') = " + literal(node.reason.value, "text") + ")"
    )


def record(types: Mapping[str, VariableType]) -> str:
    """The column list that turns the stored answers into `a`."""
    return ", ".join(f"{identifier(name)} {COLUMN_TYPES[kind]}" for name, kind in types.items())
