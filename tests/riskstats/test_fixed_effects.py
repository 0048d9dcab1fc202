import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from riskstats.errors import ModelRefusedError, NotConvergedError, SeparationError
from riskstats.intervals import poisson_binomial
from riskstats.providers import _grouped, fixed, fixed_effects
from tests.riskstats.reference.tables import reference
from tests.riskstats.simulated import collaborative


R = reference("providers")
X = np.column_stack([R["fixed_x"], R["fixed_urgent"]])
CASES = (X, R["fixed_y"], R["fixed_group"])


# Degenerate cases first.
def test_small_hospitals_are_left_out():
    result = fixed_effects(*CASES, cutoff=16)
    without = fixed_effects(*(each[~np.isin(R["fixed_group"], [1, 5])] for each in CASES))

    assert result.included.tolist() == [True, False, True, True, True, False, True, True, True]
    assert np.isnan(result.gamma[[1, 5]]).all()
    assert_allclose(result.gamma, without.gamma, rtol=1e-8)
    assert result.warnings == (
        "hospital 1 has 15 cases, fewer than 16: left out",
        "hospital 5 has 10 cases, fewer than 16: left out",
    )
    assert_array_equal(result.flag()[[1, 5]], [0, 0])


def test_nobody_large_enough_is_refused():
    with pytest.raises(ModelRefusedError, match="expected a hospital with at least 201 cases, but got at most 200"):
        fixed_effects(*CASES, cutoff=201)


def test_hospital_code_without_cases_is_left_out():
    result = fixed_effects(CASES[0], CASES[1], CASES[2] + 1)

    assert np.isnan(result.gamma[0])
    assert result.n[0] == 0
    assert result.warnings == ("hospital 0 has 0 cases, fewer than 10: left out",)


def test_hospitals_without_or_with_only_events_are_held_at_the_bound():
    x, y, group = (
        np.concatenate(pair)
        for pair in zip(CASES, (np.zeros((40, 2)), np.repeat([0, 1], 20), np.repeat([9, 10], 20)), strict=True)
    )

    result = fixed_effects(x, y, group)
    alone = fixed_effects(*CASES)

    middle = np.median(result.gamma)
    assert_allclose(result.gamma[9:], [middle - 10, middle + 10], atol=1e-6)
    assert np.isinf(result.se_gamma[9:]).all()
    # Held effects carry no information about the coefficients.
    assert_allclose(result.beta, alone.beta, atol=1e-3)
    assert_allclose(result.gamma[:9], alone.gamma, atol=1e-3)
    assert result.ratio_indirect[9] == 0
    assert result.flag(0.95)[9:].tolist() == [-1, 1]
    assert result.warnings == (
        "hospital 9 has no events, or only events: held at the bound",
        "hospital 10 has no events, or only events: held at the bound",
    )


def test_one_hospital_is_its_own_median():
    result = fixed_effects(np.zeros((20, 0)), np.arange(20) < 5, np.zeros(20))

    assert_allclose([result.gamma[0], result.null, result.E[0]], [np.log(1 / 3), np.log(1 / 3), 5])
    assert_allclose(result.se_gamma[0], np.sqrt(1 / 5 + 1 / 15))
    assert result.p_exact[0] == pytest.approx(1, abs=0.05)
    assert (len(result.beta), result.cov_beta.shape) == (0, (0, 0))


def test_constant_and_dependent_columns_are_left_out():
    wide = np.column_stack([X, np.ones(len(X)), X[:, 0] + X[:, 1]])

    result, plain = fixed_effects(wide, *CASES[1:]), fixed_effects(*CASES)

    assert result.dropped == (2, 3)
    assert_allclose(result.beta, [*plain.beta, 0, 0], atol=1e-9)
    assert_allclose(result.gamma, plain.gamma, atol=1e-9)
    assert result.warnings[0] == "column 2 is the same in every case and was left out"


def test_separation_names_the_covariate():
    rare = np.zeros(len(X))
    rare[np.flatnonzero(R["fixed_y"] == 0)[:6]] = 1

    with pytest.raises(SeparationError, match="predict the outcome perfectly: dialysis"):
        fixed_effects(np.column_stack([X[:, 0], rare]), *CASES[1:], names=["age", "dialysis"])


def test_fit_that_does_not_converge_is_refused(monkeypatch):
    monkeypatch.setattr(fixed, "MOST_ITERATIONS", 1)

    with pytest.raises(NotConvergedError, match="expected a maximum within 1 steps, but got a decrement of"):
        fixed_effects(*CASES)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (CASES, {"cutoff": 0}, "expected cutoff to be at least 1, but got 0"),
        (CASES, {"bound": 0}, "expected bound to lie strictly between 0 and inf, but got 0"),
        (CASES, {"null": "best"}, "expected null to be median, mean or a number, but got 'best'"),
        (CASES, {"null": np.nan}, "expected null to lie strictly between -inf and inf, but got nan"),
        ((X, CASES[1] * 2, CASES[2]), {}, "expected y to hold only 0 and 1, but got 2"),
        ((X[:5], *CASES[1:]), {}, "expected X to have 676 rows like the outcome, but got 5"),
        ((X, CASES[1], CASES[2][:3]), {}, "same length, but got y 676, group 3"),
        ((X, np.zeros(676), CASES[2]), {}, "expected both events and non-events"),
    ],
)
def test_nonsense_is_refused_in_words(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        fixed_effects(*arguments, **options)


# Reference values.
@pytest.mark.parametrize("null", ["median", "mean"])
def test_agrees_with_a_factor_in_glm(null):
    # glm(y ~ 0 + factor(group) + x), exact tests case by case: reference/generate/providers.R
    result = fixed_effects(*CASES, null=null)

    assert_allclose(result.beta, R["fixed_beta"], rtol=1e-7)
    assert_allclose(result.cov_beta.ravel(), R["fixed_cov_beta"], rtol=1e-6)
    assert_allclose(result.gamma, R["fixed_gamma"], atol=1e-7)
    assert_allclose(result.se_gamma, R["fixed_se_gamma"], rtol=1e-6)
    assert result.null == pytest.approx(R[f"fixed_null_{null}"][0], abs=1e-7)
    assert_allclose(result.E, R[f"fixed_E_{null}"], rtol=1e-7)
    assert_allclose(result.z_score, R[f"fixed_z_{null}"], atol=1e-6)
    assert_allclose(result.p_exact, R[f"fixed_p_{null}"], rtol=1e-6)
    assert_allclose(result.ratio_direct, R["fixed_direct"], rtol=1e-7)
    assert_allclose(result.ratio_indirect, result.O / result.E)
    assert_allclose(result.rate_indirect, result.ratio_indirect * R["fixed_y"].mean())
    assert_array_equal(result.flag(0.95), np.where(R[f"fixed_p_{null}"] < 0.05, np.sign(R[f"fixed_z_{null}"]), 0))


def test_null_can_be_a_number():
    result = fixed_effects(*CASES, null=-1.0)

    risks = special.expit(-1.0 + X @ result.beta)
    assert_allclose(result.E, np.bincount(R["fixed_group"].astype(int), risks), rtol=1e-9)
    assert result.null == pytest.approx(-1.0)


# Properties.
def test_score_equations_hold():
    data = collaborative(20, 100, seed=31, intercept=-1)

    result = fixed_effects(data.X, data.y, data.group)

    risks = special.expit(result.gamma[data.group] + data.X @ result.beta)
    assert_allclose(np.bincount(data.group, data.y - risks), 0, atol=1e-6)
    assert_allclose(data.X.T @ (data.y - risks), 0, atol=1e-6)


def test_blocks_and_order_do_not_change_the_result(monkeypatch):
    order = np.random.default_rng(1).permutation(len(X))
    whole = fixed_effects(*CASES)
    monkeypatch.setattr(_grouped, "BLOCK", 50)

    result = fixed_effects(*(each[order] for each in CASES))

    assert_allclose(result.gamma, whole.gamma, atol=1e-9)


def test_very_large_hospital_says_that_its_p_value_is_approximate(monkeypatch):
    monkeypatch.setattr(poisson_binomial, "EXACT_UP_TO", 150)

    assert fixed_effects(*CASES).warnings == ("hospital 2: 200 cases: normal distribution corrected for skewness",)


def test_wild_start_is_reached_by_shorter_steps():
    # A quarter of one small hospital's cases have the event, and hardly any elsewhere: the first step is far too long.
    y = np.concatenate([np.tile([1] + [0] * 199, 10), [1] * 5 + [0] * 15])
    group = np.repeat(range(11), [200] * 10 + [20])

    result = fixed_effects(np.zeros((2020, 0)), y, group)

    assert_allclose(result.gamma, [-np.log(199)] * 10 + [-np.log(3)], rtol=1e-8)


def test_fit_tells_its_steps_and_the_overall_share():
    result = fixed_effects(*CASES)

    assert 1 <= result.iterations <= 20
    assert result.overall == pytest.approx(CASES[1].mean())
    assert_allclose(result.rate_indirect, result.ratio_indirect * result.overall)


def test_hospital_codes_without_cases_at_the_end_do_not_exist_and_between_are_left_out():
    shifted = fixed_effects(X, CASES[1], CASES[2] + 2)

    assert len(shifted.gamma) == len(fixed_effects(*CASES).gamma) + 2
    assert shifted.included.tolist()[:3] == [False, False, True]


def test_one_case_is_a_hospital_when_asked():
    assert fixed_effects(*CASES, cutoff=1).included.all()


def test_flags_need_a_level():
    with pytest.raises(ValueError, match="expected level to lie strictly between 0 and 1, but got 1"):
        fixed_effects(*CASES).flag(1)


def test_last_hospital_left_out_keeps_its_place():
    y, group = np.r_[CASES[1], [1, 0, 0]], np.r_[CASES[2], [9] * 3]

    result = fixed_effects(np.vstack([X, X[:3]]), y, group)

    assert len(result.gamma) == len(result.n) == 10
    assert np.isnan(result.gamma[9])
    assert not result.included[9]
    assert_allclose(result.gamma[:9], fixed_effects(*CASES).gamma, rtol=1e-8)
