import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from riskstats.errors import ModelRefusedError, NotConvergedError, TooFewHospitalsError
from riskstats.providers import _grouped, fit_lmm, linear
from tests.riskstats.reference.tables import reference


R = reference("providers")
X = np.column_stack([R["days_age"], R["days_urgent"]])
CASES = (X, R["days_y"], R["days_group"])


# Degenerate cases first.
def test_one_hospital_is_refused():
    with pytest.raises(TooFewHospitalsError, match="expected at least 2 hospitals with cases, but got 1"):
        fit_lmm(X, R["days_y"], np.zeros(500))


def test_outcome_without_variation_is_refused():
    with pytest.raises(ModelRefusedError, match="expected an outcome that varies"):
        fit_lmm(X, np.ones(500), R["days_group"])


def test_too_few_cases_are_refused():
    with pytest.raises(ModelRefusedError, match="expected more cases than coefficients, but got 3 and 2"):
        fit_lmm([[1], [2], [4]], [1, 2, 2], [0, 1, 1])


@pytest.mark.parametrize("reml", [True, False])
def test_hospitals_that_do_not_differ_are_the_boundary(reml):
    y = np.tile([1.0, 2.0, 3.0, 4.0], 6)

    fit = fit_lmm(np.zeros((24, 0)), y, np.repeat(range(6), 4), reml)

    assert fit.boundary
    assert fit.sigma_u == 0
    assert_array_equal(fit.u, np.zeros(6))
    assert fit.sigma == pytest.approx(y.std(ddof=1 if reml else 0))
    assert fit.warnings == ("no detectable variation between hospitals: sigma_u is 0",)


def test_hospitals_that_explain_everything_leave_little_within():
    y = np.repeat([1.0, 5.0, 9.0, 2.0], 5) + np.tile([0, 1, -1, 2, -2], 4) / 1000

    fit = fit_lmm(np.zeros((20, 0)), y, np.repeat(range(4), 5))

    assert fit.sigma_u == pytest.approx(np.std([1, 5, 9, 2], ddof=1), rel=1e-3)
    assert fit.sigma == pytest.approx(np.sqrt(10 / 4) / 1000, rel=1e-4)


def test_fit_that_does_not_converge_is_refused(monkeypatch):
    monkeypatch.setattr(linear, "MOST_ITERATIONS", 2)

    with pytest.raises(NotConvergedError, match="expected a minimum within 2 steps, but got none"):
        fit_lmm(X, R["days_y"], R["days_group"])


def test_hospital_without_cases_has_no_effect():
    fit = fit_lmm(X, R["days_y"], R["days_group"] + 1)

    assert (fit.u[0], fit.cond_sd[0]) == (0, fit.sigma_u)
    assert fit.warnings == ("hospital 0 has no case",)


def test_constant_and_dependent_columns_are_left_out():
    fit, plain = fit_lmm(np.column_stack([X, np.ones(500), 2 * X[:, 0]]), *CASES[1:]), fit_lmm(*CASES)

    assert fit.dropped == (2, 3)
    assert_allclose(fit.beta, [*plain.beta, 0, 0], rtol=1e-9)
    assert fit.criterion == pytest.approx(plain.criterion, abs=1e-8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, R["days_y"][:5], R["days_group"]), "expected X to have 5 rows like the outcome, but got 500"),
        ((X, R["days_y"], R["days_group"][:5]), "same length, but got y 500, group 5, offset 500"),
        ((X, np.full(500, np.nan), R["days_group"]), "expected y to be finite"),
        ((X, [], []), "expected y to hold at least one value"),
    ],
)
def test_nonsense_is_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit_lmm(*arguments)


# Reference values.
@pytest.mark.parametrize("reml", [True, False])
def test_agrees_with_lmer(reml):
    # lmer(REML), bobyqa to 1e-12: reference/generate/providers.R
    fit = fit_lmm(*CASES, reml)

    name = "reml" if reml else "ml"
    assert_allclose([fit.sigma_u, fit.sigma], R[f"{name}_sigmas"], rtol=1e-6)
    assert_allclose(fit.beta, R[f"{name}_beta"], rtol=1e-6)
    assert_allclose(fit.cov.ravel(), R[f"{name}_cov"], rtol=1e-5)
    assert_allclose(fit.u, R[f"{name}_u"], atol=1e-6)
    assert_allclose(fit.cond_sd, R[f"{name}_cond_sd"], rtol=1e-5)
    assert fit.criterion == pytest.approx(R[f"{name}_criterion"][0], abs=1e-7)
    assert fit.warnings == ()


# Properties.
def test_balanced_groups_agree_with_the_analysis_of_variance():
    y = R["days_y"][:60].reshape(6, 10) + np.arange(6)[:, None]

    fit = fit_lmm(np.zeros((60, 0)), y.ravel(), np.repeat(range(6), 10))

    within = y.var(axis=1, ddof=1).mean()
    assert fit.sigma**2 == pytest.approx(within, rel=1e-6)
    assert fit.sigma_u**2 == pytest.approx(y.mean(axis=1).var(ddof=1) - within / 10, rel=1e-6)


def test_units_scale_the_result():
    days, hours = fit_lmm(*CASES), fit_lmm(X, 24 * R["days_y"] + 100, R["days_group"])

    assert_allclose([hours.sigma, hours.sigma_u], [24 * days.sigma, 24 * days.sigma_u], rtol=1e-6)
    assert_allclose(hours.u, 24 * days.u, rtol=1e-5)
    assert_allclose(hours.beta, 24 * days.beta + [100, 0, 0], rtol=1e-5)


def test_blocks_and_order_do_not_change_the_result(monkeypatch):
    order = np.random.default_rng(1).permutation(500)
    whole = fit_lmm(*CASES)
    monkeypatch.setattr(_grouped, "BLOCK", 50)

    result = fit_lmm(*(each[order] for each in CASES))

    assert_allclose(result.u, whole.u, atol=1e-8)


def test_fit_says_how_and_of_what_it_is():
    fit = fit_lmm(X, R["days_y"], R["days_group"], reml=False, names=["a", "b"])

    assert (fit.reml, fit.names) == (False, ("a", "b"))
    assert fit_lmm(X, R["days_y"], R["days_group"]).reml is True


def test_one_case_more_than_coefficients_need_is_enough():
    y, group = [1.0, 2.0, 4.0, 3.0], [0, 0, 1, 1]

    assert fit_lmm([[0.0], [1.0], [1.0], [3.0]], y, group).sigma > 0
