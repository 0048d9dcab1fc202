"""The numbers of measures whose cases carry a value: rate, ratio, continuous. From slices made by hand."""

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from feedback.enums import Reading
from feedback.selectors.slices import Codes, Slice, pack, unpack
from feedback.services.numbers.measure import compute_measure
from feedback.services.numbers.scales import is_lone, sample_of, step_of
from feedback.services.numbers.tally import month_of
from feedback.services.numbers.values import MeasureInput, MeasureNumbers
from measures.definition.spec import Average, Direction, Domain, MeasureKind, MeasureSpec
from privacy.disclosure import DisclosureRules
from riskstats.intervals import byar
from tests.feedback.test_measure_numbers import FORM
from tests.worlds.slices import slice_of


DAY = date(2026, 2, 10)
RATE = MeasureSpec(
    slug="clabsi",
    name="Line infection",
    short_name="Line infection",
    kind=MeasureKind.RATE,
    domain=Domain.OUTCOME,
    direction=Direction.LOWER,
    form="operation",
    numerator="[day] = [day]",
    value="[age]",
    value_unit="line days",
    per=1000,
)
TIME = MeasureSpec(
    slug="minutes",
    name="Time to antibiotic",
    short_name="Time to antibiotic",
    kind=MeasureKind.CONTINUOUS,
    domain=Domain.PROCESS,
    direction=Direction.LOWER,
    form="operation",
    value="[age]",
    value_unit="minutes",
    decimals=1,
)


def cases(values: Sequence[float], *, met: int | None = None, days: Sequence[date] | date = DAY) -> Slice:
    """Of so many cases the first `met` have the event; all, where the measure has none."""
    events = len(values) if met is None else met
    columns = slice_of("m" * events + "n" * (len(values) - events), days)
    return replace(columns, values=array("d", values))


def compute(slices: Mapping[int, Slice], measure: MeasureSpec) -> MeasureNumbers:
    return compute_measure(
        MeasureInput(
            measure=measure,
            form=FORM,
            risk_model=None,
            slices=slices,
            window_from=date(2026, 1, 1),
            window_to=date(2026, 6, 30),
            rules=DisclosureRules(),
        )
    )


def times(middle: float, count: int = 30) -> Slice:
    """Around a geometric mean, half of them as many times longer as the others are shorter."""
    return cases([middle * factor for factor in (0.8, 1.25) for _ in range(count // 2)])


EIGHT = {key: times(40.0) for key in range(1, 7)} | {7: times(60.0), 8: times(25.0)}
WARDS = {key: cases([20.0] * 50, met=4) for key in range(1, 12)} | {
    12: cases([20.0] * 50, met=20),
    13: cases([60.0] * 50, met=2),
}


def test_a_rate_is_events_by_what_the_cases_bring_with_the_interval_of_byar() -> None:
    site = compute(WARDS, RATE).sites[12]
    limits = byar(20, 0.95)

    assert site.rate == pytest.approx(20 / 1000)
    assert (site.rate_low, site.rate_high) == pytest.approx((float(limits.lo) / 1000, float(limits.hi) / 1000))
    assert (site.denominator, site.observed, site.values["total"]) == (50, 20, 1000.0)


def test_the_rate_of_all_is_the_sum_by_the_sum_and_hospitals_read_by_it() -> None:
    numbers = compute(WARDS, RATE)

    assert numbers.pooled.rate == pytest.approx((11 * 4 + 20 + 2) / (12 * 1000 + 3000))
    assert (numbers.sites[12].reading, numbers.sites[13].reading) == (Reading.WORSE, Reading.BETTER)
    assert numbers.sites[1].reading is Reading.AS_EXPECTED


def test_the_gap_of_a_rate_is_in_events_to_the_benchmark_that_members_see() -> None:
    numbers = compute(WARDS, RATE)
    step = float(str(numbers.pooled.values["step"]))
    shown = round((numbers.pooled.benchmark or 0.0) / step) * step

    assert numbers.sites[12].gap == math.ceil(20 - 1000 * shown - 1e-9)


def test_the_funnel_of_a_rate_is_poisson_around_the_rate_of_all() -> None:
    funnel = compute(WARDS, RATE).pooled.funnel

    assert (funnel["kind"], funnel["target"]) == ("rate", pytest.approx(66 / 15000))
    # Of 13.2 expected: two are below the exact 99.8% limit of 4.7 (qchisq(0.001, 26.4) / 2), too.
    assert funnel["flags"] == {"12": "high", "13": "low"}


def test_a_case_without_its_value_counts_for_nothing() -> None:
    site = compute(WARDS | {1: cases([20.0] * 49 + [math.nan], met=4)}, RATE).sites[1]

    assert site.values["total"] == 980.0


def test_a_geometric_mean_with_students_interval_on_the_logarithms() -> None:
    site = compute(EIGHT, TIME).sites[1]
    logs = np.log(np.repeat([32.0, 50.0], 15))
    reach = 2.045229642132703 * logs.std(ddof=1) / math.sqrt(30)  # qt(0.975, 29)

    assert site.rate == pytest.approx(40.0)
    assert (site.rate_low, site.rate_high) == pytest.approx((40 * math.exp(-reach), 40 * math.exp(reach)))


def test_typical_values_are_compared_by_geometric_means() -> None:
    numbers = compute(EIGHT, TIME)
    overall = math.exp((6 * math.log(40) + math.log(60) + math.log(25)) / 8)
    slow = numbers.sites[7]

    assert numbers.pooled.rate == pytest.approx(overall)
    assert (slow.reading, numbers.sites[8].reading, slow.gap) == (Reading.WORSE, Reading.BETTER, None)


def test_means_are_compared_where_values_may_be_below_nothing() -> None:
    plain = replace(TIME, average=Average.ARITHMETIC)
    slices = {key: cases([-2.0, 0.0, 2.0] * 10) for key in range(1, 7)} | {7: cases([1.0, 3.0, 5.0] * 10)}
    numbers = compute(slices, plain)

    assert numbers.pooled.rate == pytest.approx(3 / 7)
    assert numbers.sites[7].reading is Reading.WORSE


def test_median_and_quartiles_need_eight_cases_and_never_name_the_ends() -> None:
    sites = compute(EIGHT | {9: cases([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0])}, TIME).sites

    assert "median" not in sites[9].values
    assert set(sites[1].values) == {"total", "lone", "lower", "median", "upper"}


def test_zero_stands_for_half_of_the_last_decimal_where_logarithms_are_taken() -> None:
    sample = sample_of(cases([0.0, 1.0]), TIME)

    assert sample.scaled.tolist() == pytest.approx([math.log(0.05), 0.0])


@pytest.mark.parametrize(
    ("values", "lone"),
    [([20.0] * 12, False), ([20.0] * 11 + [500.0], True), ([20.0], True), ([20.0, 21.0, 22.0, 19.0, 18.0], False)],
)
def test_one_case_that_is_most_of_a_value_is_noticed(values: list[float], *, lone: bool) -> None:
    assert is_lone(RATE, sample_of(cases(values, met=1), RATE)) is lone


def test_a_hospital_that_brings_most_of_the_exposure_stops_the_comparison() -> None:
    numbers = compute(WARDS | {14: cases([400.0] * 50, met=40)}, RATE)

    assert (numbers.pooled.benchmark, numbers.pooled.values) == (None, {})
    assert {site.reading for site in numbers.sites.values()} == {Reading.TOO_FEW}


@pytest.mark.parametrize(
    ("measure", "overall", "step"),
    [
        (RATE, 0.0023, 0.0002),
        (RATE, 0.5, 0.05),
        (TIME, 35.0, 1.0),
        (TIME, 0.2, 0.1),
        (replace(TIME, decimals=3), 0.2, 0.005),
    ],
)
def test_told_values_are_rounded_to_a_share_of_the_value_of_all_or_more(
    measure: MeasureSpec, overall: float, step: float
) -> None:
    assert step_of(measure, overall, []) == step


def test_strata_have_values_of_their_own() -> None:
    columns = replace(times(40.0), strata={"urgency": Codes(("1", "2"), array("h", [0] * 15 + [1] * 15))})
    site = compute(EIGHT | {1: columns}, replace(TIME, stratifiers=("urgency",))).sites[1]

    assert [(each["stratum"], each["denominator"]) for each in site.strata] == [("urgency=1", 15), ("urgency=2", 15)]
    assert [each["rate"] for each in site.strata] == pytest.approx([32.0, 50.0])


def test_quarters_add_up_what_was_kept_of_the_months_before() -> None:
    history = ((month_of(date(2025, 11, 1)), 2, 10),)
    sums = ((month_of(date(2025, 11, 1)), 240.0, 20.0, 20.0),)
    site = compute(WARDS | {1: replace(WARDS[1], history=history, sums=sums)}, RATE).sites[1]

    assert [(point["quarter"], point["total"], point["value"]) for point in site.trend] == [
        ("2025-Q4", 240.0, pytest.approx(2 / 240)),
        ("2026-Q1", 1000.0, pytest.approx(4 / 1000)),
        ("2026-Q2", 0.0, None),
    ]


def monthly(values: Sequence[float], months: int, *, met: int | None = None) -> Slice:
    """The same cases in every month from January 2024 on."""
    found = [date(2024 + at // 12, at % 12 + 1, 5) for at in range(months)]
    columns = cases(list(values) * months, days=[day for day in found for _ in values])
    letters = "".join("m" if met is None or at % len(values) < met else "n" for at in range(len(columns)))
    return replace(columns, outcomes=letters)


def test_over_time_a_rate_is_a_u_chart_and_a_typical_value_its_monthly_median() -> None:
    window = (date(2024, 1, 1), date(2025, 6, 30))
    charts = {}
    for measure, columns in ((RATE, monthly([10.0] * 12, 18, met=2)), (TIME, monthly([20.0, 40.0, 60.0] * 4, 18))):
        given = MeasureInput(
            measure=measure,
            form=FORM,
            risk_model=None,
            slices={1: columns},
            window_from=window[0],
            window_to=window[1],
            rules=DisclosureRules(),
        )
        charts[measure.slug] = compute_measure(given).sites[1].control

    assert (charts["clabsi"]["chart"], charts["clabsi"]["centre"]) == ("u", pytest.approx(2 / 120))
    assert (charts["minutes"]["chart"], charts["minutes"]["centre"]) == ("median", 40.0)


def test_values_survive_the_snapshot_and_slices_of_proportions_keep_their_digest() -> None:
    columns = replace(times(40.0), sums=((24310, 1.5, 2.0, 3.0),))

    assert unpack(pack(columns).payload) == columns
    assert pack(replace(columns, values=None)).digest == pack(replace(columns, values=None, sums=())).digest
