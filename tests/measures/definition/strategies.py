"""Expressions and answers that nobody thought of."""

from datetime import date, datetime, time
from decimal import Decimal

from hypothesis import strategies as st

from measures.definition.answers import Answers
from measures.definition.spec import FormSpec, MissingKind, VariableSpec, VariableType


# Few distinct values, so that equal ones meet; and some that round, carry or vanish.
NUMBERS = st.one_of(
    st.sampled_from([0, 1, 2, 3, -1, 7, 100, Decimal("0.5"), Decimal("-2.5"), Decimal("0.0000000001"), 10**14 + 1]),
    st.decimals(min_value=-1000, max_value=1000, places=3),
)
DATES = st.sampled_from([date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 5), date(1950, 6, 1)])
TIMES = st.sampled_from([time(0, 0), time(8, 41), time(8, 52, 30), time(23, 59)])
TEXTS = st.sampled_from(["x", "it's", "100 %s", "a\\b", "é", "1", " "])
_DATETIMES = st.builds(datetime.combine, DATES, TIMES)
_VALUES = {
    VariableType.INTEGER: st.integers(-5, 120),
    VariableType.DECIMAL: NUMBERS.map(Decimal),
    VariableType.TEXT: TEXTS,
    VariableType.DATE: DATES,
    VariableType.TIME: TIMES,
    VariableType.DATETIME: _DATETIMES,
    VariableType.YES_NO: st.booleans(),
}


def values(variable: VariableSpec):
    codes = [code.value for code in variable.codes]
    if variable.type is VariableType.ONE_OF:
        return st.sampled_from(codes)
    if variable.type is VariableType.MANY_OF:
        return st.sets(st.sampled_from(codes)).map(lambda chosen: tuple(code for code in codes if code in chosen))
    return _VALUES[variable.type]


@st.composite
def answers(draw, form: FormSpec) -> Answers:
    found = Answers()
    for variable in form.variables:
        kinds = st.sampled_from(list(variable.missing or MissingKind))
        answer = draw(st.one_of(values(variable), values(variable), st.none(), kinds))
        found = found.with_answer(variable.name, answer)
    return found


def _quoted(value: object) -> str:
    return f'"{value}"'


def _joined(operators: list[str], part):
    return st.tuples(part, st.sampled_from(operators), part).map(lambda found: f"({found[0]} {found[1]} {found[2]})")


def _call(names: list[str], *parts):
    return st.tuples(st.sampled_from(names), *parts).map(lambda found: f"{found[0]}({', '.join(found[1:])})")


_COMPARED = ["=", "<>", "<", "<=", ">", ">="]
_UNITS = st.sampled_from(["y", "M", "d", "h", "m", "s"]).map(_quoted)
_DAYS = st.one_of(st.sampled_from(["[day]", "[later]"]), DATES.map(_quoted))
_DAY_TERMS = st.one_of(_DAYS, _call(["min", "max"], st.sampled_from(["[day]", "[later]"]), _DAYS))
_CLOCKS = st.sampled_from(["[start]", "[stop]"])
_MOMENTS = st.sampled_from(["[in_at]", "[out_at]"])
_DIFFERENCES = st.one_of(
    _call(["datediff"], st.sampled_from(["[day]", "[later]"]), _DAY_TERMS, _UNITS),
    _call(["datediff"], _CLOCKS, _CLOCKS, _UNITS),
    _call(["datediff"], _MOMENTS, _MOMENTS, _UNITS),
)


# Composites keep the name of a strategy, which hypothesis prints, from growing without end.
@st.composite
def number_leaf(draw):
    return draw(_NUMBER_LEAVES)


@st.composite
def condition_leaf(draw):
    return draw(_CONDITION_LEAVES)


_NUMBER_LEAVES = st.one_of(
    st.sampled_from(["[age]", "[weight]", "[height]"]),
    st.sampled_from(["0", "1", "2.5", "7", "0.001", "365"]),
    _DIFFERENCES,
)
_MISSING_TESTS = _call(
    ["is_missing", "is_unknown", "is_not_documented", "is_not_applicable"],
    st.sampled_from(["[age]", "[asa]", "[comorbidity]", "[later]"]),
)
_CONDITION_LEAVES = st.one_of(
    st.sampled_from(["[died]", "[smoker]", "[comorbidity(2)]", "true", '[died] = "0"', '[asa] = "3"', "[asa] >= 2"]),
    st.sampled_from(
        ['[asa] in ("1", "10")', "[age] in (1, 2, 3)", '[age] = ""', '[note] = "it\'s"', "[died] = [smoker]"]
    ),
    _MISSING_TESTS,
    _joined(_COMPARED, _DAY_TERMS.filter(lambda text: text[0] != '"')),
    st.tuples(_CLOCKS, st.sampled_from(_COMPARED), _CLOCKS).map(" ".join),
    st.tuples(_MOMENTS, st.sampled_from(_COMPARED), _MOMENTS).map(" ".join),
)


def _numbers_from(parts):
    condition = _joined(_COMPARED, parts)
    return st.one_of(
        _joined(["+", "-", "*", "/"], parts),
        _call(["sum", "min", "max"], parts, parts, st.sampled_from(["[asa]", "[age]"])),
        _call(["sum"], parts, parts, st.just("[died]")),
        _call(["abs", "round"], parts),
        parts.map(lambda part: f"round({part}, 2)"),
        parts.map(lambda part: f"-{part}"),
        st.tuples(condition, parts, parts).map(lambda found: f"if({', '.join(found)})"),
    )


NUMBER_TEXTS = st.recursive(number_leaf(), _numbers_from, max_leaves=8)


def _conditions_from(parts):
    return st.one_of(
        _joined(["and", "or"], parts),
        st.tuples(parts, parts, parts).map(lambda found: f"({' and '.join(found)})"),
        parts.map(lambda part: f"(not {part})"),
        st.tuples(parts, parts, parts).map(lambda found: f"if({', '.join(found)})"),
        _joined(["=", "<>"], parts.map(lambda part: f"({part})")),
    )


CONDITION_TEXTS = st.recursive(
    st.one_of(condition_leaf(), _joined(_COMPARED, NUMBER_TEXTS)), _conditions_from, max_leaves=8
)
