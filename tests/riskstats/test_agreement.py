import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from riskstats.agreement import many_raters, numeric, two_rater
from tests.riskstats.reference.tables import reference


R = reference("monitoring")
NAN = float("nan")
# Gwet's four-rater table (irrCAC cac.raw4raters; Krippendorff's example): 12 units.
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T


# Degenerate cases first.
def test_one_category_in_use_has_no_kappa_and_an_ac1_of_one():
    for result in (two_rater([[20, 0], [0, 0]]), many_raters(np.ones((20, 3)), categories=2)):
        assert (result.po, result.ac1, result.pabak) == (1, 1, 1)
        assert np.isnan([result.kappa, result.alpha, result.se.kappa, result.lo.alpha, result.specific[1]]).all()
        assert (result.se.ac1, result.lo.ac1, result.hi.ac1) == (0, 1, 1)
        assert result.warnings == ("one category only: kappa does not exist", "one category only: alpha does not exist")


def test_only_one_category_to_choose_from():
    result = many_raters(np.ones((5, 2)))

    assert (result.po, result.ac1) == (1, 1)
    assert np.isnan(result.pabak)


def test_complete_disagreement():
    result = two_rater([[0, 5], [5, 0]])

    assert (result.po, result.kappa, result.pabak, result.ac1) == (0, -1, -1, -1)
    assert result.lo.kappa == -1


def test_kappa_is_low_and_ac1_high_when_nearly_all_charts_say_no():
    result = two_rater([[95, 2], [2, 1]])

    assert result.po == 0.96
    assert result.kappa < 0.35
    assert result.ac1 > 0.95


def test_charts_without_any_rating_are_left_out():
    with_empty, without = many_raters(np.vstack([FOUR, [[NAN] * 4]])), many_raters(FOUR)

    assert (with_empty.ac1, with_empty.se, with_empty.n) == (without.ac1, without.se, without.n)
    assert with_empty.warnings == ("1 charts without any rating were left out",)


def test_one_pair_of_numbers_has_no_limits():
    result = numeric([3], [4], 1)

    assert (result.within, result.mean_difference, result.n) == (1, 1, 1)
    assert np.isnan([result.sd_difference, result.lo, result.hi]).all()
    assert result.warnings == ("one pair: no limits of agreement",)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: two_rater([[1, 2, 3], [1, 2, 3]]), r"expected table to be square, but got shape \(2, 3\)"),
        (lambda: two_rater([1, 2]), r"expected table to be square, but got shape \(2,\)"),
        (lambda: two_rater([[1, 0], [0, 0]]), "expected table to hold at least 2 charts, but got 1"),
        (lambda: two_rater([[1, -1], [0, 0]]), "expected table to be at least 0, but got -1"),
        (lambda: two_rater([[1, 1.5], [0, 0]]), "expected table to hold whole numbers, but got 1.5"),
        (lambda: two_rater([[5, 1], [0, 5]], level=1), "expected level to lie strictly between 0 and 1, but got 1"),
        (lambda: many_raters([1, 2]), r"expected matrix of shape \(charts, abstractors\), but got shape \(2,\)"),
        (lambda: many_raters(np.zeros((0, 3))), r"but got shape \(0, 3\)"),
        (lambda: many_raters([[1, np.inf], [1, 1]]), "but got an infinite value"),
        (lambda: many_raters([[1, NAN], [1, 1]]), "expected at least 2 charts with 2 ratings, but got 1"),
        (lambda: many_raters([[1, 2], [1, 1]], categories=1), "expected at least the 2 categories in use, but got 1"),
        (lambda: numeric([1], [1, 2], 1), "same length, but got first 1, second 2"),
        (lambda: numeric([1], [1], -1), "expected tolerance to be at least 0, but got -1"),
        (lambda: numeric([NAN], [1], 1), "expected first to be finite"),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Published and reference values.
def test_four_rater_table_of_gwet():
    # irrCAC: AC1 0.77544 (0.14295; 0.461 to 1), Fleiss 0.76117 (0.15302; 0.424 to 1), Krippendorff 0.74342.
    result = many_raters(FOUR)

    assert_allclose([result.ac1, result.kappa, result.alpha], [0.77544, 0.76117, 0.74342], atol=5e-6)
    assert_allclose([result.se.ac1, result.se.kappa], [0.14295, 0.15302], atol=5e-6)
    assert_allclose([result.lo.ac1, result.lo.kappa], [0.461, 0.424], atol=5e-4)
    assert (result.hi.ac1, result.hi.kappa, result.n) == (1, 1, 12)
    assert result.po == pytest.approx(9 / 11)


def test_two_rater_table_agrees_with_the_formulas_in_r():
    # Cohen 1960, Fleiss, Cohen & Everitt 1969, Gwet 2008: reference/generate/monitoring.R
    result = two_rater(R["table"].reshape(3, 3))

    assert_allclose([result.kappa, result.se.kappa], R["kappa"], rtol=1e-10)
    assert_allclose([result.ac1, result.pabak, result.alpha], [*R["ac1"], *R["pabak"], *R["alpha"]], rtol=1e-10)
    assert_allclose(result.specific, R["specific"], rtol=1e-10)
    assert result.se.po == pytest.approx(np.sqrt(result.po * (1 - result.po) / 199))
    assert result.n == 200


def test_decimals_that_differ_by_the_tolerance_agree():
    result = numeric([1.2, 36.6, 70.0], [1.3, 36.7, 70.5], 0.1)

    assert result.within == pytest.approx(2 / 3)
    assert result.lo == pytest.approx(result.mean_difference - 1.959964 * result.sd_difference, rel=1e-6)


def test_two_pairs_have_limits_of_agreement():
    result = numeric([1.0, 2.0], [1.5, 3.5], 0.5)

    assert result.mean_difference in (-1.0, 1.0)
    assert result.sd_difference == pytest.approx(np.sqrt(0.5))
    assert_allclose([result.lo, result.hi], result.mean_difference + 1.959964 * np.sqrt(0.5) * np.array([-1, 1]))
    assert result.warnings == ()


def test_interval_of_numbers_follows_its_level():
    wide, narrow = (numeric([1.0, 2.0, 4.0], [1.5, 3.5, 4.0], 0.5, level) for level in (0.99, 0.5))

    assert wide.lo < narrow.lo < narrow.mean_difference < narrow.hi < wide.hi


def test_charts_without_a_rating_are_left_out_and_counted():
    result = many_raters([[1, 1], [2, 2], [1, 2], [NAN, NAN], [2, NAN]])

    assert result.warnings == ("1 charts without any rating were left out",)
    assert many_raters([[1, 1], [2, 2], [1, 2], [2, NAN]]).warnings == ()
    assert result.n == many_raters([[1, 1], [2, 2], [1, 2], [2, NAN]]).n


# Properties.
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=60))
def test_table_and_matrix_of_two_raters_agree(pairs):
    first, second = np.array(pairs).T
    table = np.zeros((3, 3))
    np.add.at(table, (first, second), 1)

    tabled, rated = two_rater(table), many_raters(np.column_stack([first, second]), categories=3)

    for name in ("po", "pabak", "ac1", "alpha"):
        assert getattr(tabled, name) == pytest.approx(getattr(rated, name), nan_ok=True)
        assert getattr(tabled.se, name) == pytest.approx(getattr(rated.se, name), nan_ok=True)
    assert_allclose(
        tabled.specific,
        np.pad(rated.specific, (0, 0))[: len(tabled.specific)]
        if set(first) | set(second) == {0, 1, 2}
        else tabled.specific,
    )


def test_standard_errors_agree_with_resampling():
    rng = np.random.default_rng(5)
    truth = rng.choice(3, 300, p=[0.7, 0.2, 0.1])
    ratings = np.where(rng.random((300, 3)) < 0.85, truth[:, None], rng.integers(0, 3, (300, 3))).astype(float)
    result = many_raters(ratings)

    samples = [many_raters(ratings[rng.integers(0, 300, 300)], categories=3) for _ in range(400)]

    for name in ("po", "kappa", "pabak", "ac1", "alpha"):
        spread = np.std([getattr(each, name) for each in samples])
        assert getattr(result.se, name) == pytest.approx(spread, rel=0.12)


def test_standard_errors_agree_with_the_jackknife():
    rng = np.random.default_rng(9)
    truth = rng.choice(3, 400, p=[0.5, 0.3, 0.2])
    ratings = np.where(rng.random((400, 3)) < 0.6, truth[:, None], rng.integers(0, 3, (400, 3))).astype(float)
    ratings[rng.random((400, 3)) < 0.25] = NAN
    ratings = ratings[~np.isnan(ratings).all(axis=1)]
    n = len(ratings)
    result = many_raters(ratings, categories=3)

    left = [many_raters(np.delete(ratings, place, axis=0), categories=3) for place in range(n)]

    for name in ("kappa", "ac1", "alpha"):
        spread = np.array([getattr(each, name) for each in left])
        assert getattr(result.se, name) == pytest.approx(np.sqrt((n - 1) * spread.var()), rel=0.03), name


def test_specific_agreement_weighs_charts_by_their_raters():
    matrix = [[1, 1, 1, 2], [2, 2, NAN, NAN], [1, 2, 2, NAN], [1, NAN, NAN, NAN], [2, 2, 2, 2], [1, 1, NAN, NAN]]

    agreeing, possible = np.zeros(2), np.zeros(2)
    for chart in matrix:
        uses = np.array([chart.count(1), chart.count(2)], dtype=float)
        if uses.sum() >= 2:
            agreeing += uses * (uses - 1) / (uses.sum() - 1)
            possible += uses

    assert_allclose(many_raters(matrix).specific, agreeing / possible)
