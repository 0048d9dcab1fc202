"""Syntax back to text, with no more parentheses than it needs."""

from decimal import Decimal

from measures.definition.expression.syntax import (
    Call,
    Chain,
    Comparison,
    Junction,
    Literal,
    Membership,
    Prefix,
    Reference,
    Syntax,
)


_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _NEGATE, _ATOM = range(8)


def render(syntax: Syntax) -> str:  # noqa: PLR0911 - one a kind of syntax
    """Text that parses to the same syntax."""
    match syntax:
        case Literal(value):
            return _literal(value)
        case Reference(name, code):
            return f"[{name}]" if code is None else f"[{name}({code})]"
        case Prefix("not", operand):
            return f"not {_inside(operand, _NOT)}"
        case Prefix(_, operand):
            return f"-{_inside(operand, _NEGATE)}"
        case Comparison(operator, left, right):
            return f"{_inside(left, _ADD)} {operator} {_inside(right, _ADD)}"
        case Membership(operand, items):
            return f"{_inside(operand, _ADD)} in ({', '.join(map(render, items))})"
        case Call(function, arguments):
            return f"{function}({', '.join(map(render, arguments))})"
    return _joined(syntax)


def _joined(syntax: Chain | Junction) -> str:
    level = _level(syntax)
    operators = syntax.operators if isinstance(syntax, Chain) else (syntax.operator,) * (len(syntax.operands) - 1)
    text = _inside(syntax.operands[0], level + 1)
    for operator, operand in zip(operators, syntax.operands[1:], strict=True):
        text += f" {operator} {_inside(operand, level + 1)}"
    return text


def _inside(syntax: Syntax, least: int) -> str:
    text = render(syntax)
    return f"({text})" if _level(syntax) < least else text


def _level(syntax: Syntax) -> int:
    match syntax:
        case Junction(operator):
            return _OR if operator == "or" else _AND
        case Prefix(operator):
            return _NOT if operator == "not" else _NEGATE
        case Comparison() | Membership():
            return _COMPARE
        case Chain(operators):
            return _ADD if operators[0] in "+-" else _MULTIPLY
    return _ATOM


def _literal(value: Decimal | str | bool) -> str:  # noqa: FBT001 - a literal of the language
    if isinstance(value, bool):
        return str(value).casefold()
    if isinstance(value, Decimal):
        return format(value, "f")
    return f"'{value}'" if '"' in value else f'"{value}"'
