"""Forms as FHIR Questionnaires and XLSForms, read by other people's programs."""

import io
import json
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from python_calamine import CalamineWorkbook
from pyxform.xls2xform import convert

from measures.definition.answers import Answers
from measures.definition.canonical import from_json
from measures.definition.exports import EXPORTS, export_form
from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.nodes import Kind
from measures.definition.expression.python import compile_node
from measures.definition.expression.resolve import calculation, condition
from measures.definition.expression.xpath import condition_to_xpath, value_to_xpath
from measures.definition.fhir import questionnaire
from measures.definition.redcap import write_dictionary
from measures.definition.spec import (
    FormSpec,
    FormVersionSpec,
    MissingKind,
    Range,
    Rule,
    Section,
    Severity,
    VariableSpec,
    VariableType,
)
from measures.definition.xlsform import write_xlsform
from tests.measures.definition.conftest import VECTORS, example
from tests.measures.definition.form_strategies import forms
from tests.measures.definition.strategies import CONDITION_TEXTS, NUMBER_TEXTS, answers
from tests.measures.definition.test_browser import drawn
from tests.measures.definition.test_vectors import answers_of, node_of
from tests.measures.definition.xpath import as_xforms, evaluate


FORM = from_json(FormSpec, VECTORS["form"])
VERSIONS = [version for name in ("surgical", "medicare_stays") for version in example(name).forms[0].versions]


def version_of(form: FormSpec) -> FormVersionSpec:
    return FormVersionSpec(
        number=3, effective_from=date(2026, 1, 1), effective_to=date(2026, 12, 31), note="Asks for more.", form=form
    )


def form_with(*variables: VariableSpec, **changes) -> FormSpec:
    names = {variable.name for variable in variables}
    kept = [variable for variable in FORM.variables if variable.name not in names]
    return replace(FORM, variables=(*kept, *variables), **changes)


def item_of(form: FormSpec, name: str) -> dict:
    written = questionnaire(version_of(form))
    Questionnaire.model_validate(json.loads(json.dumps(written)))
    return next(item for group in written["item"] for item in group["item"] if item["linkId"] == name)


# FHIR -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: f"{version.form.slug}-{version.number}")
def test_examples_are_questionnaires_of_fhir(version):
    written = questionnaire(version)

    read = Questionnaire.model_validate(json.loads(json.dumps(written)))

    assert [item.linkId for group in read.item for item in group.item] == [
        variable.name for section in version.form.sections for variable in version.form.in_section(section.name)
    ]
    assert (read.version, read.status, str(read.date)) == (
        str(version.number),
        "active",
        version.effective_from.isoformat(),
    )


def test_any_form_is_a_questionnaire_of_fhir():
    for form in drawn(forms(FORM), 25):
        Questionnaire.model_validate(json.loads(json.dumps(questionnaire(version_of(form)))))


def test_questionnaire_says_which_version_it_is():
    written = questionnaire(version_of(FORM), status="draft")

    assert {key: value for key, value in written.items() if key != "item"} == {
        "resourceType": "Questionnaire",
        "url": "urn:colloquy:form:vectors",
        "identifier": [{"system": "urn:colloquy:digest", "value": FORM.digest}],
        "version": "3",
        "name": "FormVectors",
        "title": "Vectors",
        "status": "draft",
        "date": "2026-01-01",
        "effectivePeriod": {"start": "2026-01-01", "end": "2026-12-31"},
        "description": "Asks for more.",
    }


def test_question_carries_all_that_the_form_says():
    age = replace(
        FORM.variable("age"),
        units="years",
        range=Range(hard_min=0, hard_max=120, soft_min=16, soft_max=100),
        required_if="[died]",
        definition="On the day of the operation.",
        missing=(MissingKind.NOT_DOCUMENTED,),
    )

    assert item_of(form_with(age), "age") == {
        "linkId": "age",
        "type": "integer",
        "text": "Age",
        "required": False,
        "item": [
            {
                "linkId": "age.help",
                "type": "display",
                "text": "On the day of the operation.",
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
                        "valueCodeableConcept": {
                            "coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "help"}]
                        },
                    }
                ],
            }
        ],
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit",
                "valueCoding": {"display": "years"},
            },
            {"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger": 0},
            {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 120},
            {"url": "urn:colloquy:usual-minimum", "valueString": "16"},
            {"url": "urn:colloquy:usual-maximum", "valueString": "100"},
            {"url": "urn:colloquy:required-if", "valueString": "[died]"},
            {"url": "urn:colloquy:missing", "valueCode": "not-documented"},
        ],
    }


@pytest.mark.parametrize(
    ("name", "bound", "extension"),
    [
        ("weight", Decimal("0.5"), {"valueDecimal": 0.5}),
        ("day", date(2026, 1, 5), {"valueDate": "2026-01-05"}),
        ("start", time(8, 41), {"valueTime": "08:41:00"}),
    ],
)
def test_bounds_are_of_the_type_of_the_question(name, bound, extension):
    item = item_of(form_with(replace(FORM.variable(name), range=Range(hard_max=bound))), name)

    assert item["extension"][0] == {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", **extension}


def test_bound_with_a_time_of_day_stays_text_for_want_of_a_zone():
    bounds = Range(hard_min=datetime.fromisoformat("2026-01-05 08:41"))

    item = item_of(form_with(replace(FORM.variable("in_at"), range=bounds)), "in_at")

    assert item["extension"] == [{"url": "urn:colloquy:minValue", "valueString": "2026-01-05 08:41"}]


def test_choices_and_calculations_are_marked():
    several = item_of(FORM, "comorbidity")
    doubled = replace(FORM.variable("weight"), name="doubled", calculation="[weight] * 2")

    assert (several["type"], several["repeats"]) == ("choice", True)
    assert several["answerOption"][0]["valueCoding"] == {
        "system": "urn:colloquy:form:vectors:comorbidity",
        "code": "1",
        "display": "Diabetes",
    }
    assert item_of(form_with(doubled), "doubled")["readOnly"] is True
    assert item_of(form_with(replace(FORM.variable("age"), label=" ")), "age")["text"] == "-"


ASA = {"system": "urn:colloquy:form:vectors:asa"}


@pytest.mark.parametrize(
    ("show_if", "enabled", "behaviour"),
    [
        ("[died]", [{"question": "died", "operator": "=", "answerBoolean": True}], None),
        ("not [died]", [{"question": "died", "operator": "=", "answerBoolean": False}], None),
        ("[died] <> 1", [{"question": "died", "operator": "!=", "answerBoolean": True}], None),
        ("[age] >= 65", [{"question": "age", "operator": ">=", "answerInteger": 65}], None),
        ("not ([age] >= 65)", [{"question": "age", "operator": "<", "answerInteger": 65}], None),
        ("[weight] < 70.5", [{"question": "weight", "operator": "<", "answerDecimal": 70.5}], None),
        ('[day] > "2026-01-05"', [{"question": "day", "operator": ">", "answerDate": "2026-01-05"}], None),
        ('[start] < "08:41"', [{"question": "start", "operator": "<", "answerTime": "08:41:00"}], None),
        ('[note] = "x"', [{"question": "note", "operator": "=", "answerString": "x"}], None),
        ("is_missing([age])", [{"question": "age", "operator": "exists", "answerBoolean": False}], None),
        ('[age] <> ""', [{"question": "age", "operator": "exists", "answerBoolean": True}], None),
        (
            '[died] or [asa] = "2"',
            [
                {"question": "died", "operator": "=", "answerBoolean": True},
                {"question": "asa", "operator": "=", "answerCoding": {**ASA, "code": "2", "display": "II"}},
            ],
            "any",
        ),
        (
            "[asa] >= 3",
            [
                {"question": "asa", "operator": "=", "answerCoding": {**ASA, "code": "3", "display": "III"}},
                {"question": "asa", "operator": "=", "answerCoding": {**ASA, "code": "10", "display": "X"}},
            ],
            "any",
        ),
        (
            "not ([age] in (1, 2) or [died])",
            [
                {"question": "age", "operator": "!=", "answerInteger": 1},
                {"question": "age", "operator": "!=", "answerInteger": 2},
                {"question": "died", "operator": "=", "answerBoolean": False},
            ],
            "all",
        ),
        (
            '[asa] in ("1", "2")',
            [
                {"question": "asa", "operator": "=", "answerCoding": {**ASA, "code": "1", "display": "I"}},
                {"question": "asa", "operator": "=", "answerCoding": {**ASA, "code": "2", "display": "II"}},
            ],
            "any",
        ),
        (
            "[comorbidity(2)]",
            [
                {
                    "question": "comorbidity",
                    "operator": "=",
                    "answerCoding": {
                        "system": "urn:colloquy:form:vectors:comorbidity",
                        "code": "2",
                        "display": "COPD",
                    },
                }
            ],
            None,
        ),
    ],
)
def test_skip_logic_becomes_enable_when(show_if, enabled, behaviour):
    item = item_of(form_with(replace(FORM.variable("height"), show_if=show_if)), "height")

    assert (item["enableWhen"], item.get("enableBehavior")) == (enabled, behaviour)
    assert "extension" not in item


@pytest.mark.parametrize(
    "show_if",
    [
        "not [comorbidity(2)]",
        "is_unknown([age])",
        "[died] and ([smoker] or [age] > 1)",
        "[age] > 2.5",
        "[asa] > 10",
        "[age] > [weight]",
        '[in_at] > "2026-01-05 08:41"',
        'datediff([day], [later], "d") > 3',
    ],
)
def test_skip_logic_that_fhir_has_no_words_for_is_kept_as_text(show_if):
    item = item_of(form_with(replace(FORM.variable("height"), show_if=show_if)), "height")

    assert "enableWhen" not in item
    assert item["extension"] == [{"url": "urn:colloquy:show-if", "valueString": show_if}]


# XLSForm --------------------------------------------------------------------------------------------------------------


def xform(form: FormSpec) -> str:
    return convert(xlsform=io.BytesIO(write_xlsform(version_of(form)).content), file_type=".xlsx").xform


def survey(form: FormSpec) -> dict[str, dict[str, str]]:
    """The lines of the survey by name, without what they leave empty."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsform(version_of(form)).content))
    heading, *lines = workbook.get_sheet_by_name("survey").to_python()
    return {line[1]: {key: str(cell) for key, cell in zip(heading, line, strict=True) if cell} for line in lines}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: f"{version.form.slug}-{version.number}")
def test_examples_are_xlsforms(version):
    written = write_xlsform(version)
    warnings: list[str] = []

    made = convert(xlsform=io.BytesIO(written.content), file_type=".xlsx", warnings=warnings)

    assert warnings == []
    assert all(f"/{variable.name}" in made.xform for variable in version.form.variables)
    assert written == write_xlsform(version)


def test_any_form_is_an_xlsform():
    for form in drawn(forms(FORM), 25):
        assert "<h:html" in xform(form)


def test_lines_of_an_xlsform_carry_what_it_can_say():
    age = replace(
        FORM.variable("age"),
        units="years",
        range=Range(hard_min=0, hard_max=120),
        required=True,
        show_if="[died]",
        definition="On the day, as in ${day}.",
        missing=(),
    )
    weight = replace(FORM.variable("weight"), range=Range(hard_min=Decimal("0.5")), required_if='[asa] = "3"')
    day = replace(FORM.variable("day"), range=Range(hard_max=date(2026, 12, 31)))
    moment = replace(FORM.variable("in_at"), range=Range(hard_min=datetime.fromisoformat("2026-01-05 08:41")))
    rule = Rule(name="old", when="[age] > 100", severity=Severity.WARNING, message="{age} is old.", remedy="Look.")

    lines = survey(form_with(age, weight, day, moment, rules=(rule,)))

    assert lines["age"] == {
        "type": "integer",
        "name": "age",
        "label": "Age (years)",
        "hint": "On the day, as in $ {day}.",
        "required": "yes",
        "relevant": "${died} = '1'",
        "constraint": ". >= 0 and . <= 120",
        "constraint_message": "Enter 0 to 120.",
    }
    assert lines["weight"]["required"] == "(${asa} != '' and ${asa} = '3')"
    assert lines["weight"]["constraint_message"] == "Enter at least 0.5."
    assert (lines["day"]["constraint"], lines["day"]["constraint_message"]) == (
        ". <= date('2026-12-31')",
        "Enter at most 2026-12-31.",
    )
    assert lines["in_at"]["constraint"] == ". >= date-time('2026-01-05T08:41:00')"
    assert lines["comorbidity"]["type"] == "select_multiple comorbidity_codes"
    assert lines["rule_old"]["label"] == "Warning: ${age} is old. Look."
    assert lines["rule_old"]["relevant"] == "(${age} != '' and ${age} > 100)"


def test_what_an_xlsform_cannot_say_is_named():
    age = replace(FORM.variable("age"), range=Range(soft_max=100))
    start = replace(FORM.variable("start"), range=Range(hard_min=time(8)), show_if="is_unknown([age])")
    doubled = replace(FORM.variable("weight"), name="doubled", calculation="if(is_unknown([age]), 1, 2)")
    rest = tuple(replace(item, missing=()) for item in FORM.variables if item.name not in ("age", "start"))
    form = replace(FORM, variables=(*rest, age, start, doubled))

    assert write_xlsform(version_of(form)).notes == (
        '"age" may be left blank, but not answered with Unknown, Not documented.',
        'The usual range of "age" is left out: XLSForm has no warnings.',
        'The range of "start" is left out: XLSForm compares no times of day.',
        'Skip logic of "start" is left out: XForms has no is_unknown().',
        'The calculation of "doubled" is left out: XForms has no is_unknown().',
    )
    assert survey(form)["doubled"]["calculation"] == "''"


def test_rule_that_xforms_cannot_say_and_form_without_yes_or_no():
    rule = Rule(name="r", when="is_unknown([age])", severity=Severity.NOTE, message="m", remedy="r")
    form = replace(FORM, variables=(FORM.variable("age"), FORM.variable("day")), rules=(rule,))

    assert "rule_r" not in survey(form)
    assert "yes_no" not in xform(form)


# XPath ----------------------------------------------------------------------------------------------------------------


def answered_as_xforms(case: Answers) -> dict[str, str]:
    return {name: as_xforms(value) for name, value in case.values.items() if value != ()}


def without_empty_lists(cases: list[Answers]) -> list[Answers]:
    """XForms have no list of nothing, so that it is missing there."""
    return [case.without([name for name, value in case.values.items() if value == ()]) for case in cases]


@pytest.mark.parametrize(
    "vector",
    [each for each in VECTORS["vectors"] if each.get("gives", "number") == "number"],
    ids=lambda vector: vector["expression"],
)
def test_vectors_give_in_xpath_what_they_say(vector):
    node = node_of(vector, FORM)
    try:
        xpath = value_to_xpath(node)
    except ExpressionError as error:
        assert error.message.startswith("XForms has no is_")  # noqa: PT017 - the vector has no other answer
        return

    cases = without_empty_lists(answers_of(vector, FORM))
    found = [evaluate(xpath, answered_as_xforms(case)) for case in cases]

    expected = ["" if value is None else float(value) for value in map(compile_node(node), cases)]
    assert ["" if value.value == "" else float(value.number) for value in found] == pytest.approx(expected)


def test_condition_that_gives_nothing_is_true_nowhere():
    xpath = condition_to_xpath(condition('if([died], [smoker], "")', FORM))

    assert xpath == "(${died} = '1' and ${smoker} = '1')"


def test_moments_become_answers_again():
    assert value_to_xpath(calculation("[start]", FORM, Kind.TIME)) == "if(${start} != '', ${start}, '')"
    latest = value_to_xpath(calculation('max([day], "2026-01-05")', FORM, Kind.DATE))
    assert (latest[:5], latest[-1]) == ("date(", ")")
    with pytest.raises(ExpressionError, match="no time of day from a number"):
        value_to_xpath(calculation("max([start], [stop])", FORM, Kind.TIME))


def test_conditions_are_true_in_xpath_exactly_where_they_are_true_here():
    cases, compared = without_empty_lists(drawn(answers(FORM), 60)), 0
    for text in set(drawn(CONDITION_TEXTS, 250)):
        node = condition(text, FORM)
        try:
            xpath = condition_to_xpath(node)
        except ExpressionError:
            continue
        compiled, compared = compile_node(node), compared + 1
        for case in cases[:15]:
            assert bool(evaluate(xpath, answered_as_xforms(case))) is (compiled(case) is True), (text, xpath, case)
    assert compared > 60


def test_formulas_give_the_same_in_xpath():
    cases, compared = without_empty_lists(drawn(answers(FORM), 60)), 0
    for text in set(drawn(NUMBER_TEXTS, 250)):
        node = calculation(text, FORM, Kind.NUMBER)
        try:
            xpath = value_to_xpath(node)
        except ExpressionError:
            continue
        compiled, compared = compile_node(node), compared + 1
        for case in cases[:15]:
            expected, found = compiled(case), evaluate(xpath, answered_as_xforms(case))
            assert ("" if expected is None else expected) == pytest.approx(found.number if found.value != "" else "")
    assert compared > 60


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("is_unknown([age])", Kind.BOOLEAN, "XForms has no is_unknown()."),
        (" and ".join(f"[age] > {number}" for number in range(240)), Kind.BOOLEAN, "The expression is too long for XForms."),
        (f"min({', '.join(f'[age] + {number}' for number in range(12))})", Kind.NUMBER, "The expression is too long for XForms."),
    ],
)  # fmt: skip
def test_what_xforms_cannot_say_is_refused(text, kind, message):
    node = calculation(text, FORM, kind)

    with pytest.raises(ExpressionError, match=message[:-3]) as caught:
        value_to_xpath(node)

    assert caught.value.message == message


def test_section_without_questions_is_left_out():
    form = replace(FORM, sections=(*FORM.sections, Section(name="empty", label="Empty")))

    assert [group["linkId"] for group in questionnaire(version_of(form))["item"]] == ["section.all"]
    assert "section_empty" not in survey(form)


# Files ----------------------------------------------------------------------------------------------------------------


def test_every_format_gives_a_file_with_its_name_type_and_notes():
    version = version_of(replace(FORM, slug="a-form"))

    files = {name: export_form(version, name, status="draft") for name in EXPORTS}

    assert {name: (file.name, file.media_type.split(";")[0]) for name, file in files.items()} == {
        "redcap": ("a-form-v3-redcap.csv", "text/csv"),
        "fhir": ("a-form-v3-questionnaire.json", "application/fhir+json"),
        "xlsform": (
            "a-form-v3-xlsform.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    }
    assert files["redcap"].content.decode() == write_dictionary(version.form).text
    assert json.loads(files["fhir"].content) == questionnaire(version, status="draft")
    assert files["xlsform"].content == write_xlsform(version).content
    assert files["xlsform"].notes == write_xlsform(version).notes
    assert VariableType.YES_NO in {variable.type for variable in version.form.variables}
