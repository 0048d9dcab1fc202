import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from riskstats.ratios import count_ratios, smoothed_ratios


OBSERVED, EXPECTED = [0, 2, 30, 5, 18, 11], [1.5, 10.0, 20.0, 4.0, 21.0, 4.991]
# R 4.2.2: poisson.test(O, T = E), and pmin(1, 2 * pmin(ppois(O, E, lower = FALSE) + dpois(O, E) / 2,
# ppois(O - 1, E) + dpois(O, E) / 2)), printed to 12 digits.
RATIOS = [0.0, 0.2, 1.5, 1.25, 0.857142857143, 2.20396714085]
LOWER = [0.0, 0.0242209278544, 1.01204370107, 0.40587159753, 0.507997180019, 1.10021245587]
UPPER = [2.45925296941, 0.7224687667724, 2.14134326974, 2.91708301983, 1.354655250835, 3.94350601348]
P_MID = [0.2231301601484, 0.0032687949429, 0.0352928988055, 0.5860326777897, 0.5286431369185, 0.0189121184478]
# R 4.2.2, the formulas of Marshall 1991 written out.
SMOOTHED = [0.813650952932, 0.479226514553, 1.418811620509, 1.154556571438, 0.896678499362, 1.655623916771]
VARIANCE = 0.228368510595
numbers = st.lists(st.tuples(st.integers(0, 60), st.floats(0.05, 60.0)), min_size=1, max_size=30)


def test_hospitals_without_events_have_a_ratio_of_nothing():
    found = count_ratios([0, 0], [0.5, 30.0])

    assert_array_equal(found.oe, [0, 0])
    assert_array_equal(found.lo, [0, 0])
    assert_allclose(smoothed_ratios([0, 0], [0.5, 30.0]).smoothed, [0, 0])


@pytest.mark.parametrize(("observed", "expected"), [([5], [4.0]), ([3, 6, 9], [3.0, 6.0, 9.0])])
def test_hospitals_that_do_not_differ_are_all_told_the_mean(observed, expected):
    found = smoothed_ratios(observed, expected)

    assert found.variance == 0
    assert_allclose(found.smoothed, np.full(len(observed), sum(observed) / sum(expected)))


def test_ratios_agree_with_r():
    found = count_ratios(OBSERVED, EXPECTED)

    assert_allclose(found.oe, RATIOS, rtol=1e-11)
    assert_allclose(found.lo, LOWER, rtol=1e-11)
    assert_allclose(found.hi, UPPER, rtol=1e-11)
    assert_allclose(found.p_mid, P_MID, rtol=1e-11)
    assert_allclose(found.z, (np.array(OBSERVED) - EXPECTED) / np.sqrt(EXPECTED))


def test_smoothed_ratios_agree_with_r():
    found = smoothed_ratios(OBSERVED, EXPECTED)

    assert found.variance == pytest.approx(VARIANCE, rel=1e-11)
    assert_allclose(found.smoothed, SMOOTHED, rtol=1e-11)


def test_new_york_2010_and_2016():
    """Hospitals of the State's reports: 11 deaths in 310 cases, rate expected 1.61 %, and none in 306, 1.48 %."""
    rate, expected = 149 / 9421, [310 * 0.0161, 306 * 0.0148]
    found = count_ratios([11, 0], expected)

    assert_allclose(found.oe[0] * rate * 100, 3.48, atol=0.015)
    assert_allclose([found.lo[0] * rate * 100, found.hi[0] * rate * 100], [1.73, 6.22], atol=0.025)
    assert found.oe[1] == 0


@given(numbers)
def test_smoothed_ratios_lie_between_own_and_mean(pairs):
    observed, expected = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found, ratios = smoothed_ratios(observed, expected), np.array(observed) / expected

    assert (found.weight >= 0).all()
    assert (found.weight <= 1).all()
    low, high = np.minimum(ratios, found.mean), np.maximum(ratios, found.mean)
    assert ((found.smoothed >= low - 1e-9) & (found.smoothed <= high + 1e-9)).all()


@given(numbers)
def test_interval_holds_the_ratio_and_the_p_value_is_one(pairs):
    found = count_ratios([pair[0] for pair in pairs], [pair[1] for pair in pairs])

    assert ((found.lo <= found.oe) & (found.oe <= found.hi)).all()
    assert ((found.p_mid >= 0) & (found.p_mid <= 1)).all()
