import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from riskstats import reliability
from riskstats.errors import NotConvergedError
from tests.riskstats.reference.tables import reference


R = reference("profiling")


# Degenerate cases first.
def test_hospitals_that_do_not_differ_have_no_reliability():
    assert_array_equal(reliability.signal_to_noise(0.0, [0.0, 0.1]), [0, 0])


def test_reliability_is_never_negative():
    assert_array_equal(reliability.signal_to_noise(0.1, [0.2, 0.1, 0.0]), [0, 0, 1])


@pytest.mark.parametrize(
    ("x", "n", "why"),
    [
        ([0, 0], [10, 20], "no events, or only events: no variation between hospitals can be seen"),
        ([10, 20], [10, 20], "no events, or only events: no variation between hospitals can be seen"),
        ([10, 20, 30], [100, 200, 300], "hospitals differ no more than by chance"),
        ([5], [20], "hospitals differ no more than by chance"),
        ([0, 1, 1, 0], [1, 1, 1, 1], "hospitals differ no more than by chance"),
    ],
)
def test_no_variation_is_the_boundary(x, n, why):
    result = reliability.beta_binomial(x, n)

    assert (result.alpha, result.beta, result.variance) == (np.inf, np.inf, 0)
    assert_array_equal(result.R, np.zeros(len(x)))
    assert_array_equal(result.shrunken, np.full(len(x), sum(x) / sum(n)))
    assert result.warnings == (why,)


def test_fit_that_does_not_converge_is_refused(monkeypatch):
    monkeypatch.setattr(reliability, "MOST_ITERATIONS", 2)

    with pytest.raises(NotConvergedError, match="expected a maximum within 2 steps, but got none"):
        reliability.beta_binomial([2, 30, 12, 40, 5], [40, 200, 150, 200, 60])


def test_hospital_without_cases_has_no_reliability():
    result = reliability.beta_binomial(R["x"], R["n"])

    assert (result.R[0], result.R_exact[0]) == (0, 0)
    assert result.shrunken[0] == pytest.approx(result.alpha / (result.alpha + result.beta))


def test_hospital_without_events_is_not_taken_for_perfectly_reliable():
    result = reliability.beta_binomial([0, 30, 12, 40, 5], [10, 200, 150, 200, 60])

    assert 0 < result.R[0] < 0.5


def test_very_large_variation_is_no_boundary():
    result = reliability.beta_binomial([0, 100, 0, 100], [100] * 4)

    assert result.alpha + result.beta < 1
    assert (result.R > 0.99).all()


# Reference values.
def test_beta_binomial_agrees_with_r():
    # optim on lbeta: reference/generate/profiling.R
    result = reliability.beta_binomial(R["x"], R["n"])

    a, b = R["beta_binomial"]
    p = (R["x"] + a) / (R["n"] + a + b)
    v = a * b / ((a + b) ** 2 * (a + b + 1))
    assert_allclose([result.alpha, result.beta], [a, b], rtol=1e-5)
    assert result.variance == pytest.approx(v, rel=1e-5)
    assert_allclose(result.shrunken, p, rtol=1e-5)
    assert_allclose(result.R[1:], v / (v + p * (1 - p) / np.maximum(R["n"], 1))[1:], rtol=1e-5)
    assert_allclose(result.R_exact, R["n"] / (R["n"] + a + b), rtol=1e-5)
    assert result.warnings == ()


def test_latent_icc_is_the_share_of_the_logistic_scale():
    assert_allclose(reliability.latent_icc([0, np.pi**2 / 3]), [0, 0.5])


def test_spearman_brown_of_no_cases_and_of_perfect_correlation():
    assert_allclose(reliability.spearman_brown([0.5, 1, 1, 0], [0, 0, 1, 50]), [0, 0, 1, 0])


@given(st.floats(0.001, 0.999), st.floats(0, 0.99))
def test_min_cases_inverts_spearman_brown(icc, wanted):
    n = reliability.min_cases(icc, wanted)

    assert reliability.spearman_brown(icc, n) == pytest.approx(wanted, abs=1e-9)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_reliability_grows_with_cases_for_the_same_proportion(seed):
    rng = np.random.default_rng(seed)
    n = np.array([20, 40, 80, 160, *rng.integers(20, 200, 6)])
    x = np.array([5, 10, 20, 40, *rng.binomial(n[4:], rng.beta(1, 3, 6))])

    result = reliability.beta_binomial(x, n)

    assert (np.diff(result.R_exact[:4]) > 0).all() or result.variance == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: reliability.signal_to_noise(-0.1, [0.1]), "expected sigma2 to be at least 0, but got -0.1"),
        (lambda: reliability.signal_to_noise(0.1, [-0.1]), "expected cond_var to be at least 0, but got -0.1"),
        (lambda: reliability.signal_to_noise(0.1, [np.nan]), "expected cond_var to be finite"),
        (lambda: reliability.beta_binomial([0], [0]), "expected at least one case, but got none in any hospital"),
        (lambda: reliability.beta_binomial([2], [1]), "expected x to be at most n, but got 2 of 1"),
        (lambda: reliability.beta_binomial([], []), "expected x to hold at least one value"),
        (lambda: reliability.latent_icc(-1), "expected sigma2 to be at least 0, but got -1"),
        (lambda: reliability.spearman_brown(1.5, 3), "expected icc to be at most 1, but got 1.5"),
        (lambda: reliability.spearman_brown(0.5, -3), "expected n to be at least 0, but got -3"),
        (lambda: reliability.min_cases(0, 0.5), "expected icc to be above 0, but got 0"),
        (lambda: reliability.min_cases(0.1, 1), "expected R to be below 1, but got 1"),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_no_variation_has_no_exact_reliability_either():
    assert_array_equal(reliability.beta_binomial([0, 0], [10, 20]).R_exact, [0, 0])


def test_variance_that_is_not_finite_is_refused_by_name():
    with pytest.raises(ValueError, match="expected sigma2 to be finite, but got nan"):
        reliability.signal_to_noise(np.nan, [0.1])
