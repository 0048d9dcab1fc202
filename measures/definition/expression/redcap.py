"""REDCap's logic to ours and back.

The surface is the same; these few things differ:

- datediff() gives the distance there, the signed difference here; there, a format of dates may
  stand before the sign.
- There is no `not`, `in`, `true` or bare yes/no there, and one kind of missing: the blank.
"""

from decimal import Decimal

from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.functions import MISSING_TESTS
from measures.definition.expression.parser import parse
from measures.definition.expression.render import render
from measures.definition.expression.syntax import (
    Call,
    Comparison,
    Junction,
    Literal,
    Membership,
    Prefix,
    Reference,
    Syntax,
    with_children,
)


_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def from_redcap(text: str) -> str:
    """REDCap's logic in our language."""
    return render(_ours(parse(text)))


def _ours(syntax: Syntax) -> Syntax:
    syntax = with_children(syntax, _ours)
    if not isinstance(syntax, Call) or syntax.function != "datediff":
        return syntax
    options = [item for item in syntax.arguments[3:] if not _is_date_format(item)]
    difference = Call("datediff", syntax.arguments[:3], syntax.position)
    match options:
        case [] | [Literal(False)]:
            return Call("abs", (difference,), syntax.position)
        case [Literal(True)]:
            return difference
    return syntax


def _is_date_format(syntax: Syntax) -> bool:
    return isinstance(syntax, Literal) and syntax.value in ("mdy", "dmy", "ymd")


def to_redcap(text: str) -> str:
    """A condition of ours in REDCap's logic; ExpressionError where REDCap cannot say it."""
    return render(_condition(parse(text), negated=False))


def formula_to_redcap(text: str) -> str:
    """A formula of ours in REDCap's logic; ExpressionError where REDCap cannot say it."""
    return render(_value(parse(text)))


def _condition(syntax: Syntax, *, negated: bool) -> Syntax:  # noqa: PLR0911 - one a kind of syntax
    match syntax:
        case Prefix("not", operand):
            return _condition(operand, negated=not negated)
        case Junction(operator, operands):
            turned = {"and": "or", "or": "and"}[operator] if negated else operator
            return Junction(turned, tuple(_condition(item, negated=negated) for item in operands), syntax.position)
        case Membership(operand, items):
            tests = tuple(Comparison("=", operand, item, syntax.position) for item in items)
            return _condition(Junction("or", tests, syntax.position), negated=negated)
        case Comparison(operator, left, right):
            turned = _OPPOSITE[operator] if negated else operator
            return Comparison(turned, _value(left), _value(right), syntax.position)
        case Literal(bool(value)):
            return Comparison("=", _number(1, syntax), _number(int(value is not negated), syntax), syntax.position)
        case Reference():
            return Comparison("=", syntax, Literal("0" if negated else "1", syntax.position), syntax.position)
        case Call("if", (test, then, otherwise)):
            chosen = Call("if", (_condition(test, negated=False), _flag(then), _flag(otherwise)), syntax.position)
            return Comparison("=", chosen, _number(int(not negated), syntax), syntax.position)
        case Call("is_missing", (variable,)):
            return Comparison("<>" if negated else "=", variable, Literal("", syntax.position), syntax.position)
        case Call(function) if function in MISSING_TESTS:
            message = f"REDCap has no {function}()."
            raise ExpressionError(message, "It knows a blank, and no kinds of missing.", syntax.position)
    return _value(syntax)


def _flag(syntax: Syntax) -> Syntax:
    """A condition as 1 or 0."""
    return Call("if", (_condition(syntax, negated=False), _number(1, syntax), _number(0, syntax)), syntax.position)


def _value(syntax: Syntax) -> Syntax:  # noqa: PLR0911 - one a kind of syntax
    match syntax:
        case Literal(bool(value)):
            return Literal("1" if value else "0", syntax.position)
        case Call("if", (test, *branches)):
            return Call("if", (_condition(test, negated=False), *map(_value, branches)), syntax.position)
        case Call("datediff", (start, end, unit, *signed)):
            sign = signed or [Literal(True, syntax.position)]  # noqa: FBT003 - a literal of the language
            return Call("datediff", (_value(start), _value(end), _unit(unit), *sign), syntax.position)
        case Call("round", (operand,)):
            return Call("round", (_value(operand), _number(0, syntax)), syntax.position)
        case Prefix("not") | Junction() | Comparison() | Membership():
            return _condition(syntax, negated=False)
        case Call(function) if function in MISSING_TESTS:
            return _condition(syntax, negated=False)
    return with_children(syntax, _value)


def _unit(syntax: Syntax) -> Syntax:
    return Literal("m", syntax.position) if isinstance(syntax, Literal) and syntax.value == "min" else syntax


def _number(value: int, at: Syntax) -> Literal:
    return Literal(Decimal(value), at.position)
