"""An expression as XPath 1.0 with the functions of ODK's XForms, where a blank is the only missing value.

XPath has two truth values and we have three, so that each condition is written twice over: where it
is surely true, and where it is surely false. A value comes with the condition that it is there.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.nodes import (
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
    Round,
    Selected,
    Variable,
)


# Conditions of values stand in them again and again; past this length no program reads them.
MAXIMUM_LENGTH = 8_000
TRUE, FALSE = "true()", "false()"
_OPERATORS = {"=": "=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_OPPOSITE = {"=": "!=", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def condition_to_xpath(node: Node) -> str:
    """XPath that is true exactly where `node` is; ExpressionError where XForms cannot say it."""
    return _short(_where(node, expected=True))


def value_to_xpath(node: Node) -> str:
    """XPath that gives the value of `node`, and a blank where it is missing."""
    if node.kind is Kind.BOOLEAN:
        return _short(f"if({_where(node, expected=True)}, '1', if({_where(node, expected=False)}, '0', ''))")
    return _short(_choice(_there(node), _shown(node), "''"))


def _shown(node: Node) -> str:
    """The value as an answer: moments are computed with as numbers."""
    if isinstance(node, Variable):
        return f"${{{node.name}}}"
    if node.kind is Kind.TIME:
        raise ExpressionError("XForms makes no time of day from a number.", "Calculate it elsewhere.", 1)
    function = {Kind.DATE: "date", Kind.DATETIME: "date-time"}
    return f"{function[node.kind]}({_value(node)})" if node.kind in function else _value(node)


def _short(text: str) -> str:
    if len(text) > MAXIMUM_LENGTH:
        raise ExpressionError(
            "The expression is too long for XForms.", "Calculate a part of it in another variable.", 1
        )
    return text


def answered(name: str) -> str:
    return f"${{{name}}} != ''"


def _blank(name: str) -> str:
    return f"${{{name}}} = ''"


def _all(parts: Sequence[str]) -> str:
    return _join("and", parts, nothing=TRUE, decisive=FALSE)


def _any(parts: Sequence[str]) -> str:
    return _join("or", parts, nothing=FALSE, decisive=TRUE)


def _join(operator: str, parts: Sequence[str], *, nothing: str, decisive: str) -> str:
    kept = [part for part in dict.fromkeys(parts) if part != nothing]
    if decisive in kept:
        return decisive
    return f"({f' {operator} '.join(kept)})" if len(kept) > 1 else kept[0] if kept else nothing


def _choice(test: str, then: str, otherwise: str) -> str:
    return then if test == TRUE else otherwise if test == FALSE else f"if({test}, {then}, {otherwise})"


def _where(node: Node, *, expected: bool) -> str:  # noqa: C901, PLR0911 - one a kind of node
    """Where the condition comes out as `expected`, true or false."""
    match node:
        case Constant(value):
            return TRUE if value is expected else FALSE
        case Variable(name):
            return f"${{{name}}} = '{int(expected)}'"
        case Selected(name, code):
            chosen = f"selected(${{{name}}}, {literal(code)})"
            return chosen if expected else _all([answered(name), f"not({chosen})"])
        case Not(operand):
            return _where(operand, expected=not expected)
        case Logic(operator, operands):
            parts = [_where(part, expected=expected) for part in operands]
            return _all(parts) if (operator == "and") is expected else _any(parts)
        case In(operand, items):
            tests = [_where(Compare("=", operand, item), expected=expected) for item in items]
            return _any(tests) if expected else _all(tests)
        case Compare(operator, left, right) if left.kind is Kind.BOOLEAN:
            same = (operator == "=") is expected
            pairs = [_all([_where(left, expected=one), _where(right, expected=one is same)]) for one in (True, False)]
            return _any(pairs)
        case Compare(operator, left, right):
            sign = _OPERATORS[operator] if expected else _OPPOSITE[operator]
            return _all([_there(left), _there(right), f"{_value(left)} {sign} {_compared(right, left)}"])
        case If(test, then, otherwise):
            chosen = _all([_where(test, expected=True), _where(then, expected=expected)])
            other = _all([_where(test, expected=False), _where(otherwise, expected=expected)])
            return _any([chosen, other])
        case IsMissing(name, None):
            return _blank(name) if expected else answered(name)
        case IsMissing(_, kind):
            raise ExpressionError(f"XForms has no is_{kind}().", "It knows a blank, and no kinds of missing.", 1)
    return FALSE


def _there(node: Node) -> str:  # noqa: PLR0911 - one a kind of node
    """Where there is a value."""
    if node.kind is Kind.BOOLEAN:
        return _any([_where(node, expected=True), _where(node, expected=False)])
    match node:
        case Constant():
            return TRUE
        case Variable(name) | CodeNumber(name):
            return answered(name)
        case FlagNumber(operand) | Negate(operand) | Absolute(operand) | Round(operand):
            return _there(operand)
        case Arithmetic(operators, operands):
            divisors = [part for sign, part in zip(operators, operands[1:], strict=True) if sign == "/"]
            return _all([*map(_there, operands), *(f"{_value(part)} != 0" for part in divisors)])
        case If(test, then, otherwise):
            chosen = _all([_where(test, expected=True), _there(then)])
            return _any([chosen, _all([_where(test, expected=False), _there(otherwise)])])
        case Aggregate(_, operands):
            return _any([*map(_there, operands)])
        case DateDifference(start, end):
            return _all([_there(start), _there(end)])
    return FALSE


def _value(node: Node) -> str:  # noqa: C901, PLR0911 - one a kind of node
    """The value, where it is there."""
    match node:
        case Constant(value):
            return literal(value)
        case Variable(name):
            return _moment(name, node.kind)
        case CodeNumber(name):
            return f"number(${{{name}}})"
        case FlagNumber(operand):
            return _choice(_where(operand, expected=True), "1", "0")
        case Arithmetic():
            return _arithmetic(node)
        case Negate(operand):
            return f"(0 - {_value(operand)})"
        case Absolute(operand):
            return f"abs({_value(operand)})"
        case Round(operand, decimals):
            return f"round({_value(operand)}, {decimals})"
        case If(test, then, otherwise):
            return _choice(_where(test, expected=True), _value(then), _value(otherwise))
        case Aggregate():
            return _aggregate(node)
        case DateDifference():
            return _difference(node)
    return "''"


def _compared(node: Node, other: Node) -> str:
    """The value beside another: two answers would compare as texts, in which 2 is not 2.0."""
    both = isinstance(node, Variable) and isinstance(other, Variable) and node.kind is Kind.NUMBER
    return f"number({_value(node)})" if both else _value(node)


def _moment(name: str, kind: Kind) -> str:
    """Moments as numbers of days, so that they compare and subtract."""
    function = {Kind.DATE: "decimal-date-time", Kind.DATETIME: "decimal-date-time", Kind.TIME: "decimal-time"}
    return f"{function[kind]}(${{{name}}})" if kind in function else f"${{{name}}}"


def literal(value: Decimal | str | bool | date | time | datetime) -> str:  # noqa: FBT001 - a value of the language
    """A fixed value in XPath."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return f"decimal-date-time(date-time('{value.isoformat()}'))"
    if isinstance(value, date):
        return f"decimal-date-time(date('{value.isoformat()}'))"
    if isinstance(value, time):
        return format(Decimal(value.hour * 3600 + value.minute * 60 + value.second) / UNIT_SECONDS["d"], "f")
    # A text of ours stands between quotes too, so that it never has both of them.
    return f'"{value}"' if "'" in str(value) else f"'{value}'"


def _arithmetic(node: Arithmetic) -> str:
    found, *others = map(_value, node.operands)
    for operator, operand in zip(node.operators, others, strict=True):
        found = f"({found} {'div' if operator == '/' else operator} {operand})"
    return found


def _aggregate(node: Aggregate) -> str:
    """Over what is there: XPath would make a blank into a number that is none."""
    if node.function == "sum":
        return "(" + " + ".join(_choice(_there(part), _value(part), "0") for part in node.operands) + ")"
    sign = "<" if node.function == "min" else ">"
    found, there = _value(node.operands[0]), _there(node.operands[0])
    for part in node.operands[1:]:
        value, is_there = _value(part), _there(part)
        further = _choice(there, f"if({value} {sign} {found}, {value}, {found})", value)
        found, there = _short(_choice(is_there, further, found)), _any([there, is_there])
    return found


def _difference(node: DateDifference) -> str:
    days = f"({_value(node.end)} - {_value(node.start)})"
    # The clocks go back between two dates in some weeks; a day is a day for all that.
    days = f"round({days}, 0)" if node.start.kind is Kind.DATE else days
    return days if node.unit == "d" else f"({days} * {UNIT_SECONDS['d']} div {UNIT_SECONDS[node.unit]})"
