"""The four outcomes, why, and what is missing; alone in Python and for many in PostgreSQL."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from time import perf_counter

import pytest

from measures.definition.answers import Answers
from measures.definition.evaluate import Outcome, OutcomeKind, compile_measure
from measures.definition.expression.errors import UnknownVariableError
from measures.definition.expression.sql import Sql, identifier
from measures.definition.outcomes_sql import cases_of, outcomes_sql
from measures.definition.spec import Direction, Domain, Exclusion, MeasureKind, MeasureSpec, MissingKind
from tests.measures.definition.conftest import Select, cases_in_sql
from tests.measures.definition.test_check import OPERATION_CASE


MET, NOT_MET = Outcome(OutcomeKind.MET), Outcome(OutcomeKind.NOT_MET)


def excluded(reason: str) -> Outcome:
    return Outcome(OutcomeKind.EXCLUDED, reason)


def cannot_tell(*missing: str) -> Outcome:
    return Outcome(OutcomeKind.CANNOT_TELL, missing=missing)


def measure(**changes) -> MeasureSpec:
    given = MeasureSpec(
        slug="m",
        name="M",
        short_name="M",
        kind=MeasureKind.PROPORTION,
        domain=Domain.OUTCOME,
        direction=Direction.LOWER,
        form="vectors",
    )
    return replace(given, **changes)


ADULTS = measure(
    population="[age] >= 18",
    exclusions=(
        Exclusion(name="moribund", label="ASA X", when='[asa] = "10"'),
        Exclusion(name="smoking", label="Smoker", when="[smoker]"),
    ),
    numerator="[died]",
)


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"age": 18, "asa": "1", "smoker": False, "died": True}, MET),
        ({"age": 18, "asa": "1", "smoker": False, "died": False}, NOT_MET),
        ({"age": 17, "asa": "1", "smoker": False, "died": True}, excluded("not_in_population")),
        ({"age": 17}, excluded("not_in_population")),
        ({"age": 18, "asa": "10", "smoker": True, "died": True}, excluded("moribund")),
        ({"age": 18, "asa": "10"}, excluded("moribund")),
        ({"age": 18, "asa": "1", "smoker": True}, excluded("smoking")),
        # An earlier exclusion that is unknown gives way to a later one that is true.
        ({"age": 18, "smoker": True}, excluded("smoking")),
        ({"asa": "10"}, excluded("moribund")),
        ({"age": 18, "smoker": False, "died": True}, cannot_tell("asa")),
        ({"age": 18, "asa": "1", "smoker": False}, cannot_tell("died")),
        ({"asa": "1", "smoker": False, "died": True}, cannot_tell("age")),
        ({}, cannot_tell("age", "died", "smoker", "asa")),
    ],
)
def test_first_reason_that_is_sure_decides(form, select: Select, values, outcome):
    answers = Answers(values)

    [(_, _, kind, reason, missing, value)] = select(outcomes_sql(form, [ADULTS], cases_in_sql([answers])))

    assert compile_measure(ADULTS, form)(answers) == outcome
    assert Outcome(OutcomeKind(kind), reason, tuple(missing), value) == outcome


@pytest.mark.parametrize(
    ("numerator", "values", "missing"),
    [
        ('[died] and ([smoker] or [asa] = "1")', {"smoker": True}, ["died"]),
        ('[died] and ([smoker] or [asa] = "1")', {"died": True}, ["smoker", "asa"]),
        ('[died] and ([smoker] or [asa] = "1")', {"died": True, "smoker": False}, ["asa"]),
        ('not ([died] or [asa] in ("1"))', {"died": False}, ["asa"]),
        ("sum([age], [weight]) > 3", {}, ["age", "weight"]),
        ("sum([age], [weight]) + [height] > 3", {"age": 1}, ["height"]),
        ("max([age], [weight]) > [height]", {}, ["age", "weight", "height"]),
        ("if([died], [smoker], [comorbidity(1)])", {}, ["died"]),
        ("if([died], [smoker], [comorbidity(1)])", {"died": True}, ["smoker"]),
        ("if([died], [smoker], [comorbidity(1)])", {"died": False}, ["comorbidity"]),
        ("if([died] or [smoker], [age], [weight]) > 3", {"died": True}, ["age"]),
        ("if(is_missing([age]), [weight], 1) > 3", {}, ["weight"]),
        ('datediff([day], [later], "d") > round([age] / 2)', {"day": date(2026, 1, 5)}, ["age", "later"]),
        ("[asa] >= 2 and [asa] >= 1", {}, ["asa"]),
        ("[age] / [weight] > 1", {"age": 1, "weight": Decimal(0)}, []),
    ],
)
def test_only_answers_that_matter_are_called_missing(form, select: Select, numerator, values, missing):
    spec, answers = measure(numerator=numerator), Answers(values)

    rows = select(outcomes_sql(form, [spec], cases_in_sql([answers])))

    assert compile_measure(spec, form)(answers) == cannot_tell(*missing)
    assert rows == [(0, "m", "cannot_tell", "", missing, None)]


def test_unknown_and_not_documented_are_missing_too(form):
    answers = Answers({"age": 18, "asa": "1", "smoker": False}, {"died": MissingKind.UNKNOWN})

    assert compile_measure(ADULTS, form)(answers) == cannot_tell("died")


@pytest.mark.parametrize(
    ("spec", "values", "outcome"),
    [
        (measure(kind=MeasureKind.CONTINUOUS, value="[weight] / 2"), {"weight": 3}, Outcome(OutcomeKind.MET, value=Decimal("1.5"))),
        (measure(kind=MeasureKind.CONTINUOUS, value="[weight] / 2"), {}, cannot_tell("weight")),
        (measure(kind=MeasureKind.RATE, numerator="[died]", value="[age]"), {"died": False, "age": 3}, Outcome(OutcomeKind.NOT_MET, value=Decimal(3))),
        (measure(kind=MeasureKind.RATE, numerator="[died]", value="[age]"), {"died": True}, cannot_tell("age")),
        (measure(kind=MeasureKind.RATE, numerator="[died]", value="[age]"), {"age": 3}, cannot_tell("died")),
        (measure(kind=MeasureKind.RATE, population="[smoker]", numerator="[died]", value="[age]"), {"age": 3, "died": True, "smoker": False}, excluded("not_in_population")),
    ],
)  # fmt: skip
def test_measures_with_a_value_carry_it(form, select: Select, spec, values, outcome):
    answers = Answers(values)

    [(_, _, kind, reason, missing, value)] = select(outcomes_sql(form, [spec], cases_in_sql([answers])))

    assert compile_measure(spec, form)(answers) == outcome
    assert Outcome(OutcomeKind(kind), reason, tuple(missing), value) == outcome


def test_measure_of_no_variable_counts_every_case(form, select: Select):
    spec = measure(numerator="true")

    assert select(outcomes_sql(form, [spec], cases_in_sql([Answers()]))) == [(0, "m", "met", "", [], None)]


def test_measure_that_does_not_fit_its_form_is_an_error_at_once(form):
    with pytest.raises(UnknownVariableError, match="diedd"):
        compile_measure(measure(numerator="[diedd]"), form)


def test_cases_are_chosen_by_table_and_condition():
    assert cases_of("cases_case", "form_id = %s AND NOT deleted", [7]) == Sql(
        'SELECT id, answers, missing FROM "cases_case" WHERE form_id = %s AND NOT deleted', (7,)
    )
    assert cases_of("cases_case").text.endswith('"cases_case" WHERE TRUE')


@pytest.mark.parametrize("name", ['x"; DROP TABLE cases; --', "Upper", "1st", "", "a" * 64, "é"])
def test_names_that_are_not_ours_never_reach_sql(name):
    with pytest.raises(ValueError, match="name must be small letters, digits and _"):
        identifier(name)


SURGICAL_OUTCOMES = [
    # what differs from a good case, then the outcome under each measure that is not "as usual"
    ({}, {}),
    ({"ssi": "2", "ssi_date": date(2026, 9, 25)}, {"ssi": MET}),
    ({"wound_class": "4"}, {"ssi": excluded("dirty_wound")}),
    ({"wound_class": MissingKind.UNKNOWN}, {"ssi": cannot_tell("wound_class")}),
    ({"ssi": MissingKind.UNKNOWN}, {"ssi": cannot_tell("ssi")}),
    ({"antibiotic_time": time(8, 41)}, {}),
    ({"antibiotic_time": time(7, 41)}, {}),
    ({"antibiotic_time": time(7, 40)}, {"antibiotic_timing": NOT_MET}),
    ({"antibiotic_time": time(8, 42)}, {"antibiotic_timing": NOT_MET}),
    ({"antibiotic_time": time(23, 50), "incision_time": time(0, 10)}, {}),
    ({"antibiotic_time": time(23, 0), "incision_time": time(0, 10)}, {"antibiotic_timing": NOT_MET}),
    ({"antibiotic_given": False, "antibiotic_time": None}, {"antibiotic_timing": NOT_MET}),
    ({"antibiotic_time": MissingKind.NOT_DOCUMENTED}, {"antibiotic_timing": cannot_tell("antibiotic_time")}),
    ({"on_antibiotics": True}, {"antibiotic_timing": excluded("already_on_antibiotics")}),
    ({"readmitted": True, "readmission_planned": False}, {"readmission": MET}),
    ({"readmitted": True, "readmission_planned": True}, {}),
    ({"readmitted": MissingKind.UNKNOWN}, {"readmission": cannot_tell("readmitted", "readmission_planned")}),
    (
        {"discharged_to": "3", "died": True, "readmitted": None, "opioid_tablets": None},
        {
            "readmission": excluded("died_in_hospital"),
            "long_stay": excluded("died_in_hospital"),
            "death_or_serious_complication": MET,
        },
    ),
    ({"pain_modalities": ("4",)}, {"multimodal_pain": NOT_MET}),
    ({"pain_modalities": ("0",)}, {"multimodal_pain": NOT_MET}),
    ({"complications": ("11",)}, {"death_or_serious_complication": MET}),
    ({"complications": MissingKind.UNKNOWN}, {"death_or_serious_complication": cannot_tell("complications")}),
    ({"vte_prophylaxis": "2", "vte_contraindicated": True}, {"vte_prophylaxis": excluded("contraindicated")}),
    ({"vte_prophylaxis": "3", "vte_contraindicated": False}, {"vte_prophylaxis": NOT_MET}),
    ({"recovery_temperature_c": Decimal("35.9")}, {"normothermia": NOT_MET}),
    ({"duration_min": 59}, {"normothermia": excluded("not_in_population")}),
    ({"discharge_date": date(2026, 9, 25)}, {}),
    ({"discharge_date": date(2026, 9, 26)}, {"long_stay": MET}),
    (
        {"procedure": "3"},
        {"long_stay": excluded("not_in_population"), "vte_prophylaxis": excluded("not_in_population")},
    ),
]
USUAL = {
    "ssi": NOT_MET,
    "antibiotic_timing": MET,
    "readmission": NOT_MET,
    "multimodal_pain": MET,
    "death_or_serious_complication": NOT_MET,
    "vte_prophylaxis": MET,
    "normothermia": MET,
    "long_stay": NOT_MET,
}


def surgical_case(changes) -> Answers:
    answers = Answers(OPERATION_CASE)
    for name, answer in changes.items():
        answers = answers.with_answer(name, answer)
    return answers


@pytest.mark.parametrize(("changes", "unusual"), SURGICAL_OUTCOMES, ids=lambda part: ",".join(part) or "good")
def test_surgical_measures_say_what_a_clinician_would(surgical, changes, unusual):
    merged, answers = surgical.form("operation").merged, surgical_case(changes)

    found = {spec.slug: compile_measure(spec, merged)(answers) for spec in surgical.measures if spec.slug in USUAL}

    assert found == {**USUAL, **unusual}


def test_all_surgical_cases_come_out_the_same_in_one_pass_of_sql(surgical, select: Select):
    """Of the eight that are written down above, and of those with a value as one case after the other has it."""
    cases, merged = [surgical_case(changes) for changes, _ in SURGICAL_OUTCOMES], surgical.form("operation").merged
    measures = [spec for spec in surgical.measures if not spec.is_aggregate]
    valued = {spec.slug: compile_measure(spec, merged) for spec in measures if spec.slug not in USUAL}

    rows = select(outcomes_sql(merged, measures, cases_in_sql(cases)))

    found = {
        (place, slug): Outcome(OutcomeKind(kind), reason, tuple(missing), value)
        for place, slug, kind, reason, missing, value in rows
    }
    assert found == {
        (place, slug): outcome
        for place, (_, unusual) in enumerate(SURGICAL_OUTCOMES)
        for slug, outcome in {**USUAL, **unusual, **{slug: of(cases[place]) for slug, of in valued.items()}}.items()
    }
    assert set(valued) == {"length_of_stay", "complications_by_days"}


def test_eight_measures_of_a_case_take_less_than_a_millisecond(surgical):
    merged, answers = surgical.form("operation").merged, Answers(OPERATION_CASE)
    evaluators = [compile_measure(spec, merged) for spec in surgical.measures if not spec.is_aggregate]

    begun = perf_counter()
    for _ in range(200):
        for evaluate in evaluators:
            evaluate(answers)

    assert (perf_counter() - begun) / 200 < 0.001
