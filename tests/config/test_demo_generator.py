"""The generator keeps its promises: valid cases, and a truth that can be found again."""

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from config.demo.answers import ENTERED_UNTIL, DemoCase, demo_cases
from config.demo.cast import PROGRAMME, SURGERY
from config.demo.generator import CASES, DAYS, Generated, covariate, generate
from config.demo.truth import BEHIND, LAST_DAY, MEASURES, SLOW
from measures.definition.answers import from_json, to_json
from measures.definition.check import check, clear
from measures.definition.file import load_definition
from measures.definition.spec import Definition, Severity
from riskstats.riskmodel import fit_logistic


RISK_ADJUSTED = ("ssi", "readmission", "death_or_serious_complication")


@pytest.fixture(scope="module")
def generated() -> Generated:
    return generate()


@pytest.fixture(scope="module")
def cases(generated: Generated) -> list[DemoCase]:
    return list(demo_cases(generated))


@pytest.fixture(scope="module")
def definition() -> Definition:
    path = Path(settings.BASE_DIR) / "examples" / "surgical" / "definition.yaml"
    return load_definition(path.read_text(encoding="utf-8"), path.name)


def test_generator_gives_the_same_cases_again(cases):
    again = list(demo_cases(generate()))

    assert again == cases


def test_generator_gives_24_000_cases_of_30_hospitals(cases):
    numbers = Counter(case.hospital for case in cases)

    assert len(cases) == CASES
    assert set(numbers) == set(PROGRAMME[SURGERY].hospitals)
    assert min(numbers.values()) < 150
    assert max(numbers.values()) > 3000
    assert len({(case.hospital, case.case_number) for case in cases}) == CASES


def test_complete_cases_are_what_the_form_would_have_stored(cases, definition):
    form = definition.form("operation")
    sample = [case for case in cases if case.complete][:: CASES // 500]

    for case in sample:
        spec = form.version_on(case.event_date).form
        answers = from_json(spec, case.answers, case.missing)
        findings = [found for found in check(spec, answers) if found.severity is not Severity.NOTE]
        stored = to_json(clear(spec, answers))

        assert [found.rule for found in findings if found.rule not in case.reasons] == []
        assert (stored.answers, stored.missing) == (case.answers, case.missing)
    assert len(sample) >= 480


def test_every_kind_of_gap_is_a_missing_kind_and_never_no(cases, definition):
    spec = definition.form("operation").latest.form
    kinds = {(name, kind) for case in cases for name, kind in case.missing.items()}

    assert all(kind in spec.variable(name).missing for name, kind in kinds)
    assert {kind for _, kind in kinds} == {"unknown", "not_documented", "not_applicable"}
    assert not any(case.answers.keys() & case.missing.keys() for case in cases)


def test_one_hospital_has_poorer_records(cases):
    gaps = Counter[str]()
    for case in cases:
        gaps[case.hospital] += len(case.missing.keys() - {"haematocrit"})
    shares = {
        hospital: gaps[hospital] / number for hospital, number in Counter(case.hospital for case in cases).items()
    }

    assert max(shares, key=shares.__getitem__) == "riverbend"
    assert shares["riverbend"] > 2 * float(np.median(list(shares.values())))


def test_the_last_month_of_some_hospitals_is_not_finished(cases):
    """Elsewhere only those cases are open whose thirty days are not over."""
    open_cases = [case for case in cases if not case.complete]
    behind = Counter(case.hospital for case in open_cases if case.event_date <= ENTERED_UNTIL)

    assert max(case.event_date for case in cases) == LAST_DAY
    assert min(case.event_date for case in open_cases) >= date(2026, 10, 1)
    assert set(behind) == {*BEHIND, *SLOW}
    assert max(behind[hospital] for hospital in SLOW) < 40
    assert not any("died" in case.answers for case in open_cases)


def test_outcomes_in_the_answers_are_those_that_were_drawn(generated, cases):
    """Coding, skip logic and gaps lose no event: what the form says is what the truth said."""
    for row, case in enumerate(cases):
        if case.complete and "ssi" in case.answers:
            assert (case.answers["ssi"] != "0") == generated.draw.met["ssi"][row]
        if case.complete and {"died", "complications"} <= case.answers.keys():
            serious = case.answers["died"] is True or case.answers["complications"] != ["0"]
            assert serious == generated.draw.met["death_or_serious_complication"][row]


@pytest.mark.parametrize("slug", RISK_ADJUSTED)
def test_a_pooled_model_finds_the_coefficients(generated, slug):
    """Within 3.5 standard errors of the truth, all of them; the time trend is a covariate here."""
    measure, draw = MEASURES[slug], generated.draw
    hospital = np.column_stack([draw.hospital == number for number in range(1, len(draw.hospitals))])
    terms = [*measure.terms]
    matrix = np.column_stack([*(covariate(draw, term) for term in terms), draw.day / DAYS, hospital])

    fit = fit_logistic(matrix, draw.met[slug].astype(float))

    found = dict(zip(terms, fit.coef[1:], strict=False))
    errors = dict(zip(terms, fit.se[1:], strict=False))
    off = {term: (found[term] - measure.terms[term]) / errors[term] for term in terms}
    assert {term: round(z, 2) for term, z in off.items() if abs(z) > 3.5} == {}


@pytest.mark.parametrize("slug", RISK_ADJUSTED)
def test_observed_over_expected_finds_better_and_worse_hospitals(generated, slug):
    measure, draw = MEASURES[slug], generated.draw
    matrix = np.column_stack([covariate(draw, term) for term in measure.terms])
    met = draw.met[slug].astype(float)
    expected = fit_logistic(matrix, met).predict(matrix)
    ratios = np.bincount(draw.hospital, met) / np.bincount(draw.hospital, expected)
    by_key = {hospital.key: ratio for hospital, ratio in zip(draw.hospitals, ratios, strict=True)}

    assert max(by_key[key] for key in generated.truth.better(slug)) < 0.85
    assert min(by_key[key] for key in generated.truth.worse(slug)) > 1.15


def test_infections_fall_everywhere_and_most_at_one_hospital(generated):
    draw, third = generated.draw, generated.draw.day * 3 // DAYS
    here = draw.by_hospital(lambda hospital: hospital.key == "st-brendans") > 0
    rates = [float(draw.met["ssi"][third == year].mean()) for year in range(3)]
    own = [float(draw.met["ssi"][here & (third == year)].mean()) for year in range(3)]

    assert rates == sorted(rates, reverse=True)
    assert 0.6 < rates[2] / rates[0] < 0.85
    assert own[2] / own[0] < 0.6
