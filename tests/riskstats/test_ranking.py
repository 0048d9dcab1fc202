import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from riskstats.ranking import expected_ranks, p_top, positive_deviants, ranks_from_draws
from tests.riskstats.reference.tables import reference


R = reference("monitoring")


# Degenerate cases first.
def test_one_hospital_has_rank_one():
    ranks, posterior = expected_ranks([0.3], [0.1]), ranks_from_draws([[0.3], [0.1]])

    assert (ranks.rank[0], ranks.pcer[0], ranks.sucra[0]) == (1, 50, 1)
    assert p_top([0.3], [0.1], 1)[0] == pytest.approx(1)
    assert (posterior.mean[0], posterior.lo[0], posterior.hi[0], posterior.p_top[0, 0]) == (1, 1, 1, 1)


def test_equal_hospitals_share_the_middle_rank():
    assert_allclose(expected_ranks([0, 0, 0], [1, 1, 1]).rank, 2)
    assert_allclose(p_top([0, 0, 0], [1, 1, 1], 1), 1 / 3, atol=1e-6)


def test_everybody_is_among_all():
    assert_allclose(p_top(R["mean"], R["sd"], 7), 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expected_ranks([0], [0]), "expected sd to be above 0, but got 0"),
        (lambda: expected_ranks([0, 1], [1]), "same length, but got mean 2, sd 1"),
        (lambda: expected_ranks([np.nan], [1]), "expected mean to be finite"),
        (lambda: p_top([0], [1], 2), "expected k from 1 to 1, but got 2"),
        (lambda: p_top([0], [1], 0), "expected k from 1 to 1, but got 0"),
        (lambda: ranks_from_draws([1, 2]), r"expected draws of shape \(n, H\), but got shape \(2,\)"),
        (lambda: ranks_from_draws([[1, np.nan]]), "expected draws to be finite"),
        (lambda: ranks_from_draws([[1, 2]], 0), "expected level to lie strictly between 0 and 1, but got 0"),
        (lambda: positive_deviants([0.5], [0.5], [1.5]), "expected R to lie between 0 and 1, but got 1.5"),
        (lambda: positive_deviants([0.5], [0.5], [0.5, 0.5]), "same length"),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Reference values: pnorm, and 400,000 draws in R (reference/generate/monitoring.R).
def test_expected_ranks_agree_with_r():
    result = expected_ranks(R["mean"], R["sd"])

    assert_allclose(result.rank, R["rank"], rtol=1e-10)
    assert_allclose(result.pcer, 100 * (R["rank"] - 0.5) / 7)
    assert_allclose(result.sucra, 1 - (R["rank"] - 1) / 6)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_top_places_agree_with_draws_in_r(k):
    assert_allclose(p_top(R["mean"], R["sd"], k), R[f"p_top_{k}"], atol=0.002)


def test_ranks_from_draws_agree_with_the_formulas():
    draws = np.random.default_rng(2).normal(R["mean"], R["sd"], (40_000, 7))

    result = ranks_from_draws(draws, 0.9)

    assert_allclose(result.mean, R["rank"], atol=0.03)
    assert_allclose(result.p_top[:, 1], R["p_top_2"], atol=0.01)
    assert_allclose(result.p_top[:, -1], 1)
    assert (result.lo <= result.median).all()
    assert (result.median <= result.hi).all()


def test_rank_interval_is_of_type_one():
    # Ranks of the first hospital: 1 in 3 draws of 100, 2 in 97.
    draws = np.column_stack([np.r_[np.zeros(3), np.full(97, 2)], np.ones(100)])

    result = ranks_from_draws(draws)

    assert_array_equal([result.lo[0], result.median[0], result.hi[0]], [1, 2, 2])
    assert_array_equal([result.lo[1], result.hi[1]], [1, 2])


def test_positive_deviants_need_all_three():
    better, best, R_ = [0.8, 0.79, 0.8, 0.8], [0.5, 0.5, 0.49, 0.5], [0.7, 0.7, 0.7, 0.69]

    assert positive_deviants(better, best, R_).tolist() == [True, False, False, False]
    assert positive_deviants(better, best, R_, least_better=0.7, least_best=0.4, least_reliability=0.6).all()


def test_rank_interval_follows_its_level():
    # Ranks of the first hospital: 1 in 4 draws of 100, 2 in 96: inside 95 %, outside 90 %.
    draws = np.column_stack([np.r_[np.zeros(4), np.full(96, 2)], np.ones(100)])

    assert [ranks_from_draws(draws, level).lo[0] for level in (0.95, 0.9)] == [1, 2]
    assert ranks_from_draws(draws).p_top.shape == (2, 2)


def test_ranks_are_taken_within_each_draw():
    assert_array_equal(ranks_from_draws([[10.0, 20.0, 30.0], [3.0, 2.0, 1.0]]).mean, [2, 2, 2])
    assert_array_equal(ranks_from_draws([[10.0, 20.0, 30.0]]).mean, [1, 2, 3])


def test_the_better_of_two_certain_hospitals_is_first():
    assert_array_equal(expected_ranks([1.0, 0.0], [1e-6, 1e-6]).sucra, [0, 1])
    assert_allclose(p_top([1.0, 0.0, 2.0], [0.01, 0.01, 0.01], 1), [0, 1, 0], atol=1e-6)
    # Tops of skewed neighbours: P(X1 < X2) for N(0, 1) and N(0.5, 0.2), 1 - Phi(-0.5/sqrt(1.04)).
    assert_allclose(p_top([0.0, 0.5], [1.0, 0.2], 1), [0.68805, 0.31195], atol=1e-4)


# Properties.
@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0.05, 2)), min_size=1, max_size=12), st.data())
def test_ranks_and_places_add_up(pairs, data):
    mean, sd = np.array(pairs).T
    k = data.draw(st.integers(1, len(mean)))

    assert expected_ranks(mean, sd).rank.sum() == pytest.approx(len(mean) * (len(mean) + 1) / 2)
    assert p_top(mean, sd, k).sum() == pytest.approx(k, abs=0.05)
