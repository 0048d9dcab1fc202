import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from riskstats.errors import NotConvergedError
from riskstats.providers import fit_random_intercept, posterior, predicted_expected, random_intercept
from tests.riskstats.simulated import collaborative


DATA = collaborative(12, 80, seed=21)
FIT = fit_random_intercept(DATA.X, DATA.y, DATA.group)


def test_ratio_is_the_hospital_against_the_average_with_the_same_patients():
    result = predicted_expected(FIT, DATA.X, DATA.group)

    eta = FIT.beta[0] + DATA.X @ FIT.beta[1:]
    for hospital in range(12):
        own = eta[DATA.group == hospital]
        assert result.E[hospital] == pytest.approx(special.expit(own).sum())
        assert result.P[hospital] == pytest.approx(special.expit(own + FIT.u[hospital]).sum())
    assert_allclose(result.ratio, result.P / result.E)
    assert_allclose(result.rsrr, result.ratio * DATA.y.mean())
    assert result.warnings == ()


def test_no_variation_gives_ratios_of_one():
    y = np.tile([1, 0, 0, 0, 0, 1, 0, 0, 0, 0], 12)
    group = np.repeat(range(12), 10)
    fit = fit_random_intercept(np.zeros((120, 0)), y, group)

    assert_array_equal(predicted_expected(fit, np.zeros((120, 0)), group).ratio, np.ones(12))


def test_contrasts_of_the_posterior_can_take_the_place_of_the_modes():
    effect = posterior(FIT, DATA.X, DATA.y, DATA.group).mean

    result = predicted_expected(FIT, DATA.X, DATA.group, effect=effect)

    assert (np.sign(result.ratio - 1) == np.sign(effect)).all()


def test_unknown_hospitals_are_average_and_hospitals_without_cases_have_no_ratio():
    rows = DATA.group != 3

    result = predicted_expected(FIT, DATA.X[rows], np.where(DATA.group[rows] == 5, 13, DATA.group[rows]))

    assert result.ratio[13] == 1
    assert np.isnan(result.ratio[[3, 5, 12]]).all()
    assert result.warnings == (
        "hospital 13 is not in the fit: taken as average",
        "hospital 3 has no case",
        "hospital 5 has no case",
        "hospital 12 has no case",
    )


def test_trials_and_offsets_enter_both():
    m, offset = np.full(3, 10), np.full(3, 0.5)

    result = predicted_expected(FIT, np.zeros((3, 4)), [0, 1, 2], m=m, offset=offset)

    assert_allclose(result.E[:3], 10 * special.expit(FIT.beta[0] + 0.5))


def test_fit_that_did_not_converge_is_refused(monkeypatch):
    monkeypatch.setattr(random_intercept, "MOST_ITERATIONS", 1)
    fit = fit_random_intercept(DATA.X, DATA.y, DATA.group)

    with pytest.raises(NotConvergedError):
        predicted_expected(fit, DATA.X, DATA.group)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((DATA.X[:, :2], DATA.group), {}, "expected X to have 4 columns like the fit, but got 2"),
        ((DATA.X, DATA.group[:5]), {}, "same length, but got X"),
        ((DATA.X, DATA.group), {"effect": [np.nan]}, "expected effect to be finite"),
        ((DATA.X, -DATA.group), {}, "expected group to be at least 0"),
    ],
)
def test_nonsense_is_refused_in_words(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        predicted_expected(FIT, *arguments, **options)


def test_overall_share_is_that_of_the_fit():
    fit = fit_random_intercept(DATA.X, DATA.y, DATA.group)

    assert predicted_expected(fit, DATA.X, DATA.group).overall == fit.overall == pytest.approx(DATA.y.mean())


def test_trials_below_one_are_refused():
    fit = fit_random_intercept(DATA.X, DATA.y, DATA.group)

    with pytest.raises(ValueError, match="expected m to be at least 1, but got 0"):
        predicted_expected(fit, DATA.X, DATA.group, m=np.zeros(len(DATA.y)))
