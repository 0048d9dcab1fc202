"""Findings, skip logic and calculations, on a small form and on the surgical one."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from time import perf_counter

import pytest

from measures.definition.answers import Answers
from measures.definition.check import calculate, check, clear, hidden, placeholders
from measures.definition.spec import (
    Code,
    FormSpec,
    MissingKind,
    Range,
    Rule,
    Section,
    Severity,
    VariableSpec,
    VariableType,
)


YES_NO, INTEGER, DATE = VariableType.YES_NO, VariableType.INTEGER, VariableType.DATE


def variable(name: str, kind: VariableType, **changes) -> VariableSpec:
    return VariableSpec(name=name, label=name.capitalize(), type=kind, section="all", **changes)


def form_of(*variables: VariableSpec, rules: tuple[Rule, ...] = ()) -> FormSpec:
    day = variable("day", DATE)
    return FormSpec(
        slug="f",
        name="F",
        case_noun="case",
        case_noun_plural="cases",
        event_date="day",
        sections=(Section(name="all", label="All"),),
        variables=(*variables, day),
        rules=rules,
    )


def said(form: FormSpec, answers: Answers, **options) -> list[tuple[str, str, str]]:
    return [
        (finding.severity.value, finding.rule, f"{finding.message} {finding.remedy}")
        for finding in check(form, answers, **options)
    ]


BLOOD = variable("blood", INTEGER, units="mL", range=Range(hard_min=0, hard_max=20000, soft_max=3000))


@pytest.mark.parametrize(
    ("value", "findings"),
    [
        (0, []),
        (3000, []),
        (3001, [("warning", "soft_range", "3,001 mL is unusual: more than 3,000. Check the chart. If it is right, give the reason.")]),
        (20000, [("warning", "soft_range", "20,000 mL is unusual: more than 3,000. Check the chart. If it is right, give the reason.")]),
        (22000, [("error", "hard_range", "22,000 is more than 20,000. Enter 0 to 20,000 mL.")]),
        (-1, [("error", "hard_range", "-1 is less than 0. Enter 0 to 20,000 mL.")]),
    ],
)  # fmt: skip
def test_range_names_the_value_what_is_allowed_and_the_way_out(value, findings):
    assert said(form_of(BLOOD), Answers({"blood": value})) == findings


@pytest.mark.parametrize(
    ("bounds", "value", "text"),
    [
        (Range(hard_min=5), 4, "4 is less than 5. Enter at least 5."),
        (Range(hard_max=5), 6, "6 is more than 5. Enter at most 5."),
        (Range(soft_min=5), 4, "4 is unusual: less than 5. Check the chart. If it is right, give the reason."),
    ],
)
def test_one_bound_is_enough(bounds, value, text):
    assert [found for _, _, found in said(form_of(variable("n", INTEGER, range=bounds)), Answers({"n": value}))] == [
        text
    ]


def test_dates_are_before_and_after():
    form = form_of(variable("seen", DATE, range=Range(hard_min=date(2026, 1, 5), soft_max=date(2026, 12, 31))))

    before, after = Answers({"seen": date(2026, 1, 4)}), Answers({"seen": date(2027, 1, 1)})

    assert said(form, before) == [
        ("error", "hard_range", "Sun 4 Jan 2026 is before Mon 5 Jan 2026. Enter at least Mon 5 Jan 2026.")
    ]
    assert said(form, after) == [
        ("warning", "soft_range", "Fri 1 Jan 2027 is unusual: after Thu 31 Dec 2026. Check the chart. If it is right, give the reason.")
    ]  # fmt: skip


def test_required_is_answered_by_a_value_or_an_allowed_missing_kind():
    form = form_of(variable("died", YES_NO, required=True, missing=(MissingKind.UNKNOWN,)))

    nothing = said(form, Answers())
    known = said(form, Answers({"died": False}))
    unknown = said(form, Answers({}, {"died": MissingKind.UNKNOWN}))
    not_allowed = said(form, Answers({}, {"died": MissingKind.NOT_APPLICABLE}))

    assert nothing == [("error", "required", 'Died is not answered. Enter 1 for yes, 0 for no or "Unknown".')]
    assert known == unknown == []
    assert not_allowed == [
        ("error", "missing_kind", '"Not applicable" is not an answer to Died. Enter 1 for yes, 0 for no or "Unknown".')
    ]


def test_required_if_asks_only_when_it_is_true():
    form = form_of(variable("died", YES_NO), variable("cause", VariableType.TEXT, required_if='[died] = "1"'))

    asked = [bool(check(form, answers)) for answers in (Answers(), Answers({"died": False}), Answers({"died": True}))]

    assert asked == [False, False, True]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("integer", 1.5, "1.5 is no integer. Enter a whole number."),
        ("integer", True, "True is no integer. Enter a whole number."),
        ("decimal", "x", "x is no decimal. Enter a number, such as 36.5."),
        ("text", 3, "3 is no text. Enter text."),
        ("date", "2026-01-05", "2026-01-05 is no date. Enter a date, such as 2026-01-05."),
        ("time", 8, "8 is no time. Enter a time, such as 08:41."),
        ("datetime", date(2026, 1, 5), "2026-01-05 is no datetime. Enter a date and a time, such as 2026-01-05 08:41."),
        ("yes_no", 1, "1 is no yes_no. Enter 1 for yes or 0 for no."),
        ("one_of", 1, "1 is no one_of. Enter 1 A or 2 B."),
        ("one_of", "3", '"3" is not a code of Thing. Use 1 A or 2 B.'),
        ("many_of", "1", "1 is no many_of. Enter 1 A or 2 B."),
        ("many_of", ("1", "3"), '"3" is not a code of Thing. Use 1 A or 2 B.'),
    ],
)
def test_value_of_another_type_or_code_is_an_error(kind, value, text):
    coded = kind in ("one_of", "many_of")
    codes = (Code(value="1", label="A"), Code(value="2", label="B")) if coded else ()
    form = form_of(variable("thing", VariableType(kind), codes=codes))

    assert [found for _, _, found in said(form, Answers({"thing": value}))] == [text]


def test_event_in_the_future_is_an_error_where_today_is_known():
    form, answers = form_of(), Answers({"day": date(2026, 1, 6)})

    assert said(form, answers) == []
    assert said(form, answers, today=date(2026, 1, 6)) == []
    assert said(form, Answers(), today=date(2026, 1, 6)) == []
    assert said(form, answers, today=date(2026, 1, 5)) == [
        ("error", "future", "Day (Tue 6 Jan 2026) is in the future. Enter a date up to today, Mon 5 Jan 2026.")
    ]


CHAIN = form_of(
    variable("a", YES_NO),
    variable("c", YES_NO, show_if='[b] = "1"', required=True),
    variable("b", YES_NO, show_if='[a] = "1"', required=True),
)


@pytest.mark.parametrize(
    ("values", "concealed"),
    [
        ({}, {"b", "c"}),
        ({"a": False}, {"b", "c"}),
        ({"a": True}, {"c"}),
        ({"a": True, "b": True}, set()),
        ({"a": False, "b": True}, {"b", "c"}),
    ],
)
def test_skip_logic_hides_what_is_not_surely_asked(values, concealed):
    assert hidden(CHAIN, Answers(values)) == concealed


def test_unknown_answer_hides_what_depends_on_it():
    form = form_of(variable("a", YES_NO, missing=(MissingKind.UNKNOWN,)), variable("b", YES_NO, show_if="[a]"))

    assert hidden(form, Answers({}, {"a": MissingKind.UNKNOWN})) == {"b"}


def test_answers_that_are_hidden_get_a_note_and_are_cleared_on_completion():
    answers = Answers({"a": False, "c": True}, {"b": MissingKind.UNKNOWN})

    assert said(CHAIN, answers) == [
        ("note", "skip_logic", "C is not asked in this case; its answer (Yes) will be cleared. Check the answers before it if it should be asked."),
        ("note", "skip_logic", "B is not asked in this case; its answer (Unknown) will be cleared. Check the answers before it if it should be asked."),
    ]  # fmt: skip
    assert clear(CHAIN, answers) == Answers({"a": False})


BODY = form_of(
    variable("weight", VariableType.DECIMAL),
    variable("height", VariableType.DECIMAL),
    variable("obese", YES_NO, calculation="[bmi] >= 30"),
    variable("bmi", VariableType.DECIMAL, calculation="[weight] * 10000 / [height]^2", range=Range(hard_max=150)),
    variable("stone", INTEGER, calculation="[weight] / 6.35"),
    variable("advice", YES_NO, show_if="[obese]"),
    variable("first", DATE, calculation='min([day], "2026-01-05")', show_if="is_missing([height])"),
)


def test_calculations_follow_each_other_and_round_to_what_can_be_stored():
    answers = calculate(BODY, Answers({"weight": Decimal(93), "height": Decimal(175), "bmi": Decimal(1)}))

    assert answers.values == {
        "weight": 93,
        "height": 175,
        "bmi": Decimal("30.3673469388"),
        "obese": True,
        "stone": 15,
    }
    assert hidden(BODY, answers) == {"first"}


def test_calculation_without_its_parts_takes_the_old_result_back():
    answers = calculate(BODY, Answers({"weight": Decimal(93), "bmi": Decimal(1), "stone": 1, "obese": True}))

    assert answers.values == {"weight": 93, "stone": 15, "first": date(2026, 1, 5)}


def test_nobody_is_asked_for_a_calculated_value():
    assert (
        said(
            form_of(variable("twice", INTEGER, calculation="[n] * 2", required=True), variable("n", INTEGER)), Answers()
        )
        == []
    )


def test_calculate_keeps_what_skip_logic_hides():
    answers = calculate(BODY, Answers({"advice": True}, {"weight": MissingKind.UNKNOWN}))

    assert answers.values["advice"] is True
    assert answers.missing == {"weight": MissingKind.UNKNOWN}
    assert "advice" not in clear(BODY, answers).values


def test_impossible_result_points_to_what_it_is_computed_from():
    found = said(BODY, Answers({"weight": Decimal(93), "height": Decimal(10)}))

    assert found[0] == ("error", "hard_range", "9,300 is more than 150. Check what it is computed from.")


ORDER = Rule(
    name="order",
    when="[later] < [day]",
    severity=Severity.WARNING,
    message="Discharge ({later}) is before admission ({day}); weight {weight}.",
    remedy="Check both dates.",
    variables=("later", "day"),
)


def test_rule_speaks_with_the_answers_of_the_case():
    form = form_of(variable("later", DATE), variable("weight", INTEGER, units="kg"), rules=(ORDER,))

    [finding] = check(form, Answers({"day": date(2026, 1, 5), "later": date(2026, 1, 4)}))

    assert finding.message == "Discharge (Sun 4 Jan 2026) is before admission (Mon 5 Jan 2026); weight not answered."
    assert (finding.severity, finding.rule, finding.variable) == (Severity.WARNING, "order", "later")
    assert finding.variables == ("later", "day")
    assert placeholders(ORDER) == ["later", "day", "weight"]


def test_rule_that_is_false_or_cannot_tell_says_nothing():
    form = form_of(variable("later", DATE), rules=(replace(ORDER, message="x", variables=()),))

    day, before = {"day": date(2026, 1, 5)}, {"day": date(2026, 1, 5), "later": date(2026, 1, 4)}

    assert check(form, Answers(day)) == []
    assert check(form, Answers({**day, "later": date(2026, 1, 5)})) == []
    assert [finding.variable for finding in check(form, Answers(before))] == [None]


OPERATION_CASE = {
    "procedure": "1",
    "admission_date": date(2026, 9, 17),
    "age": 66,
    "sex": "1",
    "height_cm": Decimal(170),
    "weight_kg": Decimal(80),
    "asa_class": "3",
    "functional_status": "1",
    "smoker": False,
    "diabetes": "0",
    "comorbidities": ("0",),
    "haematocrit": Decimal(38),
    "operation_date": date(2026, 9, 18),
    "urgency": "1",
    "approach": "2",
    "incision_time": time(8, 41),
    "duration_min": 150,
    "wound_class": "2",
    "blood_loss_ml": 200,
    "on_antibiotics": False,
    "antibiotic_given": True,
    "antibiotic_time": time(8, 22),
    "vte_prophylaxis": "1",
    "pain_modalities": ("1", "2"),
    "recovery_temperature_c": Decimal("36.2"),
    "opioid_tablets": 10,
    "discharge_date": date(2026, 9, 22),
    "discharged_to": "1",
    "follow_up_complete": True,
    "died": False,
    "ssi": "0",
    "complications": ("0",),
    "readmitted": False,
}


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, []),
        ({"operation_date": date(2026, 9, 16)}, ["operation_before_admission"]),
        ({"discharge_date": date(2026, 9, 16)}, ["discharge_before_admission", "discharge_before_operation"]),
        ({"admission_date": date(2026, 7, 1)}, ["long_wait_for_operation"]),
        ({"discharge_date": date(2027, 9, 22)}, ["very_long_stay"]),
        ({"antibiotic_time": time(8, 52)}, ["antibiotic_after_incision"]),
        ({"antibiotic_time": time(23, 50), "incision_time": time(0, 10)}, []),
        ({"asa_class": "5"}, ["elective_and_moribund"]),
        ({"wound_class": "1"}, ["clean_colectomy"]),
        ({"comorbidities": ("0", "2")}, ["conditions_and_none"]),
        ({"pain_modalities": ("0", "6")}, ["pain_relief_and_none"]),
        ({"complications": ("0", "11")}, ["complications_and_none"]),
        ({"discharged_to": "3", "readmitted": None, "opioid_tablets": None}, ["died_here_but_alive"]),
        ({"ssi": "1", "ssi_date": date(2026, 9, 17)}, ["infection_before_operation"]),
        ({"ssi": "1", "ssi_date": date(2026, 10, 20)}, ["infection_after_day_30"]),
        ({"ssi": "3", "ssi_date": date(2026, 9, 25)}, ["organ_space_without_leak"]),
        ({"weight_kg": Decimal(320)}, ["soft_range", "soft_range"]),
        ({"vte_prophylaxis": "3"}, ["required"]),
        ({"readmitted": True}, ["required"]),
        ({"opioid_tablets": None}, ["required"]),
    ],
)
def test_surgical_form_finds_what_is_wrong_and_nothing_else(surgical, changes, rules):
    form = surgical.form("operation").latest.form
    values = {name: value for name, value in {**OPERATION_CASE, **changes}.items() if value is not None}

    assert [finding.rule for finding in check(form, Answers(values), today=date(2028, 1, 1))] == rules


def test_old_version_of_the_surgical_form_does_not_ask_what_came_later(surgical):
    history = surgical.form("operation")
    values = {
        **OPERATION_CASE,
        "operation_date": date(2025, 6, 30),
        "admission_date": date(2025, 6, 30),
        "discharge_date": date(2025, 7, 4),
    }
    values.pop("opioid_tablets")

    old, new = history.version_on(date(2025, 6, 30)), history.version_on(date(2025, 7, 1))

    assert (old.number, new.number) == (1, 2)
    assert check(old.form, Answers(values)) == []
    assert [finding.variable for finding in check(new.form, Answers(values))] == ["opioid_tablets"]


def test_check_of_a_case_is_fast(surgical):
    form, answers = surgical.form("operation").latest.form, Answers(OPERATION_CASE)
    check(form, answers)

    begun = perf_counter()
    for _ in range(50):
        check(form, answers)

    assert (perf_counter() - begun) / 50 < 0.005
