"""The rules of what is odd: published tests, known positives and negatives, and how often they are wrong."""

import numpy as np
import pytest
from scipy import stats

from cases.quality.definition.rules import caseload_drop, digit_preference, digit_score, no_events, unknown_rise
from cases.quality.definition.tails import binomial_at_most, chi_square_above, hypergeometric_at_least


# scipy 1.x is the independent source of the tails; rtol is what doubles allow.


@pytest.mark.parametrize(
    ("count", "trials", "chance"),
    [(0, 1, 0.5), (0, 312, 0.03), (3, 250, 1 / 13), (40, 5000, 0.01), (7, 7, 0.2), (2, 9, 1.0)],
)
def test_binomial_tail_is_that_of_scipy(count: int, trials: int, chance: float) -> None:
    assert binomial_at_most(count, trials, chance) == pytest.approx(stats.binom.cdf(count, trials, chance), rel=1e-9)


@pytest.mark.parametrize(
    ("count", "drawn", "marked", "total"),
    [(0, 5, 3, 20), (14, 40, 30, 500), (9, 12, 40, 4000), (3, 3, 3, 3), (2, 19, 4, 20)],
)
def test_hypergeometric_tail_is_that_of_scipy(count: int, drawn: int, marked: int, total: int) -> None:
    expected = stats.hypergeom.sf(count - 1, total, marked, drawn)

    assert hypergeometric_at_least(count, drawn, marked, total) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.3, 4.0, 9.0, 16.92, 40.0, 120.0])
@pytest.mark.parametrize("freedom", [1, 3, 9])
def test_chi_square_tail_is_that_of_scipy(value: float, freedom: int) -> None:
    assert chi_square_above(value, freedom) == pytest.approx(stats.chi2.sf(value, freedom), rel=1e-9, abs=1e-300)


def test_tails_refuse_nonsense() -> None:
    for wrong in (
        lambda: binomial_at_most(3, 2, 0.1),
        lambda: binomial_at_most(1, 2, 1.1),
        lambda: hypergeometric_at_least(4, 3, 9, 20),
        lambda: chi_square_above(1.0, 2),
        lambda: chi_square_above(-1.0, 9),
    ):
        with pytest.raises(ValueError, match="expected"):
            wrong()


# Known positives and negatives ----------------------------------------------------------------------------------------

YEAR = [20, 22, 19, 21, 20, 18, 23, 20, 21, 19, 22, 20]


def test_a_month_with_three_of_twenty_cases_is_a_drop() -> None:
    """Conditional test: 3 of 3 + 245 cases in one of 13 months."""
    found = caseload_drop(YEAR, 3)

    assert found is not None
    assert found.probability == pytest.approx(stats.binom.cdf(3, 248, 1 / 13), rel=1e-9)
    assert found.size == pytest.approx(245 / 12)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (YEAR, 11),  # more than half
        ([2] * 12, 0),  # too small to tell
        ([0] * 8 + [20, 20, 20, 20], 0),  # began four months ago
        ([], 0),
        ([0] * 12, 0),
    ],
)
def test_no_drop_where_chance_or_a_beginning_explains_it(before: list[int], now: int) -> None:
    assert caseload_drop(before, now) is None


def test_a_hospital_that_stopped_is_a_drop() -> None:
    assert caseload_drop([0, 0, 0, *([20] * 9)], 0) is not None


EVEN = [20] * 10
ROUNDED = [110, 5, 5, 5, 5, 50, 5, 5, 5, 5]


def test_digit_score_is_that_of_its_definition() -> None:
    """All values ending in one digit score 100; equal digits 0; two digits only, half and half, 66.7."""
    assert digit_score([500, *([0] * 9)]) == pytest.approx(100)
    assert digit_score(EVEN) == 0
    assert digit_score([50, 0, 0, 0, 0, 50, 0, 0, 0, 0]) == pytest.approx(100 * (4 / 9) ** 0.5)
    assert digit_score([0] * 10) == 0


def test_rounded_values_are_found_where_others_do_not_round() -> None:
    found = digit_preference(ROUNDED, [count * 30 for count in EVEN])

    assert found is not None
    assert found.probability == pytest.approx(stats.chisquare(ROUNDED).pvalue, rel=1e-9)
    assert found.size > 20


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ([count * 3 for count in EVEN], EVEN),  # equally common
        (ROUNDED, [count * 30 for count in ROUNDED]),  # everybody rounds
        ([20, 1, 1, 1, 1, 20, 1, 1, 1, 1], EVEN),  # 48 values are too few
        ([2600, *([2000] * 9)], EVEN),  # beyond chance, and of no weight
    ],
)
def test_rounded_values_are_not_found(own: list[int], others: list[int]) -> None:
    assert digit_preference(own, others) is None


def test_no_event_in_many_cases_is_odd_and_in_few_is_not() -> None:
    found = no_events(400, 60, 2000)

    assert found is not None
    assert found.probability == pytest.approx(0.97**400, rel=1e-9)
    assert found.size == pytest.approx(12)
    assert no_events(100, 60, 2000) is None
    assert no_events(4000, 3, 2000) is None  # nobody knows the rate
    assert no_events(0, 60, 2000) is None


def test_a_rise_of_unknown_is_found() -> None:
    found = unknown_rise((14, 40), (9, 460))

    assert found is not None
    assert found.probability == pytest.approx(
        stats.fisher_exact([[14, 26], [9, 451]], alternative="greater").pvalue, rel=1e-6
    )
    assert found.size == pytest.approx(0.35)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ((4, 40), (0, 460)),  # a tenth, and no more
        ((14, 40), (120, 460)),  # as before
        ((5, 9), (0, 460)),  # too few asked
        ((14, 40), (0, 20)),  # nothing to compare with
        ((2, 12), (3, 460)),  # chance
    ],
)
def test_no_rise_of_unknown(now: tuple[int, int], before: tuple[int, int]) -> None:
    assert unknown_rise(now, before) is None


# False alarms: hospitals in which nothing is wrong ---------------------------------------------------------------------

HOSPITALS = 4000


def rate_of(alarms: list[object]) -> float:
    return sum(alarm is not None for alarm in alarms) / len(alarms)


def test_false_alarms_are_rarer_than_promised() -> None:
    """Once in a thousand nights of a hospital; once in ten thousand of a question. Sizes from 2 to 200 cases a month."""
    chance = np.random.default_rng(20261122)
    sizes = np.exp(chance.uniform(np.log(2), np.log(200), HOSPITALS))
    drops = [caseload_drop(list(chance.poisson(size, 12)), int(chance.poisson(size))) for size in sizes]
    digits = [digit_preference(list(chance.multinomial(int(12 * size), [0.1] * 10)), [1000] * 10) for size in sizes]
    zeros = [
        no_events(int(12 * size), 400, 10_000) if chance.binomial(int(12 * size), 0.04) == 0 else None for size in sizes
    ]
    rises = []
    for size in sizes:
        asked, before = int(size), int(12 * size)
        share = chance.uniform(0, 0.2)
        rises.append(
            unknown_rise((int(chance.binomial(asked, share)), asked), (int(chance.binomial(before, share)), before))
        )

    assert (rate_of(drops) <= 0.001, rate_of(digits) <= 0.0005, rate_of(zeros) <= 0.001, rate_of(rises) <= 0.0005) == (
        True,
        True,
        True,
        True,
    )


def test_what_is_wrong_is_found() -> None:
    """How often, in hospitals of 20 cases a month: a drop to a tenth, 60 of 100 values rounded to 0 or 5, two fifths unknown."""
    chance = np.random.default_rng(7)
    drops = [caseload_drop(list(chance.poisson(20, 12)), int(chance.poisson(2))) for _ in range(500)]
    heaped = [0.3, *([0.05] * 4), 0.3, *([0.05] * 4)]
    digits = [digit_preference(list(chance.multinomial(240, heaped)), [1000] * 10) for _ in range(500)]
    rises = [
        unknown_rise((int(chance.binomial(20, 0.4)), 20), (int(chance.binomial(240, 0.02)), 240)) for _ in range(500)
    ]

    assert (rate_of(drops) > 0.95, rate_of(digits) > 0.99, rate_of(rises) > 0.8) == (True, True, True)
    assert no_events(240, 400, 10_000) is not None
