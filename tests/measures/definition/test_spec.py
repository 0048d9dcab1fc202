"""Specs as values: versions, merging, JSON, digest."""

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from measures.definition.canonical import digest_of, from_json, to_json
from measures.definition.spec import (
    Code,
    CovariateKind,
    Definition,
    FormHistory,
    FormSpec,
    FormVersionSpec,
    ImportDefaults,
    MeasureSpec,
    Range,
    RiskModelSpec,
    Section,
    VariableSpec,
    VariableType,
    merge_versions,
)
from tests.measures.definition.conftest import example


def code(value: str, label: str) -> Code:
    return Code(value=value, label=label)


def asa(*codes: Code) -> VariableSpec:
    return VariableSpec(name="asa", label="ASA", type=VariableType.ONE_OF, section="all", codes=codes)


def form_of(*variables: VariableSpec, **changes) -> FormSpec:
    given = {"slug": "f", "name": "F", "case_noun": "case", "case_noun_plural": "cases", "event_date": "day"}
    return FormSpec(**given, sections=(Section(name="all", label="All"),), variables=variables, **changes)


AGE = VariableSpec(name="age", label="Age", type=VariableType.INTEGER, section="all")


@pytest.mark.parametrize("name", ["medicare_stays", "surgical"])
def test_definition_comes_back_from_json_the_same(name):
    definition = example(name)

    again = from_json(Definition, to_json(definition))

    assert again == definition
    assert digest_of(again) == digest_of(definition)


def test_bounds_and_constants_keep_their_type():
    moments = Range(
        hard_min=date(2026, 1, 5), hard_max=datetime.fromisoformat("2026-01-05 08:41"), soft_min=time(8, 41)
    )
    numbers = Range(hard_min=Decimal("0.5"), soft_max=3)
    imports = ImportDefaults(constants={"a": ("1", "2"), "b": True, "c": "x", "d": Decimal("1.50")})

    assert from_json(Range, to_json(moments)) == moments
    assert from_json(Range, to_json(numbers)) == numbers
    assert from_json(ImportDefaults, to_json(imports)) == imports


def test_json_leaves_out_what_is_as_by_default():
    assert to_json(AGE) == {"name": "age", "label": "Age", "type": "integer", "section": "all"}


def test_only_values_of_a_definition_have_json():
    with pytest.raises(TypeError, match=r"expected a value of a definition, but got 0\.5"):
        to_json(0.5)


@pytest.mark.parametrize(
    "data",
    [
        {"name": 1, "label": "Age", "type": "integer", "section": "all"},
        {"name": "age", "label": "Age", "type": "integer", "section": "all", "codes": "1"},
        {"name": "age", "label": "Age", "type": "integer", "section": "all", "required": 1},
        {"name": "age", "label": "Age", "type": "integer", "section": "all", "range": [1]},
        {"name": "age", "label": "Age", "type": 3, "section": "all"},
        {"name": "age"},
        [],
    ],
)
def test_json_that_does_not_fit_is_refused(data):
    with pytest.raises(TypeError):
        from_json(VariableSpec, data)


def test_digest_changes_with_what_is_asked_and_with_nothing_else():
    form = form_of(AGE)

    assert form.digest == form_of(AGE).digest
    assert hash(form) == hash(form_of(AGE))
    assert form.digest != form_of(replace(AGE, required=True)).digest


def test_version_in_force_is_that_of_the_day():
    first = FormVersionSpec(
        number=1, effective_from=date(2025, 1, 1), effective_to=date(2025, 6, 30), note="", form=form_of(AGE)
    )
    second = FormVersionSpec(number=2, effective_from=date(2025, 7, 1), effective_to=None, note="", form=form_of(AGE))
    history = FormHistory(slug="f", versions=(first, second))

    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2030, 1, 1)]

    assert [history.version_on(day) for day in days] == [None, first, first, second, second]
    assert history.latest == second


def test_merged_form_understands_cases_of_all_versions():
    old = form_of(asa(code("1", "I"), code("2", "Two")), AGE)
    new = form_of(asa(code("2", "II"), code("3", "III")))

    merged = merge_versions([old, new])

    assert merged.variables == (asa(code("1", "I"), code("2", "II"), code("3", "III")), AGE)
    assert merged.sections == new.sections


def test_parts_are_found_by_name(surgical):
    form = surgical.form("operation").latest.form

    assert form.variable("asa_class").label == "ASA class"
    assert [variable.name for variable in form.in_section("eligibility")] == [
        "procedure",
        "admission_date",
        "age",
        "surgeon_code",
    ]
    assert len(surgical.measures_of("operation")) == 10
    assert surgical.measures_of("other") == ()


def test_measures_and_risk_models_have_json_of_their_own(surgical):
    measure, model = surgical.measures[0], surgical.risk_models[0]

    assert from_json(MeasureSpec, to_json(measure)) == measure
    assert from_json(RiskModelSpec, to_json(model)) == model
    assert model.covariates[0].kind is CovariateKind.LINEAR
