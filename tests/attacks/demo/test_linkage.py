"""Re-linking blinded peers of the demo: from measure to measure, from release to release, and with public volumes.

Repeats the simulation of SECURITY 4.4 on the demo's own cases. The attacker holds two charts as members see them (whole
percents, no volumes), deals the points of one to those of the other by optimal assignment, and is right about some.
Published, for 40 hospitals: 3.3 % of the points of another measure of the same release (chance 2.5 %), 21 % of the same
measure a quarter later, 12 % a year later; with volumes shown, half of them. Rates here are not risk-adjusted, which
spreads hospitals further apart than what members see, and so helps the attacker.

Found when this was written: 3.8 % (chance 3.4 %), 16 % and 9 %; volumes recovered for 2.9 % (chance 3.4 %); with
volumes shown, 72 %. A tie is broken by lot, so every share is the mean over several throws of seeded dice.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import permutations
from statistics import mean

import numpy as np
import numpy.typing as npt
import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker
from scipy.optimize import linear_sum_assignment

from feedback.models import SiteMonth
from feedback.selectors.disclosing import contribution_of
from measures.definition.spec import Direction
from privacy.disclosure import Step, rounded, told
from tenancy.context import acting
from tests.attacks import plain
from tests.attacks.demo.acting import worker_of_surgery
from tests.attacks.plain import RULES


pytestmark = pytest.mark.worker
Floats = npt.NDArray[np.float64]
Months = Mapping[str, Mapping[int, Mapping[date, tuple[int, int]]]]  # measure → hospital → month → cases, met
Chart = Mapping[int, float]  # hospital → the point that members see; the attacker sees the values only
SEED, THROWS = 20_261_122, 40
OTHER_MEASURE, NEXT_QUARTER, NEXT_YEAR = 0.05, 0.25, 0.15  # most that may be re-linked
MARGIN = 0.03  # above chance


@pytest.fixture(scope="module")
def months(demo: None, django_db_blocker: DjangoDbBlocker) -> Months:
    """Every measure's counts of every hospital and month, better always upwards."""
    found: dict[str, dict[int, dict[date, tuple[int, int]]]] = defaultdict(lambda: defaultdict(dict))
    with django_db_blocker.unblock(), acting(worker_of_surgery()), transaction.atomic():
        rows = list(SiteMonth.objects.select_related("measure_version__measure"))
    for row in rows:
        higher = row.measure_version.definition.direction is Direction.HIGHER
        met = row.met if higher else row.not_met
        found[row.measure_version.measure.slug][row.participation_id][row.month] = (row.met + row.not_met, met)
    return found


def chart(months: Months, measure: str, first: date, last: date) -> tuple[Chart, dict[int, int]]:
    """The points of a window, and the volumes behind them, by the product's functions."""
    counts = {
        hospital: [pair for month, pair in by_month.items() if first <= month <= last]
        for hospital, by_month in months[measure].items()
    }
    quarter = plain.WINDOW[0]
    sums = {key: {quarter: (sum(n for n, _ in pairs), sum(o for _, o in pairs))} for key, pairs in counts.items()}
    found = plain.release(sums, direction=Direction.HIGHER)
    points: dict[int, float] = {}
    for key, site in found.sites.items():
        if found.points and site.denominator >= RULES.minimum_cases and site.rate is not None:
            value = told(contribution_of(site, site.rate), RULES)
            if value is not None:
                points[key] = float(rounded(value, Step.PERCENT))
    assert sorted(points.values()) == list(found.points)
    return points, {key: site.denominator for key, site in found.sites.items()}


def relinked(one: Chart, other: Chart, dice: np.random.Generator, *, standardised: bool = False) -> float:
    """Share of the hospitals in both charts that optimal assignment of their values gets right."""
    keys = sorted(set(one) & set(other))
    left, right = (np.array([points[key] for key in keys]) for points in (one, other))
    if standardised:
        left, right = _standardised(left), _standardised(right)
    return _right(np.abs(left[:, None] - right[None, :]), dice)


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() or 1.0), float)


def _right(cost: Floats, dice: np.random.Generator) -> float:
    shares = []
    for _ in range(THROWS):
        order = dice.permutation(len(cost))  # so that neither the solver nor the keys break ties
        rows, columns = linear_sum_assignment(cost[:, order] + 1e-9 * dice.random(cost.shape))
        shares.append(float(np.mean(order[columns] == rows)))
    return mean(shares)


def years(shift: int) -> list[tuple[tuple[date, date], tuple[date, date]]]:
    """Pairs of years, the second begun `shift` months later, within the demo's cases."""

    def window(start: int) -> tuple[date, date]:
        last = start + 11
        return date(2024 + start // 12, start % 12 + 1, 1), date(2024 + last // 12, last % 12 + 1, 1)

    return [(window(start), window(start + shift)) for start in range(0, 22 - shift, 3)]


def test_points_are_hardly_found_again_in_another_measure(months: Months) -> None:
    """The same release, every pair of measures: near chance, which is one in thirty."""
    dice = np.random.default_rng(SEED)
    window = date(2025, 10, 1), date(2026, 9, 1)
    charts = [points for points, _ in (chart(months, measure, *window) for measure in sorted(months)) if points]
    shares = [relinked(one, other, dice, standardised=True) for one, other in permutations(charts, 2)]

    assert mean(shares) < OTHER_MEASURE


@pytest.mark.parametrize(("shift", "most"), [(3, NEXT_QUARTER), (12, NEXT_YEAR)], ids=["quarter", "year"])
def test_points_are_seldom_found_again_in_a_later_release(months: Months, shift: int, most: float) -> None:
    dice = np.random.default_rng(SEED)
    shares = []
    for measure in sorted(months):
        for before, after in years(shift):
            one, other = chart(months, measure, *before)[0], chart(months, measure, *after)[0]
            if one and other:
                shares.append(relinked(one, other, dice))

    assert mean(shares) < most


def test_volumes_of_peers_are_not_recovered_from_their_points(months: Months) -> None:
    """Who knows every hospital's volume deals the volumes to the points: small hospitals stray further, but no more."""
    dice = np.random.default_rng(SEED)
    shares, chances = [], []
    for measure in sorted(months):
        points, volumes = chart(months, measure, date(2025, 10, 1), date(2026, 9, 1))
        if points:
            shares.append(_by_volume(points, volumes, dice))
            chances.append(1 / len(points))

    assert mean(shares) < mean(chances) + MARGIN


def _by_volume(points: Chart, volumes: Mapping[int, int], dice: np.random.Generator) -> float:
    """The most likely assignment, where a hospital of n cases strays from the rest by chance and by its quality."""
    keys = sorted(points)
    values, cases = np.array([points[key] for key in keys]), np.array([float(volumes[key]) for key in keys])
    middle, spread = float(values.mean()), float(values.var())
    chance = max(middle * (1 - middle), 1e-4) / cases
    variance = np.maximum(spread - chance.mean(), 0) + chance
    cost = 0.5 * np.log(variance)[:, None] + (values[None, :] - middle) ** 2 / (2 * variance[:, None])
    return _right(cost, dice)


def test_the_attack_finds_hospitals_where_volumes_are_shown(months: Months) -> None:
    """Which shows that it would find them: with exact volumes beside the points, most are re-linked."""
    dice = np.random.default_rng(SEED)
    shares: Sequence[float] = [
        _with_volumes(chart(months, measure, *before), chart(months, measure, *after), dice)
        for measure in sorted(months)
        for before, after in years(3)[-1:]
    ]

    assert mean(shares) > 2 * NEXT_QUARTER


def _with_volumes(
    one: tuple[Chart, dict[int, int]], other: tuple[Chart, dict[int, int]], dice: np.random.Generator
) -> float:
    keys = sorted(set(one[0]) & set(other[0]))
    if not keys:
        return 1.0
    (left, n), (right, m) = (
        (np.array([values[key] for key in keys]), np.log([volumes[key] for key in keys]))
        for values, volumes in (one, other)
    )
    return _right(np.abs(left[:, None] - right[None, :]) + np.abs(n[:, None] - m[None, :]), dice)
