"""The expression for one case: compiled once to nested functions, then called per case.

A function gives the value, or None where it is missing; a condition gives True, False or None.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import cast

from measures.definition.answers import Answers
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


Result = Decimal | str | bool | date | time | datetime | None
Compiled = Callable[[Answers], Result]
Condition = Callable[[Answers], bool | None]
Number = Callable[[Answers], Decimal | None]

# Sums, differences and products are exact in PostgreSQL, and so they are here: no result of an
# expression within its limits of length has more digits than this.
_EXACT = Context(prec=100_000, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_HALF_UP)
_ONE, _ZERO = Decimal(1), Decimal(0)
_COMPARISONS: Mapping[str, Callable[[object, object], bool]] = {
    "=": eq,
    "<>": ne,
    "<": cast("Callable[[object, object], bool]", lt),
    "<=": cast("Callable[[object, object], bool]", le),
    ">": cast("Callable[[object, object], bool]", gt),
    ">=": cast("Callable[[object, object], bool]", ge),
}


def compile_node(node: Node) -> Compiled:  # noqa: C901, PLR0911, PLR0912 - one line a kind of node
    """The function that gives the value of `node` for the answers of a case."""
    match node:
        case Constant(value):
            return lambda _: value
        case Nothing():
            return lambda _: None
        case Variable():
            return _variable(node)
        case Selected():
            return _selected(node)
        case CodeNumber():
            return _code_number(node)
        case FlagNumber():
            return _flag_number(node)
        case Compare():
            return _compare(node)
        case In():
            return _in(node)
        case Logic():
            return _logic(node)
        case Not():
            return _not(node)
        case Arithmetic():
            return _arithmetic(node)
        case Negate(operand):
            return _applied(_EXACT.minus, operand)
        case Absolute(operand):
            return _applied(_EXACT.abs, operand)
        case Round():
            return _round(node)
        case If():
            return _if(node)
        case Aggregate():
            return _aggregate(node)
        case DateDifference():
            return _difference(node)
    return _is_missing(node)


def compile_condition(node: Node) -> Condition:
    return cast("Condition", compile_node(node))


def compile_number(node: Node) -> Number:
    return cast("Number", compile_node(node))


def _variable(node: Variable) -> Compiled:
    name = node.name
    if node.kind is not Kind.NUMBER:
        return lambda answers: cast("Result", answers.values.get(name))

    def number(answers: Answers) -> Decimal | None:
        value = answers.values.get(name)
        return None if value is None else Decimal(cast("int | Decimal", value))

    return number


def _selected(node: Selected) -> Condition:
    def selected(answers: Answers) -> bool | None:
        codes = answers.values.get(node.name)
        return node.code in codes if isinstance(codes, tuple) else None

    return selected


def _code_number(node: CodeNumber) -> Number:
    numbers: Mapping[object, Decimal] = {code: Decimal(code) for code in node.codes}
    return lambda answers: numbers.get(answers.values.get(node.name))


def _flag_number(node: FlagNumber) -> Number:
    operand = compile_condition(node.operand)
    numbers = {True: _ONE, False: _ZERO, None: None}
    return lambda answers: numbers[operand(answers)]


def _compare(node: Compare) -> Condition:
    compare = _COMPARISONS[node.operator]
    left, right = compile_node(node.left), compile_node(node.right)

    def condition(answers: Answers) -> bool | None:
        one, other = left(answers), right(answers)
        return None if one is None or other is None else compare(one, other)

    return condition


def _in(node: In) -> Condition:
    operand = compile_node(node.operand)
    items = frozenset(item.value for item in node.items)

    def condition(answers: Answers) -> bool | None:
        value = operand(answers)
        return None if value is None else value in items

    return condition


def _logic(node: Logic) -> Condition:
    decisive = node.operator == "or"
    conditions = tuple(map(compile_condition, node.operands))

    def condition(answers: Answers) -> bool | None:
        found: bool | None = not decisive
        for part in conditions:
            value = part(answers)
            if value is decisive:
                return decisive
            if value is None:
                found = None
        return found

    return condition


def _not(node: Not) -> Condition:
    operand = compile_condition(node.operand)
    opposite = {True: False, False: True, None: None}
    return lambda answers: opposite[operand(answers)]


def _arithmetic(node: Arithmetic) -> Number:
    first, *others = map(compile_number, node.operands)
    steps = tuple(zip([_OPERATIONS[operator] for operator in node.operators], others, strict=True))

    def number(answers: Answers) -> Decimal | None:
        total = first(answers)
        for operation, operand in steps:
            value = operand(answers)
            if total is None or value is None:
                return None
            total = operation(total, value)
        return total

    return number


def divide(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """The quotient to 12 decimals, half away from zero: from the exactly truncated 13th decimal."""
    if not divisor:
        return None
    shifted = _EXACT.divide_int(_EXACT.scaleb(dividend, QUOTIENT_DECIMALS + 1), divisor)
    return rounded(_EXACT.scaleb(shifted, -QUOTIENT_DECIMALS - 1), QUOTIENT_DECIMALS)


def rounded(number: Decimal, decimals: int) -> Decimal:
    return _EXACT.quantize(number, Decimal((0, (1,), -decimals)))


_OPERATIONS: Mapping[str, Callable[[Decimal, Decimal], Decimal | None]] = {
    "+": _EXACT.add,
    "-": _EXACT.subtract,
    "*": _EXACT.multiply,
    "/": divide,
}


def _applied(function: Callable[[Decimal], Decimal], node: Node) -> Number:
    operand = compile_number(node)

    def number(answers: Answers) -> Decimal | None:
        value = operand(answers)
        return None if value is None else function(value)

    return number


def _round(node: Round) -> Number:
    return _applied(lambda number: rounded(number, node.decimals), node.operand)


def _if(node: If) -> Compiled:
    condition = compile_condition(node.condition)
    branches: Mapping[bool | None, Compiled] = {
        True: compile_node(node.then),
        False: compile_node(node.otherwise),
        None: lambda _: None,
    }
    return lambda answers: branches[condition(answers)](answers)


def _aggregate(node: Aggregate) -> Compiled:
    combine = _AGGREGATES[node.function]
    operands = tuple(map(compile_node, node.operands))

    def aggregate(answers: Answers) -> Result:
        values = [value for operand in operands if (value := operand(answers)) is not None]
        return combine(values) if values else None

    return aggregate


def _sum(values: Iterable[Result]) -> Result:
    total = _ZERO
    for value in values:
        total = _EXACT.add(total, cast("Decimal", value))
    return total


_AGGREGATES: Mapping[str, Callable[[Sequence[Result]], Result]] = {
    "sum": _sum,
    "min": lambda values: min(cast("Sequence[Decimal]", values)),
    "max": lambda values: max(cast("Sequence[Decimal]", values)),
}


def _difference(node: DateDifference) -> Number:
    start, end = compile_node(node.start), compile_node(node.end)
    unit = Decimal(UNIT_SECONDS[node.unit])

    def number(answers: Answers) -> Decimal | None:
        first, last = start(answers), end(answers)
        return None if first is None or last is None else divide(_seconds(last) - _seconds(first), unit)

    return number


def _seconds(moment: Result) -> Decimal:
    """Seconds since the beginning of the day or of the calendar."""
    days = moment.toordinal() if isinstance(moment, date) else 0
    clock = moment if isinstance(moment, datetime | time) else time(0)
    return Decimal(days * 86_400 + clock.hour * 3_600 + clock.minute * 60 + clock.second)


def _is_missing(node: IsMissing) -> Condition:
    if node.reason is None:
        return lambda answers: node.name not in answers.values
    return lambda answers: answers.missing.get(node.name) is node.reason
