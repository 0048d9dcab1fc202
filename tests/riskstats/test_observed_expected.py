import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from riskstats import intervals
from riskstats.intervals import poisson_binomial
from riskstats.providers import observed_expected
from tests.riskstats.reference.tables import reference


R = reference("observed")
NEW_YORK = Path(__file__).parents[3] / "shared" / "data" / "ny_cardiac.csv"


def test_hospital_without_expected_events_has_no_ratio():
    # Code 1 has no case, code 2 only cases without any risk.
    result = observed_expected([1, 0, 0, 0], [0.5, 0.25, 0, 0], [0, 0, 2, 2])

    assert_array_equal(result.n, [2, 0, 2])
    assert_array_equal(result.E, [0.75, 0, 0])
    for values in (result.oe, result.rar, result.lo, result.hi, result.z, result.p_mid):
        assert np.isnan(values).tolist() == [False, True, True]
    assert result.warnings == ("hospital 1: no events expected, no ratio", "hospital 2: no events expected, no ratio")


def test_hospital_without_events_has_a_ratio_of_0_and_an_upper_limit():
    result = observed_expected([0, 0, 1], [0.5, 0.5, 0.5], [0, 0, 1])

    assert (result.oe[0], result.lo[0]) == (0, 0)
    assert result.hi[0] == pytest.approx(-np.log(0.025))


def test_certain_cases_leave_no_variance_to_judge_by():
    result = observed_expected([1, 1, 0], [1, 1, 0.5], [0, 0, 1])

    assert (result.oe[0], result.p_mid[0], result.V[0]) == (1, 1, 0)
    assert np.isnan(result.z[0])


def test_very_large_hospital_says_that_its_p_value_is_approximate(monkeypatch):
    monkeypatch.setattr(poisson_binomial, "EXACT_UP_TO", 100)
    p = np.full(200, 0.1)

    result = observed_expected(np.arange(200) < 25, p, np.arange(200) >= 150)

    assert result.warnings == ("hospital 0: 150 cases: normal distribution corrected for skewness",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [0.1, np.nan], [0, 1]), "expected p to be finite, but got nan at position 1"),
        (([0, 1], [0.1, 1.1], [0, 1]), "expected p to lie between 0 and 1, but got 1.1"),
        (([0, 3], [0.1, 0.1], [0, 1]), "expected y to hold only 0 and 1, but got 3"),
        (([0, 1], [0.1, 0.1], [0, -1]), "expected group to be at least 0, but got -1"),
        (([0, 1], [0.1, 0.1], [0, 0.5]), "expected group to hold whole numbers, but got 0.5"),
        (([0, 1], [0.1, 0.1], [[0, 1]]), r"expected group to have one dimension, but got shape \(1, 2\)"),
        (([0, 1], [0.1, 0.1], [0]), "same length, but got y 2, p 2, group 1"),
        (([], [], []), "expected y to hold at least one value"),
        (([0, 1], [0.1, 0.1], [0, 1], 1.0), "expected level to lie strictly between 0 and 1, but got 1.0"),
    ],
)
def test_nonsense_is_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        observed_expected(*arguments)


def test_unknown_interval_is_refused():
    with pytest.raises(ValueError, match="expected interval to be one of byar, exact, midp, but got 'wald'"):
        observed_expected([0, 1], [0.1, 0.1], [0, 1], interval="wald")


def test_agrees_with_r():
    # tapply, poisson.test, convolution case by case: reference/generate/observed.R
    result = observed_expected(R["y"], R["p"], R["group"], interval="exact")

    assert_array_equal(result.n, R["n"])
    assert_allclose(result.O, R["O"])
    assert_allclose(result.E, R["E"])
    assert_allclose(result.V, R["V"])
    assert_allclose(result.z, R["z"])
    assert_allclose(result.oe, R["O"] / R["E"])
    assert_allclose(result.lo, R["lo"])
    assert_allclose(result.hi, R["hi"])
    assert_allclose(result.p_mid, R["p_mid"], rtol=1e-10)
    assert_allclose(result.rar, R["O"] / R["E"] * R["y"].mean())
    assert result.overall == R["y"].mean()


@pytest.mark.parametrize(("interval", "method"), [("byar", intervals.byar), ("midp", intervals.poisson_midp)])
def test_limits_are_those_of_the_count_over_the_expected_events(interval, method):
    result = observed_expected(R["y"], R["p"], R["group"], 0.998, interval=interval)

    lo, hi = method(R["O"], 0.998)
    assert_allclose(result.lo * R["E"], lo)
    assert_allclose(result.hi * R["E"], hi)


@given(st.integers(0, 2**32 - 1))
def test_order_of_rows_does_not_matter(seed):
    order = np.random.default_rng(seed).permutation(len(R["y"]))

    result = observed_expected(R["y"][order], R["p"][order], R["group"][order])

    assert_allclose(result.p_mid, R["p_mid"], rtol=1e-10)
    assert_allclose(result.E, R["E"])


@pytest.mark.parametrize(
    ("cases", "deaths", "rate", "statewide", "printed"),
    [
        # New York State CABG (STATISTICS 9): 2010, 149 deaths of 9,421; 2016, 145 of 8,693.
        (310, 11, 1.61, 100 * 149 / 9421, (3.48, 1.73, 6.22)),
        (306, 0, 1.48, 100 * 145 / 8693, (0.00, 0.00, 1.35)),
    ],
)
def test_new_york_risk_adjusted_rate(cases, deaths, rate, statewide, printed):
    expected = cases * rate / 100

    lo, hi = intervals.poisson_exact(deaths)

    # The expected rate is printed with three digits.
    assert_allclose([x / expected * statewide for x in (deaths, lo, hi)], printed, rtol=0.008, atol=0.005)


@pytest.mark.skipif(not NEW_YORK.exists(), reason="the real reports lie beside the repository, never inside it")
def test_new_york_verdicts_come_out():
    with NEW_YORK.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["Comparison Results"] != "Statewide Rate"]
    report = [(row["Procedure"], row["Year of Hospital Discharge"]) for row in rows]
    cases, deaths = (np.array([float(row[f"Number of {what}"]) for row in rows]) for what in ("Cases", "Deaths"))
    expected_rate, printed = (
        np.array([float(row[name]) for row in rows])
        for name in ("Expected Mortality Rate", "Upper Limit of Confidence Interval")
    )
    group = np.unique(report, axis=0, return_inverse=True)[1]
    statewide = (np.bincount(group, deaths) / np.bincount(group, cases))[group]

    lo, hi = (limit * statewide / (cases * expected_rate / 100) for limit in intervals.poisson_exact(deaths))

    verdict = np.where(lo > statewide, "higher than", np.where(hi < statewide, "lower than", "not different"))
    published = np.array([row["Comparison Results"] for row in rows])
    differing = np.char.find(published, verdict) < 0
    clear = np.minimum(np.abs(lo / statewide - 1), np.abs(hi / statewide - 1)) > 0.01
    assert len(rows) > 2000
    assert differing[clear].sum() == 0
    assert np.median(np.abs(hi * 100 / printed - 1)) < 0.005
