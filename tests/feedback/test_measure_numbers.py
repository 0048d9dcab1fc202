"""The numbers of one measure, from slices made by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from feedback.enums import Reading
from feedback.selectors.slices import Slice
from feedback.services.numbers.measure import compute_measure
from feedback.services.numbers.tally import quarter_of
from feedback.services.numbers.values import MeasureInput, MeasureNumbers
from measures.definition.spec import (
    Code,
    Covariate,
    CovariateKind,
    Direction,
    Domain,
    Exclusion,
    FormSpec,
    MeasureKind,
    MeasureSpec,
    RiskModelSpec,
    Section,
    VariableSpec,
    VariableType,
)
from privacy.disclosure import DisclosureRules
from riskstats.errors import ModelRefusedError
from tests.worlds.slices import column_of, slice_of


FORM = FormSpec(
    slug="operation",
    name="Operation",
    case_noun="operation",
    case_noun_plural="operations",
    event_date="day",
    sections=(Section(name="all", label="All"),),
    variables=(
        VariableSpec(name="day", label="Day", type=VariableType.DATE, section="all"),
        VariableSpec(name="age", label="Age", type=VariableType.INTEGER, section="all"),
        VariableSpec(
            name="urgency",
            label="Urgency",
            type=VariableType.ONE_OF,
            section="all",
            codes=(Code(value="1", label="Planned"), Code(value="2", label="Urgent")),
        ),
    ),
)
MODEL = RiskModelSpec(
    slug="model",
    name="Infection model",
    form="operation",
    method="pooled_logistic",
    outcome="ssi",
    covariates=(Covariate(variable="urgency", kind=CovariateKind.CATEGORY, reference="1"),),
)
QUARTER = quarter_of(date(2026, 1, 1))


def measure(direction: Direction, *, adjusted: bool = False) -> MeasureSpec:
    return MeasureSpec(
        slug="ssi",
        name="Infection",
        short_name="Infection",
        kind=MeasureKind.PROPORTION,
        domain=Domain.OUTCOME,
        direction=direction,
        form="operation",
        exclusions=(Exclusion(name="child", label="Under 18", when="[day] = [day]"),),
        risk_model="model" if adjusted else None,
    )


def hospital(met: int, not_met: int, *, urgent: int = 0, spread: int = 37) -> Slice:
    """Cases of one hospital, `urgent` of them urgent, spread over those with and without the outcome."""
    cases = met + not_met
    codes = ["2" if at * spread % cases < urgent else "1" for at in range(cases)]
    return slice_of("m" * met + "n" * not_met, date(2026, 1, 1), covariates={"urgency": codes})


def compute(
    slices: Mapping[int, Slice],
    direction: Direction = Direction.LOWER,
    *,
    adjusted: bool = False,
    model: RiskModelSpec = MODEL,
) -> MeasureNumbers:
    return compute_measure(
        MeasureInput(
            measure=measure(direction, adjusted=adjusted),
            form=FORM,
            risk_model=model if adjusted else None,
            slices=slices,
            window_from=date(2026, 1, 1),
            window_to=date(2026, 6, 30),
            rules=DisclosureRules(),
        )
    )


EIGHT = {key: hospital(10, 90) for key in range(1, 7)} | {7: hospital(30, 70), 8: hospital(1, 99)}


@pytest.mark.parametrize(
    ("direction", "many", "few"),
    [(Direction.LOWER, Reading.WORSE, Reading.BETTER), (Direction.HIGHER, Reading.BETTER, Reading.WORSE)],
)
def test_interval_that_excludes_the_collaborative_gives_the_reading(
    direction: Direction, many: Reading, few: Reading
) -> None:
    sites = compute(EIGHT, direction).sites

    assert (sites[1].reading, sites[7].reading, sites[8].reading) == (Reading.AS_EXPECTED, many, few)


def test_gap_is_counted_in_patients_to_the_benchmark_that_members_see() -> None:
    numbers = compute(EIGHT)

    # Benchmark: hospital 8 alone has the tenth of 800 cases, 1 of 100. Eight hospitals, one leader: not shown.
    assert (numbers.pooled.benchmark, numbers.pooled.benchmark_hospitals) == (0.01, 1)
    assert {site.gap for site in numbers.sites.values()} == {None}


def test_gap_of_many_hospitals_is_shown() -> None:
    sites = compute({key: hospital(10, 90) for key in range(1, 12)} | {12: hospital(1, 99), 13: hospital(3, 97)}).sites

    # The best two have 4 events in 200 cases: 2 %.
    assert (sites[1].gap, sites[12].gap, sites[13].gap) == (8, 0, 1)


def test_hospital_with_few_cases_is_not_compared() -> None:
    site = compute(EIGHT | {9: hospital(9, 1)}).sites[9]

    assert (site.reading, site.gap, site.rate) == (Reading.TOO_FEW, None, 0.9)


def test_few_hospitals_are_not_compared_and_no_model_is_fitted() -> None:
    numbers = compute({key: hospital(10, 90, urgent=50) for key in range(1, 6)}, adjusted=True)

    assert (numbers.fit, numbers.pooled.expected, numbers.pooled.benchmark) == (None, None, None)
    assert {(site.reading, site.oe, site.gap) for site in numbers.sites.values()} == {(Reading.TOO_FEW, None, None)}


def test_dominating_hospital_stops_the_comparison() -> None:
    slices = {key: hospital(2, 10) for key in range(1, 8)} | {8: hospital(200, 800)}

    assert compute(slices).pooled.benchmark is None


def test_expected_events_add_up_and_better_care_of_harder_cases_is_seen() -> None:
    slices = {key: hospital(10, 90, urgent=20) for key in range(1, 7)} | {7: hospital(10, 90, urgent=90)}
    slices |= {8: hospital(30, 70, urgent=60)}
    numbers = compute(slices, adjusted=True)
    expected = [site.expected or 0.0 for site in numbers.sites.values()]

    assert sum(expected) == pytest.approx(numbers.pooled.observed, rel=1e-6)
    assert expected[6] > expected[0]
    assert (numbers.sites[7].adjusted_rate or 1) < (numbers.sites[1].adjusted_rate or 0)


def test_model_that_predicts_perfectly_is_refused() -> None:
    slices = {key: hospital(10, 90, urgent=10, spread=1) for key in range(1, 9)}

    with pytest.raises(ModelRefusedError, match="urgency"):
        compute(slices, adjusted=True)


def test_covariate_that_nobody_answered_is_refused_in_words() -> None:
    empty = {"age": column_of([None] * 100)}
    slices = {key: replace(hospital(10, 90), covariates=empty) for key in range(1, 9)}
    model = replace(MODEL, covariates=(Covariate(variable="age", kind=CovariateKind.LINEAR),))

    with pytest.raises(ModelRefusedError, match="Infection model: expected at least one value of age"):
        compute(slices, adjusted=True, model=model)


def test_funnel_of_few_hospitals_says_that_overdispersion_was_not_assessed() -> None:
    funnel = compute(EIGHT).pooled.funnel

    assert (funnel["note"], funnel["overdispersed"]) == (
        "8 hospitals: over-dispersion was not assessed, at least 10 are needed.",
        {},
    )


def test_funnel_of_ten_hospitals_flags_those_beyond_the_wider_limits() -> None:
    slices = {key: hospital(10, 90) for key in range(1, 12)} | {12: hospital(60, 40), 13: hospital(0, 100)}
    funnel = compute(slices).pooled.funnel

    assert (funnel["flags"], funnel["note"]) == ({"12": "high", "13": "low"}, "")


def test_nobody_with_the_outcome_has_no_funnel() -> None:
    assert compute({key: hospital(0, 100) for key in range(1, 9)}).pooled.funnel == {
        "note": "Every or no case has the outcome, so there are no limits to draw."
    }


def test_hospital_without_cases_has_a_row_without_numbers() -> None:
    site = compute(EIGHT | {9: Slice()}).sites[9]

    assert (site.cases, site.denominator, site.rate, site.reading) == (0, 0, None, Reading.TOO_FEW)


def test_trend_begins_where_the_first_counts_are() -> None:
    earlier = replace(hospital(10, 90), history=((3 * (QUARTER - 2), 1, 9),))
    numbers = compute(EIGHT | {1: earlier})

    assert numbers.sites[1].trend == [
        {"quarter": "2025-Q3", "denominator": 10, "observed": 1},
        {"quarter": "2025-Q4", "denominator": 0, "observed": 0},
        {"quarter": "2026-Q1", "denominator": 100, "observed": 10},
        {"quarter": "2026-Q2", "denominator": 0, "observed": 0},
    ]
    assert numbers.pooled.trend[0] == {"quarter": "2025-Q3", "denominator": 10, "observed": 1}
