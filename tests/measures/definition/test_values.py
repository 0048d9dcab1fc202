"""What people type and files hold, and what becomes of it."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings

from measures.definition.answers import stored_value
from measures.definition.canonical import from_json
from measures.definition.display import format_value, input_text
from measures.definition.errors import ValueProblem
from measures.definition.spec import Code, FormSpec, MissingKind, VariableSpec, VariableType
from measures.definition.values import parse_value
from tests.measures.definition.conftest import VECTORS
from tests.measures.definition.strategies import answers
from tests.measures.definition.vectors import VALUE_VECTORS, ValueVector


FORM = from_json(FormSpec, VECTORS["form"])
URGENCY = (Code(value="1", label="Elective"), Code(value="2", label="Urgent"), Code(value="3", label="Emergency"))
CODED = (VariableType.ONE_OF, VariableType.MANY_OF)


def variable(kind: str, **changes) -> VariableSpec:
    codes = URGENCY if kind in CODED else ()
    given = {"name": "x", "label": "Urgency", "section": "s", "codes": codes, **changes}
    return VariableSpec(type=VariableType(kind), **given)


def what_python_says(vector: ValueVector) -> dict[str, object]:
    try:
        found = parse_value(vector.variable, vector.text, vector.order, today=vector.today)
    except ValueProblem as problem:
        return {"problem": {"message": problem.message, "remedy": problem.remedy}}
    if isinstance(found, MissingKind):
        return {"missing": found.value}
    return {} if found is None else {"value": found}


@pytest.mark.parametrize("vector", VALUE_VECTORS, ids=str)
def test_text_is_read_as_the_vectors_say(vector):
    expected = dict(vector.expected)
    if "value" in expected:
        expected["value"] = stored_value(vector.variable, expected["value"])

    found = what_python_says(vector)

    assert (found, type(found.get("value"))) == (expected, type(expected.get("value")))


def test_vectors_hold_values_problems_and_missing_kinds_of_every_type():
    told = {kind.value: set() for kind in VariableType}
    for vector in VALUE_VECTORS:
        told[vector.variable.type.value] |= vector.expected.keys() or {"nothing"}

    assert {kind: {"value", "problem"} - found for kind, found in told.items()} == {kind: set() for kind in told}
    assert {"missing", "nothing"} <= set().union(*told.values())


@pytest.mark.parametrize(
    ("kind", "value", "shown", "typed"),
    [
        ("integer", 22000, "22,000 mL", "22000"),
        ("decimal", Decimal("36.50"), "36.5 mL", "36.5"),
        ("decimal", Decimal("1E+3"), "1,000 mL", "1000"),
        ("text", "007", "007", "007"),
        ("yes_no", True, "Yes", "1"),
        ("yes_no", False, "No", "0"),
        ("one_of", "2", "Urgent", "2"),
        ("one_of", "8", "8", "8"),
        ("many_of", ("1", "3"), "Elective; Emergency", "1;3"),
        ("many_of", (), "None of these", ""),
        ("date", date(2026, 1, 5), "Mon 5 Jan 2026", "2026-01-05"),
        ("time", time(8, 41), "08:41", "08:41"),
        ("time", time(8, 41, 30), "08:41:30", "08:41:30"),
        ("datetime", datetime.fromisoformat("2026-01-05 08:41"), "Mon 5 Jan 2026 08:41", "2026-01-05 08:41"),
    ],
)
def test_value_is_shown_in_words_and_typed_back(kind, value, shown, typed):
    spec = variable(kind, units="mL" if kind in ("integer", "decimal") else "")

    assert (format_value(spec, value), input_text(value)) == (shown, typed)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(case=answers(FORM))
def test_what_is_written_out_reads_back_as_the_same_value(case):
    for name, value in case.values.items():
        if value not in (" ", ()):
            assert parse_value(FORM.variable(name), input_text(value)) == value
