import numpy as np
import pytest
from numpy.testing import assert_allclose

from riskstats.composite import composite


def draws(means, sd=0.2, seed=1):
    return np.random.default_rng(seed).normal(means, sd, (4000, len(means)))


def test_measure_that_does_not_differ_adds_nothing():
    result = composite([draws([-1, 0, 1]), np.zeros((4000, 3))], [0.5, 0.5], ["lower", "lower"])
    alone = composite([draws([-1, 0, 1])], [1], ["lower"])

    assert result.star.tolist() == alone.star.tolist() == [3, 2, 1]
    assert_allclose(result.score * 2, alone.score)
    assert result.warnings == (
        "measures are taken as independent given the data",
        "measure 1 does not differ between hospitals and adds nothing",
    )
    assert alone.warnings == ()


def test_one_hospital_is_average():
    result = composite([draws([0.4])], [1], ["higher"])

    assert (result.score[0], result.star[0], result.p_above[0]) == (0, 2, 0)


def test_measures_are_standardised_signed_and_weighted():
    deaths, process = draws([-1, 0, 1], 0.05), draws([0.3, 0.0, -0.3], 0.01, seed=2)

    result = composite([deaths, process], [0.75, 0.25], ["lower", "higher"])

    each = np.array([1, 0, -1]) / np.std([1, 0, -1])
    assert_allclose(result.score, each, atol=0.01)
    assert (result.lo < result.score).all()
    assert (result.score < result.hi).all()


@pytest.mark.parametrize(("above", "star"), [(3900, 3), (3899, 2), (100, 1), (101, 2)])
def test_stars_need_the_probability(above, star):
    # Two hospitals; the first is above in that many of 4,000 draws.
    first = np.where(np.arange(4000) < above, 1.0, -1.0) + 1e-3

    result = composite([np.column_stack([first, -first])], [1], ["higher"])

    assert result.star[0] == star
    assert result.star[1] == {3: 1, 1: 3, 2: 2}[star]


def test_interval_follows_its_level():
    wide, narrow = (composite([draws([-1, 0, 1])], [1], ["lower"], level) for level in (0.99, 0.5))

    assert (wide.lo < narrow.lo).all()
    assert (narrow.hi < wide.hi).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([draws([1, 2])], [0.9], ["lower"]), "expected weights to sum to 1, but got 0.9"),
        (([draws([1, 2])], [0.5, 0.5], ["lower"]), "but got 1 measures, 2 weights, 1 directions"),
        (([draws([1, 2])], [1], ["down"]), "expected direction to be higher or lower, but got 'down'"),
        (
            ([draws([1, 2]), draws([1])], [0.5, 0.5], ["lower"] * 2),
            r"draws of one shape \(n, H\), but got \(4000, 2\), \(4000, 1\)",
        ),
        (([[1.0, 2.0]], [1], ["lower"]), r"draws of one shape \(n, H\), but got \(2,\)"),
        (([[[1.0, np.nan]]], [1], ["lower"]), r"expected draws\[0\] to be finite"),
        (([draws([1, 2])], [-1], ["lower"]), "expected weights to be at least 0, but got -1"),
        (([draws([1, 2])], [1], ["lower"], 1), "expected level to lie strictly between 0 and 1, but got 1"),
    ],
)
def test_nonsense_is_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        composite(*arguments)


def test_draws_are_compared_with_the_average_of_their_own_draw():
    # A shift of all hospitals together says nothing about any of them.
    shift = np.linspace(-5, 5, 4000)[:, None]

    steady, shifted = (composite([draws([-1, 0, 1]) + by], [1], ["higher"]) for by in (0, shift))

    assert_allclose(steady.score.sum(), 0, atol=1e-9)
    for name in ("score", "lo", "hi", "p_above"):
        assert_allclose(getattr(shifted, name), getattr(steady, name), atol=1e-9)


def test_interval_holds_the_share_of_draws_of_its_level():
    given = draws([-1, 0, 1])
    centred = given - given.mean(axis=1, keepdims=True)

    result = composite([given], [1], ["higher"], 0.9)

    lo, hi = np.quantile(centred / given.mean(axis=0).std(), [0.05, 0.95], axis=0)
    assert_allclose([result.lo, result.hi], [lo, hi])


def test_measures_after_one_that_does_not_differ_still_count():
    result = composite([np.zeros((4000, 3)), draws([-1, 0, 1])], [0.5, 0.5], ["lower", "lower"])

    assert result.star.tolist() == [3, 2, 1]
    assert result.warnings[1] == "measure 0 does not differ between hospitals and adds nothing"
