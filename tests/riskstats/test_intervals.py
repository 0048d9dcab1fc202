import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from riskstats import intervals
from riskstats.intervals import poisson_binomial
from tests.riskstats.reference.tables import reference


R = reference("intervals")
LEVELS = [(1, 0.95), (2, 0.998)]


# Degenerate cases first.
@pytest.mark.parametrize("method", [intervals.wilson, intervals.clopper_pearson, intervals.jeffreys])
@pytest.mark.parametrize(
    ("x", "n", "lo_is_0", "hi_is_1"),
    [(0, 0, True, True), (0, 1, True, False), (1, 1, False, True), (0, 1000, True, False), (1000, 1000, False, True)],
)
def test_proportion_intervals_touch_the_end_where_no_or_all_cases_have_the_event(method, x, n, lo_is_0, hi_is_1):
    lo, hi = method(x, n)

    assert (lo == 0, hi == 1) == (lo_is_0, hi_is_1)
    assert 0 <= lo < hi <= 1


@pytest.mark.parametrize("method", [intervals.poisson_exact, intervals.byar, intervals.poisson_midp])
def test_count_intervals_start_at_0_without_events(method):
    lo, hi = method([0, 0])

    assert_array_equal(lo, [0, 0])
    assert (hi > 2).all()


def test_byar_never_falls_below_0():
    assert intervals.byar(0.1, 0.998, exact_below=0).lo == 0


def test_byar_of_a_broken_count_below_10_continues_the_exact_form():
    lo, hi = intervals.byar([4, 4.5, 5])

    assert lo[0] < lo[1] < lo[2]
    assert hi[0] < hi[1] < hi[2]


def test_dobson_has_no_upper_limit_without_events():
    rate = intervals.dobson([0, 0], [100, 200], [1, 1])

    assert (rate.value, rate.lo) == (0, 0)
    assert np.isnan(rate.hi)
    assert rate.warnings == ("no events: Dobson's upper limit is not defined",)


@pytest.mark.parametrize(
    ("p", "pmf"),
    [
        ([0.0], [1, 0]),
        ([1.0], [0, 1]),
        ([1.0, 0.0, 1.0], [0, 0, 1, 0]),
        ([0.25, 1.0], [0, 0.75, 0.25]),
        ([0.5, 0.5, 0.5], [0.125, 0.375, 0.375, 0.125]),
    ],
)
def test_pmf_of_few_cases(p, pmf):
    assert_allclose(intervals.poisson_binomial_pmf(p), pmf, rtol=1e-15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: intervals.wilson([1, np.nan], [2, 2]), "expected x to be finite, but got nan at position 1"),
        (lambda: intervals.wilson([], []), "expected x to hold at least one value, but got an empty array"),
        (lambda: intervals.wilson(3, 2), "expected x to be at most n, but got 3 of 2 at position 0"),
        (lambda: intervals.wilson(-1, 2), "expected x to be at least 0, but got -1"),
        (lambda: intervals.wilson(0.5, 2), "expected x to hold whole numbers, but got 0.5"),
        (lambda: intervals.wilson("many", 2), "expected numbers in x, but got 'many'"),
        (lambda: intervals.wilson([1, 2], [3, 3, 3]), r"expected arrays of fitting shapes, but got x \(2,\), n \(3,\)"),
        (lambda: intervals.wilson(1, 2, 95), "expected level to lie strictly between 0 and 1, but got 95"),
        (lambda: intervals.byar(np.inf), "expected o to be finite, but got inf at position 0"),
        (lambda: intervals.poisson_exact(1.5), "expected o to hold whole numbers, but got 1.5"),
        (lambda: intervals.dobson([1], [0], [1]), "expected n_k to be above 0, but got 0"),
        (lambda: intervals.dobson([1], [1], [0]), "expected w_k to hold a weight above 0, but got only 0"),
        (lambda: intervals.dobson([1, 2], [1, 1], [1]), "same length, but got x_k 2, n_k 2, w_k 1"),
        (lambda: intervals.dobson([[1]], [1], [1]), r"expected x_k to have one dimension, but got shape \(1, 1\)"),
        (lambda: intervals.poisson_binomial_pmf([1.2]), "expected p to lie between 0 and 1, but got 1.2 at position 0"),
        (lambda: intervals.poisson_binomial_tails(3, [0.5, 0.5]), "expected o to be at most the 2 cases, but got 3"),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Published and reference values.
def test_garwood_limits_of_10_events():
    # Garwood 1936, as printed in STATISTICS 9: 4.795389 to 18.390356.
    lo, hi = intervals.poisson_exact(10)

    assert_allclose([lo, hi], [4.795389, 18.390356], atol=5e-7)


@pytest.mark.parametrize(("number", "level"), LEVELS)
@pytest.mark.parametrize(
    ("method", "name"),
    [(intervals.wilson, "wilson"), (intervals.clopper_pearson, "clopper"), (intervals.jeffreys, "jeffreys")],
)
def test_proportion_intervals_agree_with_r(method, name, number, level):
    # prop.test(correct = FALSE), binom.test, qbeta: reference/generate/intervals.R
    lo, hi = method(R["x"], R["n"], level)

    assert_allclose(lo, R[f"{name}_lo_{number}"], rtol=1e-9, atol=1e-15)
    assert_allclose(hi, R[f"{name}_hi_{number}"], rtol=1e-9)


@pytest.mark.parametrize(("number", "level"), LEVELS)
@pytest.mark.parametrize(("method", "name"), [(intervals.poisson_exact, "garwood"), (intervals.poisson_midp, "midp")])
def test_count_intervals_agree_with_r(method, name, number, level):
    # poisson.test, uniroot on ppois and dpois: reference/generate/intervals.R
    lo, hi = method(R["o"], level)

    assert_allclose(lo, R[f"{name}_lo_{number}"], rtol=1e-9)
    assert_allclose(hi, R[f"{name}_hi_{number}"], rtol=1e-9)


@pytest.mark.parametrize(("number", "level"), LEVELS)
def test_byar_is_the_published_formula_from_10_events_and_exact_below(number, level):
    # Breslow & Day's formula worked in R: reference/generate/intervals.R
    lo, hi = intervals.byar(R["o"], level)

    small = R["o"] < 10
    assert_allclose(lo, np.where(small, R[f"garwood_lo_{number}"], R[f"byar_lo_{number}"]), rtol=1e-9)
    assert_allclose(hi, np.where(small, R[f"garwood_hi_{number}"], R[f"byar_hi_{number}"]), rtol=1e-9)


def test_byar_agrees_with_the_indicator_methods_of_the_uk():
    # UK Health Security Agency, PHEindicatormethods: byars_lower(100) is 81.36210549052788.
    assert intervals.byar(100).lo == pytest.approx(81.36210549052788, rel=1e-12)


def test_dobson_of_one_stratum_is_the_interval_of_its_count():
    value, lo, hi = intervals.dobson([24], [1000], [7], multiplier=1000)

    count = intervals.byar(24)
    assert_allclose([value, lo, hi], [24, count.lo, count.hi])


def test_dobson_weighs_strata_as_published():
    value, lo, hi = intervals.dobson([12, 30], [1000, 500], [1, 3])

    variance = (0.25 / 1000) ** 2 * 12 + (0.75 / 500) ** 2 * 30
    count = intervals.byar(42)
    assert value == pytest.approx(0.25 * 0.012 + 0.75 * 0.06)
    assert lo == pytest.approx(value + np.sqrt(variance / 42) * (count.lo - 42))
    assert hi == pytest.approx(value + np.sqrt(variance / 42) * (count.hi - 42))


def test_pmf_agrees_with_r():
    # One case after the other in R: reference/generate/intervals.R
    assert_allclose(intervals.poisson_binomial_pmf(R["chance"])[:60], R["pmf"], rtol=1e-11)


def test_pmf_keeps_its_digits_far_in_the_tail():
    pmf = intervals.poisson_binomial_pmf(np.full(1000, 0.01))

    k = np.arange(120)
    binomial = np.exp(
        special.gammaln(1001)
        - special.gammaln(k + 1)
        - special.gammaln(1001 - k)
        + k * np.log(0.01)
        + (1000 - k) * np.log(0.99)
    )
    assert binomial[-1] < 1e-80
    assert_allclose(pmf[:120], binomial, rtol=1e-9)


def test_skewness_corrected_tail_is_close_to_the_exact_one(monkeypatch):
    p = np.random.default_rng(4).beta(0.5, 10, 10_000)
    o = round(p.sum() + 3 * np.sqrt((p * (1 - p)).sum()))
    exact = intervals.poisson_binomial_tails(o, p)
    monkeypatch.setattr(poisson_binomial, "EXACT_UP_TO", 5_000)

    near = intervals.poisson_binomial_tails(o, p)

    assert near.warnings == ("10,000 cases: normal distribution corrected for skewness",)
    assert exact.warnings == ()
    assert list(near) == pytest.approx(list(exact), rel=0.005)


@pytest.mark.parametrize("o", [40, 62, 80])
def test_certain_cases_shift_the_skewness_corrected_tails(monkeypatch, o):
    p = np.random.default_rng(6).beta(2, 8, 300)
    monkeypatch.setattr(poisson_binomial, "EXACT_UP_TO", 100)

    alone = intervals.poisson_binomial_tails(o, p)
    among = intervals.poisson_binomial_tails(o + 7, np.concatenate([p, np.ones(7), np.zeros(90)]))

    assert list(among) == pytest.approx(list(alone))
    assert among.warnings == ("300 cases: normal distribution corrected for skewness",)
    monkeypatch.setattr(poisson_binomial, "EXACT_UP_TO", 1_000)
    assert list(intervals.poisson_binomial_tails(o, p)) == pytest.approx(list(alone), rel=0.02)


def test_certain_cases_do_not_count_towards_the_limit(monkeypatch):
    monkeypatch.setattr(poisson_binomial, "EXACT_UP_TO", 2)

    assert intervals.poisson_binomial_tails(2, [0.5, 0.5, 1.0, 0.0, 0.0]).warnings == ()
    assert intervals.poisson_binomial_tails(2, [0.5, 0.5, 0.5]).warnings != ()


def test_limits_far_out_stay_probabilities(monkeypatch):
    monkeypatch.setattr(poisson_binomial, "EXACT_UP_TO", 5)
    p = np.full(30, 0.02)

    for o in range(31):
        assert all(0 <= tail <= 1 for tail in intervals.poisson_binomial_tails(o, p))


@pytest.mark.parametrize("n", [40, 700, 3000])
def test_distribution_of_absences_is_that_of_events_read_backwards(n):
    # Nearly certain events: what is below 1e-290 at the lower end is dropped, and its place is kept.
    p = np.random.default_rng(n).beta(60, 1, n)

    pmf = intervals.poisson_binomial_pmf(p)

    assert_allclose(pmf, intervals.poisson_binomial_pmf(1 - p)[::-1], rtol=1e-9, atol=1e-280)
    assert pmf @ np.arange(n + 1) == pytest.approx(p.sum())


# Inversion: the test at each limit must have the tail of the level.
@given(st.integers(1, 300), st.integers(0, 300), st.sampled_from([0.8, 0.95, 0.998]))
def test_limits_of_a_proportion_invert_their_tests(n, x, level):
    x = min(x, n)
    tail = (1 - level) / 2
    z = special.ndtri(1 - tail)
    score, exact = intervals.wilson(x, n, level), intervals.clopper_pearson(x, n, level)

    for limit, free in ((score.lo, x > 0), (score.hi, x < n)):
        if free:
            assert abs(x - n * limit) == pytest.approx(z * np.sqrt(n * limit * (1 - limit)), rel=1e-6)
    if x > 0:
        assert special.bdtrc(x - 1, n, exact.lo) == pytest.approx(tail, rel=1e-6)
    if x < n:
        assert special.bdtr(x, n, exact.hi) == pytest.approx(tail, rel=1e-6)


@given(st.integers(0, 3000), st.sampled_from([0.8, 0.95, 0.998]))
def test_limits_of_a_count_invert_their_tests(o, level):
    tail = (1 - level) / 2
    exact, midp = intervals.poisson_exact(o, level), intervals.poisson_midp(o, level)

    def less(mean):
        return special.pdtr(o - 1, mean) if o else 0.0

    assert special.pdtr(o, exact.hi) == pytest.approx(tail, rel=1e-6)
    assert (special.pdtr(o, midp.hi) + less(midp.hi)) / 2 == pytest.approx(tail, rel=1e-6)
    if o:
        assert special.pdtrc(o - 1, exact.lo) == pytest.approx(tail, rel=1e-6)
        assert 1 - (special.pdtr(o, midp.lo) + less(midp.lo)) / 2 == pytest.approx(tail, rel=1e-6)
        assert exact.lo < midp.lo < o < midp.hi < exact.hi


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_pmf_is_a_distribution_with_the_right_mean(p):
    pmf = intervals.poisson_binomial_pmf(p)

    assert len(pmf) == len(p) + 1
    assert abs(pmf.sum() - 1) < 1e-12
    assert pmf @ np.arange(len(pmf)) == pytest.approx(sum(p), abs=1e-9)


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=60), st.data())
def test_tails_meet_at_the_observed_count(p, data):
    o = data.draw(st.integers(0, len(p)))
    pmf = intervals.poisson_binomial_pmf(p)

    tails = intervals.poisson_binomial_tails(o, p)

    assert tails.p_ge + tails.p_le == pytest.approx(1 + pmf[o])
    assert tails.mid_two == pytest.approx(min(1, 2 * min(tails.p_ge, tails.p_le) - pmf[o]))
