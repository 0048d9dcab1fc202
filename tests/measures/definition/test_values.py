"""What people type and files hold, and what becomes of it."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings

from measures.definition.canonical import from_json
from measures.definition.display import format_value, input_text
from measures.definition.errors import ValueProblem
from measures.definition.spec import Code, DateOrder, FormSpec, MissingKind, VariableSpec, VariableType
from measures.definition.values import parse_value
from tests.measures.definition.conftest import VECTORS
from tests.measures.definition.strategies import answers


FORM = from_json(FormSpec, VECTORS["form"])
TODAY = date(2026, 1, 15)  # a Thursday
URGENCY = (Code(value="1", label="Elective"), Code(value="2", label="Urgent"), Code(value="3", label="Emergency"))
CODED = (VariableType.ONE_OF, VariableType.MANY_OF)


def variable(kind: str, **changes) -> VariableSpec:
    codes = URGENCY if kind in CODED else ()
    given = {"name": "x", "label": "Urgency", "section": "s", "codes": codes, **changes}
    return VariableSpec(type=VariableType(kind), **given)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "42", 42),
        ("integer", " +42 ", 42),
        ("integer", "-3", -3),
        ("integer", "\N{MINUS SIGN}3", -3),
        ("integer", "22,000", 22000),
        ("integer", "1,234,567", 1234567),
        ("integer", "12.0", 12),
        ("integer", "007", 7),
        ("integer", "-0", 0),
        ("decimal", "36.5", Decimal("36.5")),
        ("decimal", ".5", Decimal("0.5")),
        ("decimal", "5.", Decimal(5)),
        ("decimal", "1,234.50", Decimal("1234.5")),
        ("decimal", "999999999999999", Decimal(999999999999999)),
        ("decimal", "0.0000000001", Decimal("0.0000000001")),
        ("decimal", "000000000000000000001.50000000000000", Decimal("1.5")),
        ("text", " 007 A ", "007 A"),
        ("text", "two\nlines", "two\nlines"),
        ("text", "-5 degrees", "-5 degrees"),
        ("yes_no", "1", True),
        ("yes_no", "Y", True),
        ("yes_no", "Yes", True),
        ("yes_no", "TRUE", True),
        ("yes_no", "1.0", True),
        ("yes_no", "0", False),
        ("yes_no", "n", False),
        ("yes_no", "No", False),
        ("yes_no", "false", False),
        ("one_of", "2", "2"),
        ("one_of", "urgent", "2"),
        ("one_of", " EMERGENCY ", "3"),
        ("one_of", "2.0", "2"),
        ("many_of", "3;1", ("1", "3")),
        ("many_of", "1 | Emergency", ("1", "3")),
        ("many_of", "2", ("2",)),
        ("many_of", "1;;1;", ("1",)),
        ("time", "08:41", time(8, 41)),
        ("time", "8:41", time(8, 41)),
        ("time", "0841", time(8, 41)),
        ("time", "841", time(8, 41)),
        ("time", "8:41 pm", time(20, 41)),
        ("time", "841p", time(20, 41)),
        ("time", "8 PM", time(20)),
        ("time", "12:05 am", time(0, 5)),
        ("time", "12:05 p.m.", time(12, 5)),
        ("time", "08.41", time(8, 41)),
        ("time", "8h41", time(8, 41)),
        ("time", "08:41:30", time(8, 41, 30)),
        ("time", "08:41:30.000", time(8, 41, 30)),
        ("time", "00:00", time(0)),
        ("datetime", "2026-01-05 08:41", datetime.fromisoformat("2026-01-05 08:41")),
        ("datetime", "2026-01-05T08:41:30", datetime.fromisoformat("2026-01-05 08:41:30")),
        ("datetime", "1/5/26 8:41 pm", datetime.fromisoformat("2026-01-05 20:41")),
        ("datetime", "5 jan 2026, 0841", datetime.fromisoformat("2026-01-05 08:41")),
        ("datetime", "jan 5 2026 8:41 pm", datetime.fromisoformat("2026-01-05 20:41")),
        *((kind.value, " ", None) for kind in VariableType),
    ],
)
def test_text_is_read_as_its_value(kind, text, value):
    found = parse_value(variable(kind), text, DateOrder.MONTH_FIRST)

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-01-05", "mdy", date(2026, 1, 5)),
        ("2026-1-5", "dmy", date(2026, 1, 5)),
        ("2026/01/05", "dmy", date(2026, 1, 5)),
        ("1/5/26", "mdy", date(2026, 1, 5)),
        ("5/1/26", "dmy", date(2026, 1, 5)),
        ("5.1.2026", "dmy", date(2026, 1, 5)),
        ("5 1 2026", "dmy", date(2026, 1, 5)),
        ("26/1/5", "ymd", date(2026, 1, 5)),
        ("1-5-1968", "mdy", date(1968, 1, 5)),
        ("1/5/68", "mdy", date(2068, 1, 5)),
        ("1/5/69", "mdy", date(1969, 1, 5)),
        ("5 jan 2026", "mdy", date(2026, 1, 5)),
        ("5-Jan-2026", "mdy", date(2026, 1, 5)),
        ("05JAN2026", "mdy", date(2026, 1, 5)),
        ("5th January 2026", "mdy", date(2026, 1, 5)),
        ("January 5, 2026", "dmy", date(2026, 1, 5)),
        ("sept 3 24", "dmy", date(2024, 9, 3)),
        ("Mon 5 Jan 2026", "mdy", date(2026, 1, 5)),
        ("Monday, 5 January 2026", "mdy", date(2026, 1, 5)),
        ("2026-01-05 00:00:00", "mdy", date(2026, 1, 5)),
        ("2024-02-29", "mdy", date(2024, 2, 29)),
    ],
)
def test_date_is_read_in_the_order_of_the_collaborative(text, order, day):
    assert parse_value(variable("date"), text, DateOrder(order)) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("t", date(2026, 1, 15)),
        ("T-3", date(2026, 1, 12)),
        ("t + 1", date(2026, 1, 16)),
        ("5 jan", date(2026, 1, 5)),
        ("jan 15", date(2026, 1, 15)),
        ("16 jan", date(2025, 1, 16)),
        ("31 dec", date(2025, 12, 31)),
    ],
)
def test_shorthand_dates_are_for_forms_only(text, day):
    assert parse_value(variable("date"), text, DateOrder.MONTH_FIRST, today=TODAY) == day
    with pytest.raises(ValueProblem):
        parse_value(variable("date"), text, DateOrder.MONTH_FIRST)


def test_year_stands_where_the_collaborative_writes_it():
    with pytest.raises(ValueProblem, match='"1/5/2026" is not a date'):
        parse_value(variable("date"), "1/5/2026", DateOrder.YEAR_FIRST)


def test_shorthand_works_before_a_time():
    found = parse_value(variable("datetime"), "t-1 0841", DateOrder.MONTH_FIRST, today=TODAY)

    assert found == datetime.fromisoformat("2026-01-14 08:41")


@pytest.mark.parametrize(
    ("kind", "text", "message", "remedy"),
    [
        ("integer", "12.5", "12.5 is not a whole number.", "Enter Urgency without decimals."),
        ("integer", "abc", '"abc" is not a number.', "Enter a whole number."),
        ("integer", "1e5", '"1e5" is not a number.', "Enter a whole number."),
        ("integer", "１２", '"１２" is not a number.', "Enter a whole number."),  # noqa: RUF001 - digits of another script
        ("integer", "1,23", '"1,23" is not a number.', "Write decimals with a point, such as 36.5."),
        ("decimal", "36,5", '"36,5" is not a number.', "Write decimals with a point, such as 36.5."),
        ("decimal", "1.2.3", '"1.2.3" is not a number.', "Enter a number, such as 36.5."),
        ("decimal", "=1+1", '"=1+1" is not a number.', "Enter a number, such as 36.5."),
        ("decimal", "1234567890123456", "1234567890123456 has too many digits.", "Enter at most 15 digits, 10 of them decimals."),
        ("decimal", "0.12345678901", "0.12345678901 has too many digits.", "Enter at most 15 digits, 10 of them decimals."),
        ("text", "=1+1", '"=1+1" would run as a formula in a spreadsheet.', "Remove the = at its start."),
        ("text", "@SUM(A1)", '"@SUM(A1)" would run as a formula in a spreadsheet.', "Remove the @ at its start."),
        ("text", "a\x00b", "The text has a character that cannot be kept.", "Type it again without control characters."),
        ("text", "a\ud800", "The text has a character that cannot be kept.", "Type it again without control characters."),
        ("text", "x" * 4001, "The text has 4,001 characters.", "Shorten it to 4,000."),
        ("yes_no", "maybe", '"maybe" is neither yes nor no.', "Enter 1 for yes or 0 for no."),
        ("one_of", "4", '"4" is not a code of Urgency.', "Use 1 Elective, 2 Urgent or 3 Emergency."),
        ("one_of", "emergncy", '"emergncy" is not a code of Urgency.', 'Did you mean 3 "Emergency"? Use 1 Elective, 2 Urgent or 3 Emergency.'),
        ("many_of", "1;9", '"9" is not a code of Urgency.', "Use 1 Elective, 2 Urgent or 3 Emergency."),
        ("many_of", "1,2", '"1,2" is not a code of Urgency.', "Use 1 Elective, 2 Urgent or 3 Emergency."),
        ("date", "30 feb 2026", '"30 feb 2026" is not a date: Feb 2026 has 28 days.', "Enter a day from 1 to 28."),
        ("date", "2026-02-29", '"2026-02-29" is not a date: Feb 2026 has 28 days.', "Enter a day from 1 to 28."),
        ("date", "0/5/26", '"0/5/26" is not a date: there is no month 0.', "Check the order of day and month."),
        ("date", "13/5/26", '"13/5/26" is not a date: there is no month 13.', "Check the order of day and month."),
        ("date", "1/5/1026", '"1/5/1026" is not a possible date: the year is 1026.', "Check the year."),
        ("date", "05012026", '"05012026" can be read as more than one date.', "Write the date as 2026-01-05, 5 Jan 2026 or month/day/year."),
        ("date", "5 xyz 2026", '"5 xyz 2026" is not a date.', "Write the date as 2026-01-05, 5 Jan 2026 or month/day/year."),
        ("date", "2026/1/5/1", '"2026/1/5/1" is not a date.', "Write the date as 2026-01-05, 5 Jan 2026 or month/day/year."),
        ("date", "1/2026/5", '"1/2026/5" is not a date.', "Write the date as 2026-01-05, 5 Jan 2026 or month/day/year."),
        ("date", "2026-01-05 08:41", '"2026-01-05 08:41" is not a date.', "Write the date as 2026-01-05, 5 Jan 2026 or month/day/year."),
        ("time", "25:00", '"25:00" is not a time of day.', "Write the time as 08:41, 0841 or 8:41 pm."),
        ("time", "13:00 pm", '"13:00 pm" is not a time of day.', "Write the time as 08:41, 0841 or 8:41 pm."),
        ("time", "8:4", '"8:4" is not a time of day.', "Write the time as 08:41, 0841 or 8:41 pm."),
        ("time", "24:00", '"24:00" is not a time of day.', "Midnight is 00:00, and belongs to the day it begins."),
        ("datetime", "2026-01-05", '"2026-01-05" has no time of day.', "Write the date as 2026-01-05, 5 Jan 2026 or month/day/year, a space, and the time as 08:41."),
        ("datetime", "5 jan 2026", '"5 jan 2026" has no time of day.', "Write the date as 2026-01-05, 5 Jan 2026 or month/day/year, a space, and the time as 08:41."),
        ("datetime", "soon", '"soon" is not a date and a time.', "Write the date as 2026-01-05, 5 Jan 2026 or month/day/year, a space, and the time as 08:41."),
        ("datetime", "2026-01-05T08:41:00Z", '"2026-01-05T08:41:00Z" names a time zone.', "Write hospital time without a zone: 2026-01-05 08:41."),
    ],
)  # fmt: skip
def test_wrong_text_is_refused_with_a_remedy(kind, text, message, remedy):
    with pytest.raises(ValueProblem) as caught:
        parse_value(variable(kind), text, DateOrder.MONTH_FIRST)

    assert (caught.value.message, caught.value.remedy) == (message, remedy)


def test_units_may_stand_behind_a_number():
    weight = variable("decimal", units="kg")

    assert parse_value(weight, "70.5 kg") == Decimal("70.5")
    assert parse_value(weight, "70.5KG") == Decimal("70.5")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (".", MissingKind.NOT_APPLICABLE),
        ("N/A", MissingKind.NOT_APPLICABLE),
        ("na", MissingKind.NOT_APPLICABLE),
        ("Not applicable", MissingKind.NOT_APPLICABLE),
        ("not_applicable", MissingKind.NOT_APPLICABLE),
        ("Not documented", MissingKind.NOT_DOCUMENTED),
        ("ND", MissingKind.NOT_DOCUMENTED),
        ("Unknown", MissingKind.UNKNOWN),
        ("UNK", MissingKind.UNKNOWN),
        ("Not  Available", MissingKind.UNKNOWN),
        ("Too Few to Report", MissingKind.UNKNOWN),
    ],
)
def test_typed_missing_is_no_value_and_no_blank(text, kind):
    assert parse_value(variable("integer", missing=tuple(MissingKind)), text) is kind


def test_typed_missing_is_refused_where_it_is_no_answer():
    with pytest.raises(ValueProblem) as some:
        parse_value(variable("one_of", missing=(MissingKind.UNKNOWN,)), "N/A")
    with pytest.raises(ValueProblem) as none:
        parse_value(variable("date"), "unknown")

    assert str(some.value) == (
        '"N/A" means not applicable, which is not an answer to Urgency. '
        'Enter 1 Elective, 2 Urgent, 3 Emergency or "Unknown".'
    )
    assert str(none.value) == (
        '"unknown" means unknown, which is not an answer to Urgency. '
        "Enter a date, such as 2026-01-05, or leave it empty until it is known."
    )


def test_a_code_is_a_code_also_when_it_looks_like_missing():
    codes = (Code(value="NA", label="North America"), Code(value="9", label="Unknown"))
    region = variable("one_of", codes=codes, missing=tuple(MissingKind))

    assert parse_value(region, "na") == "NA"
    assert parse_value(region, "unknown") == "9"
    assert parse_value(region, "nd") is MissingKind.NOT_DOCUMENTED


def test_codes_that_are_their_own_labels_are_named_once():
    with pytest.raises(ValueProblem) as caught:
        parse_value(variable("one_of", codes=(Code(value="A", label="A"), Code(value="B", label="B"))), "C")

    assert caught.value.remedy == "Use A or B."


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
