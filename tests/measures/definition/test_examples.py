"""The definitions that come with the program."""

import pytest

from measures.definition.answers import Answers
from measures.definition.check import check
from measures.definition.compiled import compile_form
from measures.definition.evaluate import compile_measure
from measures.definition.spec import VariableType
from measures.definition.values import parse_value
from tests.measures.definition.conftest import example


EXAMPLES = ["medicare_stays", "surgical"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_form_and_measure_compiles(name):
    definition = example(name)

    for history in definition.forms:
        for version in history.versions:
            compile_form(version.form)
    for measure in definition.measures:
        if measure.is_aggregate:
            continue  # its figures are supplied, so it asks no case
        compile_measure(measure, definition.form(measure.form).merged)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_measure_says_why_it_matters_and_what_one_can_do(name):
    for measure in example(name).measures:
        assert all(
            [measure.why_it_matters, measure.what_you_can_do, measure.author, measure.checker, measure.next_review_on]
        )


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_question_has_a_definition(name):
    undefined = [
        variable.name for form in example(name).forms for variable in form.merged.variables if not variable.definition
    ]

    assert undefined == []


def test_surgical_form_uses_every_kind_of_variable_but_moments(surgical):
    form = surgical.form("operation").merged

    assert {variable.type for variable in form.variables} == set(VariableType) - {VariableType.DATETIME}
    assert len(form.variables) == 38
    assert [len(form.in_section(section.name)) for section in form.sections] == [4, 10, 7, 8, 9]


def test_row_of_the_medicare_file_becomes_a_case_without_findings():
    form = example("medicare_stays").form("stay").latest.form
    row = {"los": "9", "hmo": "1", "white": "0", "died": "0", "age80": "1", "type": "3"}

    values = {name: parse_value(form.variable(name), text) for name, text in row.items()}
    answers = Answers({**form.imports.constants, **values})

    assert check(form, answers) == []
    assert answers.values == {
        **form.imports.constants,
        "los": 9,
        "hmo": True,
        "white": False,
        "died": False,
        "age80": True,
        "type": "3",
    }


def test_medicare_model_has_the_covariates_of_the_published_one():
    definition = example("medicare_stays")
    [model], measure = definition.risk_models, definition.measures[0]

    assert [(covariate.variable, covariate.reference) for covariate in model.covariates] == [
        ("age80", None),
        ("type", "1"),
        ("white", None),
        ("hmo", None),
    ]
    assert (model.outcome, measure.slug, measure.risk_model) == ("in_hospital_death", "in_hospital_death", "death_1991")
    assert definition.collaborative.policy.minimum_cases == 11
