"""REDCap data dictionaries: what comes in, what goes out, and that it comes back."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from measures.definition.canonical import from_json
from measures.definition.errors import DefinitionErrors
from measures.definition.redcap import ReadDictionary, read_dictionary, write_dictionary
from measures.definition.redcap_row import COLUMNS
from measures.definition.spec import (
    Code,
    FormSpec,
    IdentifierClass,
    MissingKind,
    Range,
    Section,
    VariableType,
)
from tests.measures.definition.conftest import VECTORS, example


API_NAMES = (
    "field_name,form_name,section_header,field_type,field_label,select_choices_or_calculations,field_note,"
    "text_validation_type_or_show_slider_number,text_validation_min,text_validation_max,identifier,branching_logic,"
    "required_field,custom_alignment,question_number,matrix_group_name,matrix_ranking,field_annotation"
)
RECORD = ("record_id", "admission", "", "text", "Record ID")
DAY = ("day", "admission", "", "text", "Day", "", "", "date_ymd", "", "", "y", "", "y")


def dictionary(*rows: tuple[str, ...], headings: tuple[str, ...] = COLUMNS) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(headings)
    writer.writerows([*row, *[""] * (len(headings) - len(row))] for row in rows)
    return file.getvalue()


def field(
    name: str, kind: str, *, choices="", validation="", low="", high="", identifier="", logic="", note=""
) -> tuple[str, ...]:
    cells = ("admission", "", kind, name.capitalize(), choices, "", validation, low, high, identifier, logic, "")
    return (name, *cells, "", "", "", "", note)


def read(text: str) -> ReadDictionary:
    return read_dictionary(text, "d.csv", slug="stay", name="Stay", event_date="day")


def errors_of(text: str) -> list[str]:
    with pytest.raises(DefinitionErrors) as caught:
        read(text)
    return [str(error).removeprefix("d.csv:") for error in caught.value.errors]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (field("x", "text"), "text"),
        (field("x", "notes"), "text"),
        (field("x", "text", validation="integer"), "integer"),
        (field("x", "text", validation="number"), "decimal"),
        (field("x", "text", validation="number_2dp"), "decimal"),
        (field("x", "text", validation="date_mdy"), "date"),
        (field("x", "text", validation="datetime_ymd"), "datetime"),
        (field("x", "text", validation="datetime_seconds_dmy"), "datetime"),
        (field("x", "text", validation="time"), "time"),
        (field("x", "radio", choices="1, A | 2, B"), "one_of"),
        (field("x", "dropdown", choices="1, A | 2, B"), "one_of"),
        (field("x", "checkbox", choices="1, A | 2, B"), "many_of"),
        (field("x", "yesno"), "yes_no"),
        (field("x", "truefalse"), "yes_no"),
        (field("x", "calc", choices="1 + 1"), "decimal"),
        (field("x", "slider", choices="none | some | all"), "integer"),
    ],
)
def test_field_types_become_variable_types(row, kind):
    form = read(dictionary(RECORD, DAY, row)).form

    assert form.variable("x").type == kind


def test_dictionary_becomes_a_form():
    text = dictionary(
        RECORD,
        ("day", "admission", "Before <b>the</b> operation", "text", "Day", "", "The <i>day</i>.", "date_mdy", "2020-01-01", "2030-12-31", "y", "", "y"),
        ("asa", "admission", "", "radio", "ASA <br>class", "1, I | 2, II, mild|10,X", "", "", "", "", "", "", "y"),
        ("sick", "admission", "", "checkbox", "", "1, Heart | 2, Lung", "", "", "", "", "", "[asa] = '2' or [sick_day] <> ''"),
        ("sick_day", "follow_up", "", "text", "Sick day", "", "", "date_dmy"),
        ("weight", "follow_up", "9 Weight", "text", "Weight", "", "", "number", "20.5", "300"),
        ("height", "follow_up", "", "text", "Height", "", "", "number"),
        ("bmi", "follow_up", "", "calc", "BMI", "([weight]*10000)/(([height])^(2))"),
        ("wait", "follow_up", "9 weight", "calc", "Wait", 'datediff([day], [sick_day], "d", "mdy")'),
        ("pain", "follow_up", "", "slider", "Pain", "none | | worst", "", "", "", "10"),
        ("mrn", "follow_up", "", "text", "Chart number", "", "", "", "", "", "y"),
    )  # fmt: skip

    form = read(text).form

    assert (form.slug, form.name, form.event_date) == ("stay", "Stay", "day")
    assert form.imports.case_number_aliases == ("record_id",)
    assert form.sections == (
        Section(name="before_the_operation", label="Before the operation"),
        Section(name="follow_up", label="Follow up"),
        Section(name="section_9_weight", label="9 Weight"),
        Section(name="section_9_weight_4", label="9 weight"),
    )
    day, asa, sick, bmi = (form.variable(name) for name in ("day", "asa", "sick", "bmi"))
    assert (day.section, day.definition, day.required) == ("before_the_operation", "The day .", True)
    assert (day.range.hard_min.isoformat(), day.range.hard_max.isoformat()) == ("2020-01-01", "2030-12-31")
    assert day.identifier is IdentifierClass.DATE
    assert asa.codes == (Code(value="1", label="I"), Code(value="2", label="II, mild"), Code(value="10", label="X"))
    assert (asa.label, sick.label) == ("ASA class", "sick")
    assert sick.show_if == '[asa] = "2" or [sick_day] <> ""'
    assert form.variable("weight").range == Range(hard_min=Decimal("20.5"), hard_max=Decimal(300))
    assert (bmi.calculation, bmi.required) == ("([weight] * 10000) / ([height] * [height])", False)
    assert form.variable("wait").calculation == 'abs(datediff([day], [sick_day], "d"))'
    assert form.variable("pain").range == Range(hard_min=0, hard_max=10)
    assert form.variable("mrn").identifier is IdentifierClass.LOCAL_REFERENCE


def test_columns_of_the_api_and_a_byte_order_mark_are_understood():
    text = "\N{ZERO WIDTH NO-BREAK SPACE}" + dictionary(RECORD, DAY, headings=tuple(API_NAMES.split(",")))

    assert [variable.name for variable in read(text).form.variables] == ["day"]


def test_what_is_left_out_is_noted_with_its_line():
    text = dictionary(
        RECORD,
        DAY,
        ("hello", "admission", "", "descriptive", "Dear\ncolleague"),
        ("", ""),
        (*field("x", "yesno", note="@HIDDEN @DEFAULT='1'")[:15], "grid", "", "@HIDDEN @DEFAULT='1'"),
    )

    notes = [str(note) for note in read(text).notes]

    assert notes == [
        "d.csv:4: hello, Field Type: Text between the questions is left out. Put it into a definition.",
        "d.csv:7: x, Field Annotation: @HIDDEN, @DEFAULT is left out. Nothing to do, if it was only for looks.",
        "d.csv:7: x, Matrix Group Name: The question is kept, its place in a matrix is not. Nothing to do.",
    ]


BAD = [
    (field("X", "yesno"), 'X, Variable / Field Name: "X" cannot be the name of a variable. Use small letters, digits and _, at most 63.'),
    (field("x", "file"), 'x, Field Type: Fields of type "file" are not kept here. Remove the row, or make it a text field.'),
    (field("x", "text", validation="email"), 'x, Text Validation Type OR Show Slider Number: "email" names a person directly. Keep it in the hospital, and remove the row.'),
    (field("x", "radio"), 'x, Choices, Calculations, OR Slider Labels: The field has no choices. Write "1, Elective | 2, Urgent".'),
    (field("x", "radio", choices="1, A | B"), 'x, Choices, Calculations, OR Slider Labels: "B" is not a code and its label. Write "1, Elective | 2, Urgent", each code once.'),
    (field("x", "radio", choices="1, A | 1, B"), 'x, Choices, Calculations, OR Slider Labels: "1, B" is not a code and its label. Write "1, Elective | 2, Urgent", each code once.'),
    (field("x", "text", validation="integer", low="[day]"), 'x, Text Validation Min: "[day]" is not a number. Write a fixed value; make a rule of a limit that depends on other fields.'),
    (field("x", "yesno", logic="[dayy] <> ''"), 'x, Branching Logic (Show field only if...): There is no variable "dayy" in the form (character 1). Did you mean "day"?'),
    (field("x", "yesno", logic="[day][x] ="), 'x, Branching Logic (Show field only if...): "x" cannot stand here (character 6). Join conditions with and or or; values with + - * /.'),
    (field("x", "calc", choices="sqrt(4)"), "x, Choices, Calculations, OR Slider Labels: There is no function sqrt() (character 1). There are if, sum, min, max, round, abs, datediff, is_missing, is_unknown, is_not_documented, is_not_applicable."),
    (field("x", "yesno", logic="[x] = '1'"), "x, Branching Logic (Show field only if...): Branching logic and calculations run in a circle: x needs x. Change one of them."),
    (field("day", "yesno"), "day: The name is on line 3 too. Rename one of them."),
    (field("x", "text", note="@CALCTEXT(1)"), "x, Field Annotation: @CALCTEXT is not read. Make it a calc field, or remove it."),
    (field("x", "text", note="@COLLOQUY='{'"), "x, Field Annotation: What follows @COLLOQUY= was damaged. Remove it, or export the form again."),
    (field("x", "text", note="@COLLOQUY='[1]'"), "x, Field Annotation: What follows @COLLOQUY= was damaged. Remove it, or export the form again."),
    (field("x", "text", note='@COLLOQUY=\'{"size":1}\''), "x, Field Annotation: What follows @COLLOQUY= does not fit. Remove it, or export the form again."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "error"), BAD, ids=lambda part: part[:40] if isinstance(part, str) else "")
def test_what_cannot_be_read_is_said_with_line_and_remedy(row, error):
    assert errors_of(dictionary(RECORD, DAY, row)) == [f"4: {error}"]


def test_unknown_validation_lists_those_that_are_known():
    [error] = errors_of(dictionary(RECORD, DAY, field("x", "text", validation="number_comma_decimal")))

    assert error.startswith(
        '4: x, Text Validation Type OR Show Slider Number: The validation "number_comma_decimal" is not known'
    )
    assert error.endswith("time, time_hh_mm_ss.")


@pytest.mark.parametrize(
    ("row", "remedy"),
    [
        (field("x", "yesno"), "Make it a required date in REDCap, or name another."),
        (("dayy", *DAY[1:]), 'Did you mean "dayy"?'),
        (("day", *DAY[1:-1], ""), 'Did you mean "day"?'),
        (field("day", "yesno"), "Make it a required date in REDCap, or name another."),
    ],
)
def test_event_date_must_be_a_required_date(row, remedy):
    assert errors_of(dictionary(RECORD, row)) == [
        f"1: day: The event date must be a required field with date validation. {remedy}"
    ]


@pytest.mark.parametrize("ours", ['{"sections":"all"}', '{"slug":"x"}', '{"sections":[{"name":1}]}', '{"size":1}'])
def test_damaged_annotation_of_the_form_is_refused(ours):
    record = (*RECORD, *[""] * 12, f"@COLLOQUY='{ours}'")

    assert errors_of(dictionary(record, DAY)) == [
        "2: record_id, Field Annotation: What follows @COLLOQUY= does not fit. Remove it, or export the form again."
    ]


def test_all_errors_come_at_once():
    text = dictionary(RECORD, DAY, field("x", "file"), field("y", "radio"), field("z", "yesno", logic="[nope]"))

    assert [error.partition(":")[0] for error in errors_of(text)] == ["4", "5", "6"]


def test_missing_columns_are_named():
    headings = ("Variable / Field Name", "Form Name", "Section Header", "Field Typ", *COLUMNS[4:])

    assert errors_of(dictionary(RECORD, DAY, headings=headings)) == [
        '1: The column "Field Type" is missing. Is it "Field Typ"?'
    ]
    assert len(errors_of("")) == 13


def test_file_without_fields_is_refused():
    assert errors_of(dictionary()) == ["1: The file has no fields. Export the dictionary from REDCap again."]


@pytest.mark.parametrize("name", ["medicare_stays", "surgical"])
def test_form_comes_back_from_redcap_the_same(name):
    for version in example(name).forms[0].versions:
        written = write_dictionary(version.form)

        found = read_dictionary(written.text, "d.csv", slug="other", name="Other", event_date="other")

        assert found.form == version.form
        assert found.notes == written.notes == ()


def test_written_dictionary_is_what_redcap_expects(surgical):
    rows = list(csv.DictReader(io.StringIO(write_dictionary(surgical.form("operation").latest.form).text)))
    by_name = {row["Variable / Field Name"]: row for row in rows}

    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["Variable / Field Name"] == "record_id"
    assert {row["Form Name"] for row in rows} == {"operation"}
    assert [row["Section Header"] for row in rows if row["Section Header"]] == [
        "Eligibility",
        "Patient factors",
        "Operation",
        "Process of care",
        "Outcomes to 30 days",
    ]
    assert by_name["urgency"]["Choices, Calculations, OR Slider Labels"] == "1, Elective | 2, Urgent | 3, Emergency"
    assert by_name["bmi"]["Field Type"] == "calc"
    assert by_name["bmi"]["Text Validation Max"] == ""
    assert by_name["ssi_date"]["Branching Logic (Show field only if...)"] == '[ssi] = "1" or [ssi] = "2" or [ssi] = "3"'
    blood = by_name["blood_loss_ml"]
    assert (blood["Text Validation Min"], blood["Text Validation Max"], blood["Required Field?"]) == ("0", "20000", "y")


def test_what_redcap_cannot_do_is_noted_and_kept():
    form = from_json(FormSpec, VECTORS["form"])
    day, age, text = form.variable("day"), form.variable("age"), form.variable("note")
    form = replace(
        form,
        variables=(
            replace(day, required=True),
            age,
            replace(text, show_if="is_unknown([age])", label="It's | so", scenarios=("It's so.",)),
            replace(form.variable("later"), calculation='min([day], "2026-01-05")', missing=()),
            replace(form.variable("asa"), codes=(Code(value="1", label="a | b"),), missing=(MissingKind.UNKNOWN,)),
        ),
    )

    written = write_dictionary(form)

    [note] = written.notes
    assert str(note) == (
        ":5: note, Branching Logic (Show field only if...): REDCap has no is_unknown(). "
        "It is kept in the annotation; REDCap will not follow it."
    )
    assert read(written.text).form == form
    assert form.variable("later").type is VariableType.DATE
