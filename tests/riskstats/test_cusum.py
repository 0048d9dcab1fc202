import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from riskstats import cusum as module
from riskstats.cusum import arl, cusum, limit_for_arl, llr, vlad
from tests.riskstats.reference.tables import reference


R = reference("monitoring")
MIX, SHARES = [0.02, 0.05, 0.20], [0.5, 0.3, 0.2]


# Degenerate cases first.
def test_no_case_beyond_the_limit_is_no_signal():
    result = cusum([-1.0, -1.0], 3)

    assert_array_equal(result.s, [0, 0])
    assert not result.signal.any()


def test_limit_is_reached_not_passed():
    assert cusum([0.5, 0.5], 1.0).signal.tolist() == [False, True]


def test_without_reset_the_sum_goes_on():
    kept, reset = cusum([1.0, 1.0, 0.5], 1.0, reset=False), cusum([1.0, 1.0, 0.5], 1.0)

    assert_array_equal(kept.s, [1, 2, 2.5])
    assert kept.signal.all()
    assert_array_equal(reset.s, [1, 1, 0.5])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: llr([1], [1.0], 2), "expected p to lie strictly between 0 and 1, but got 1 at position 0"),
        (lambda: llr([1], [0.0], 2), "expected p to lie strictly between 0 and 1, but got 0 at position 0"),
        (lambda: llr([2], [0.5], 2), "expected y to hold only 0 and 1, but got 2"),
        (lambda: llr([1, 0], [0.5], 2), "same length, but got y 2, p 1"),
        (lambda: llr([1], [0.5], 0), "expected ra to lie strictly between 0 and inf, but got 0"),
        (lambda: llr([1], [0.5], 2, -1), "expected r0 to lie strictly between 0 and inf, but got -1"),
        (lambda: llr([1], [0.5], 1), "expected ra to differ from r0, but got 1 for both"),
        (lambda: cusum([np.nan], 1), "expected w to be finite"),
        (lambda: cusum([1], 0), "expected h to lie strictly between 0 and inf, but got 0"),
        (lambda: vlad([1], [1.5]), "expected p to lie between 0 and 1, but got 1.5"),
        (lambda: vlad([1], [0.5, 0.5]), "same length"),
        (lambda: arl([0.0], None, 1, 2), "expected p to lie strictly between 0 and 1"),
        (lambda: arl([0.1], [0], 1, 2), "expected weights to hold a value above 0, but got only 0"),
        (lambda: arl([0.1], [1, 1], 1, 2), "same length, but got p 1, weights 2"),
        (lambda: arl([0.1], None, 0, 2), "expected h to lie strictly between 0 and inf, but got 0"),
        (lambda: arl([0.1], None, 1, 2, 0), "expected rq to lie strictly between 0 and inf, but got 0"),
        (lambda: arl([0.1], None, 1, 2, states=5), "expected states to be at least 10, but got 5"),
        (lambda: limit_for_arl([0.1], None, 2, 1), "expected arl0 to lie strictly between 1 and inf, but got 1"),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_run_length_beyond_reach_is_refused(monkeypatch):
    monkeypatch.setattr(module, "LARGEST_LIMIT", 1.5)

    with pytest.raises(ValueError, match=r"expected arl0 within reach of a limit of 1\.5, but got 1e"):
        limit_for_arl(MIX, SHARES, 2, 1e6)


# Published and reference values.
def test_weights_of_steiner():
    # Steiner 2000: logit p = -3.68 + 0.077 Parsonnet, odds ratio 2: -0.024 and 0.67 at score 0, -0.43 and 0.26 at 50.
    risk = 1 / (1 + np.exp(3.68 - 0.077 * np.array([0, 0, 50, 50])))

    weights = llr([0, 1, 0, 1], risk, 2)

    assert_allclose(weights, [-0.024, 0.67, -0.43, 0.26], atol=5e-3)
    assert_allclose(weights[[0]], [-0.024], atol=5e-4)


def test_run_length_on_a_lattice_is_exact():
    # Steps of +2 and -1 units and a limit of 6 units; linear equations solved in R: reference/generate/monitoring.R
    length = module._run_length(np.array([-1.0, 2.0]), np.array([0.7, 0.3]), 6.0, 600)

    assert length == pytest.approx(R["lattice_arl"][0], rel=1e-9)


@pytest.mark.parametrize("rq", [1.0, 2.0])
def test_run_length_agrees_with_simulation(rq):
    rng = np.random.default_rng(8)
    p = rng.choice(MIX, 400_000, p=SHARES)
    y = rng.random(400_000) < rq * p / (1 - p + rq * p)

    signals = np.flatnonzero(cusum(llr(y, p, 2), 2.0).signal)

    assert arl(MIX, SHARES, 2.0, 2, rq) == pytest.approx(np.diff(signals).mean(), rel=0.06)


def test_run_length_for_improvement_agrees_with_simulation():
    rng = np.random.default_rng(9)
    p = rng.choice(MIX, 400_000, p=SHARES)
    y = rng.random(400_000) < p

    signals = np.flatnonzero(cusum(llr(y, p, 0.5), 1.5).signal)

    assert arl(MIX, SHARES, 1.5, 0.5) == pytest.approx(np.diff(signals).mean(), rel=0.06)


def test_finer_chains_agree():
    coarse, fine = (arl(MIX, SHARES, 3.0, 2, states=states) for states in (300, 1200))

    assert coarse == pytest.approx(fine, rel=0.005)


# Properties.
@pytest.mark.parametrize("ra", [2, 0.5])
@pytest.mark.parametrize("arl0", [50, *(pytest.param(arl0, marks=pytest.mark.slow) for arl0 in (1000, 20_000))])
def test_limit_keeps_its_run_length(ra, arl0):
    h = limit_for_arl(MIX, SHARES, ra, arl0, states=200)

    assert arl0 <= arl(MIX, SHARES, h, ra, states=200) <= arl0 * 1.01


def test_cases_of_a_year_and_their_frequencies_have_the_same_run_length():
    assert arl([0.02] * 5 + [0.05] * 3 + [0.2] * 2, None, 2.0, 2) == pytest.approx(arl(MIX, SHARES, 2.0, 2))


def test_odds_ratio_in_control_shifts_the_weights():
    risk = np.array([0.1, 0.3])

    assert_allclose(llr([0, 1], risk, 3, 1.5), llr([0, 1], 1.5 * risk / (1 - risk + 1.5 * risk), 2))
    assert arl(risk, None, 2.0, 3, 1.5, r0=1.5) == pytest.approx(
        arl(1.5 * risk / (1 - risk + 1.5 * risk), None, 2.0, 2)
    )


def test_limit_for_another_odds_ratio_in_control_is_that_of_the_shifted_risks():
    risk = np.array([0.1, 0.3])

    ours = limit_for_arl(risk, [0.8, 0.2], 3, 60, states=60, r0=1.5)

    assert ours == pytest.approx(limit_for_arl(1.5 * risk / (1 - risk + 1.5 * risk), [0.8, 0.2], 2, 60, states=60))


@given(st.lists(st.tuples(st.booleans(), st.floats(0.001, 0.999)), min_size=1, max_size=50), st.floats(0.5, 5))
def test_paths_follow_their_recursion(cases, h):
    y, p = np.array(cases, dtype=float).T
    weights = llr(y, p, 2)

    result = cusum(weights, h)

    before = np.concatenate([[0], np.where(result.signal, 0, result.s)[:-1]])
    assert_allclose(result.s, np.maximum(0, before + weights))
    assert_array_equal(result.signal, result.s >= h)
    assert vlad(y, p)[-1] == pytest.approx(sum(p) - sum(y))
