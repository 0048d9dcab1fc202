"""Fixed values take the kind of what they are compared with: "1" becomes true, "2026-01-05" a date."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeVar

from measures.definition.errors import did_you_mean
from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.nodes import CodeNumber, Constant, FlagNumber, Kind, Node, Selected, Variable
from measures.definition.expression.syntax import Literal
from measures.definition.spec import VariableSpec, VariableType
from measures.definition.values import choices


KINDS = {
    VariableType.INTEGER: Kind.NUMBER,
    VariableType.DECIMAL: Kind.NUMBER,
    VariableType.TEXT: Kind.TEXT,
    VariableType.DATE: Kind.DATE,
    VariableType.TIME: Kind.TIME,
    VariableType.DATETIME: Kind.DATETIME,
    VariableType.YES_NO: Kind.BOOLEAN,
    VariableType.ONE_OF: Kind.TEXT,
}
KIND_NAMES = {
    Kind.NUMBER: "a number",
    Kind.TEXT: "a text",
    Kind.BOOLEAN: "yes or no",
    Kind.DATE: "a date",
    Kind.TIME: "a time",
    Kind.DATETIME: "a date with time",
}
Fixed = Decimal | str | bool
Moment = TypeVar("Moment", date, time, datetime)
# Strict: what fromisoformat reads besides (weeks, zones) would be lost on PostgreSQL.
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile("[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_DATETIME = re.compile(f"{_DATE.pattern}([ T]{_TIME.pattern})?")
_NUMBER = re.compile(r"[-+]?(?=[0-9.]{1,16}$)([0-9]{1,15}|[0-9]*\.[0-9]+)")
_WHOLE = re.compile("-?[0-9]{1,15}")
_FLAGS = {"1": True, "0": False, "true": True, "false": False}


def constant(literal: Literal, kind: Kind) -> Constant:
    """The fixed value `literal` as a value of `kind`."""
    value = _READERS[kind](literal.value)
    if value is None:
        shown = literal.value if isinstance(literal.value, Decimal | bool) else f'"{literal.value}"'
        raise ExpressionError(f"{shown} is not {KIND_NAMES[kind]}.", _REMEDIES[kind], literal.position)
    return Constant(value, kind)


def own_constant(literal: Literal) -> Constant:
    """The fixed value as it stands, where nothing says what it should be."""
    if isinstance(literal.value, bool):
        return Constant(literal.value, Kind.BOOLEAN)
    return Constant(literal.value, Kind.NUMBER if isinstance(literal.value, Decimal) else Kind.TEXT)


def code_constant(variable: VariableSpec, literal: Literal) -> Constant:
    """The fixed value as a code of `variable`."""
    text = format(literal.value, "f") if isinstance(literal.value, Decimal) else str(literal.value)
    if text not in variable.code_labels:
        labels = {label: code for code, label in variable.code_labels.items()}
        remedy = f'Write "{labels[text]}".' if text in labels else f"Use {choices(variable.codes)}."
        raise ExpressionError(f'"{text}" is not a code of {variable.name}.', remedy, literal.position)
    return Constant(text, Kind.TEXT)


def checked_code(variable: VariableSpec, code: str, position: int) -> str:
    if code not in variable.code_labels:
        remedy = did_you_mean(code, list(variable.code_labels), otherwise=f"Use {choices(variable.codes)}.")
        raise ExpressionError(f'"{code}" is not a code of {variable.name}.', remedy, position)
    return code


def as_number(node: Node, variable: VariableSpec | None, position: int) -> Node:
    """`node` where a number is needed: codes and yes/no count as numbers, as in REDCap."""
    if node.kind is Kind.NUMBER:
        return node
    if node.kind is Kind.BOOLEAN:
        return FlagNumber(node)
    if isinstance(node, Variable) and variable is not None and variable.type is VariableType.ONE_OF:
        return _code_number(variable, position)
    message = f"{_describe(node)} is {KIND_NAMES[node.kind]}, where a number is needed."
    raise ExpressionError(message, "Use datediff() for dates, or another variable.", position)


def _code_number(variable: VariableSpec, position: int) -> CodeNumber:
    codes = tuple(variable.code_labels)
    if not all(_WHOLE.fullmatch(code) for code in codes):
        message = f"The codes of {variable.name} are not all whole numbers, so they have no order."
        raise ExpressionError(message, f'Compare with a code: [{variable.name}] = "{codes[0]}".', position)
    return CodeNumber(variable.name, codes)


def _describe(node: Node) -> str:
    return f"[{node.name}]" if isinstance(node, Variable | Selected) else "This"


def _number(value: Fixed) -> Decimal | None:
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    return None if isinstance(value, bool) else value


def _text(value: Fixed) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: Fixed) -> bool | None:
    return value if isinstance(value, bool) else _FLAGS.get(str(value))


def _date(value: Fixed) -> date | None:
    return _moment(_DATE, date.fromisoformat, value)


def _time(value: Fixed) -> time | None:
    return _moment(_TIME, time.fromisoformat, value)


def _datetime(value: Fixed) -> datetime | None:
    return _moment(_DATETIME, datetime.fromisoformat, value)


def _moment(pattern: re.Pattern[str], read: Callable[[str], Moment], value: Fixed) -> Moment | None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        return None
    try:
        return read(value)
    except ValueError:
        return None


_READERS: Mapping[Kind, Callable[[Fixed], Decimal | str | bool | date | time | datetime | None]] = {
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.BOOLEAN: _flag,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.DATETIME: _datetime,
}
_REMEDIES = {
    Kind.NUMBER: "Write a number, such as 36.5.",
    Kind.TEXT: "Put it in quotes.",
    Kind.BOOLEAN: 'Write "1" for yes or "0" for no.',
    Kind.DATE: 'Write dates as "2026-01-05".',
    Kind.TIME: 'Write times as "08:41".',
    Kind.DATETIME: 'Write dates with time as "2026-01-05 08:41".',
}
