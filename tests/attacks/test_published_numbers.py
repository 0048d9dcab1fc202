"""Attacks on the published numbers alone, over random memberships: BA-01, BA-02, BA-04, BA-06, BA-20, BA-21."""

from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from feedback.selectors.disclosing import contribution_of
from privacy.disclosure import Step, rounded, told
from tests.attacks import plain
from tests.attacks.plain import RULES, Counts, Released


WORLDS = 100
STEP = 0.01
FEWEST_OTHERS = 5
MOST_ALONE = 0.5  # of 20 points in whole percents; the more hospitals, the fewer
seeds = st.integers(0, 2**32 - 1)


@st.composite
def memberships(draw: st.DrawFn) -> dict[int, Counts]:
    """Any hospitals: none, few or many, small and dominating ones."""
    chance = plain.dice(draw(seeds))
    sizes = draw(st.lists(st.one_of(st.integers(0, 30), st.integers(0, 300)), max_size=14))
    return {key: plain.year(n, chance.randint(0, n), chance) for key, n in enumerate(sizes, 1)}


# BA-01 ----------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(memberships())
def test_whatever_is_published_stands_for_five_others_at_least(hospitals: dict[int, Counts]) -> None:
    """In the window and in every quarter, whoever of the hospitals looks."""
    found = plain.release(hospitals)
    shown = [n for n, _ in map(plain.total, hospitals.values()) if n >= RULES.minimum_cases]

    if found.points:
        assert len(found.points) == len(shown) > FEWEST_OTHERS
    for rate, contributing in _rates(found):
        if rate is not None:
            assert len(contributing) > FEWEST_OTHERS
    assert (found.peers.collaborative_value is None) == (found.all.rate is None)
    assert found.peers.benchmark is None or found.all.rate is not None


def _rates(found: Released) -> list[tuple[float | None, list[int]]]:
    """Every pooled rate with the cases of each hospital behind it."""
    sites = found.sites.values()
    quarters = [
        (point["rate"], [site.trend[at]["denominator"] for site in sites if site.trend[at]["denominator"]])
        for at, point in enumerate(found.all.trend)
    ]
    return [(found.all.rate, [site.denominator for site in sites if site.denominator]), *quarters]


# BA-02 ----------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(6, 14), st.floats(0.02, 0.98))
def test_who_knows_all_volumes_cannot_subtract_a_peer(seed: int, count: int, rate: float) -> None:
    """Pooled rate times public volumes, minus one's own events: what is left says little of any one of the others.

    The interval is wider than ten points; where hardly anybody has the event it is as wide as twice the rate of the
    others, which is what everybody knows of a rare event.
    """
    hospitals = plain.world(plain.dice(seed), count, rate=rate)
    found = plain.release(hospitals)
    if found.all.rate is None:
        return
    volumes = {key: plain.total(counts)[0] for key, counts in hospitals.items()}
    for viewer, own in hospitals.items():
        others = sum(volumes.values()) - volumes[viewer]
        least, most = (found.all.rate + sign * STEP / 2 for sign in (-1, 1))
        low, high = (max(0.0, share * sum(volumes.values()) - plain.total(own)[1]) for share in (least, most))
        for peer in set(volumes) - {viewer}:
            n, rest = volumes[peer], others - volumes[peer]
            interval = min(high, n) / n - max(0.0, low - rest) / n
            of_others = high / others
            assert interval > min(0.10, 2 * of_others - 1e-9, 2 * (1 - low / others) - 1e-9)


# BA-06 ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worlds() -> list[Released]:
    """A hundred programmes of twenty hospitals."""
    return [plain.release(plain.world(plain.dice(seed), 20)) for seed in range(WORLDS)]


def test_order_of_points_has_nothing_to_do_with_keys(worlds: list[Released]) -> None:
    """Kendall's tau between the order that is sent and the keys: as for a shuffle, over 100 worlds."""
    taus, chance = [], plain.dice(17)
    for found in worlds:
        told_of = {key: _told(found, key) for key in found.sites}
        keys = sorted(told_of, key=lambda key: (told_of[key], chance.random()))  # equal values are the same point
        assert [told_of[key] for key in keys] == list(found.points)
        taus.append(float(kendalltau(range(len(keys)), keys).statistic))

    # For 20 hospitals tau of a shuffle has the standard deviation sqrt(2(2n + 5) / 9n(n - 1)) = 0.162.
    assert abs(mean(taus)) < 3 * 0.162 / WORLDS**0.5
    assert sum(abs(tau) > 1.96 * 0.162 for tau in taus) <= 12  # 5 expected


def _told(found: Released, key: int) -> float:
    site = found.sites[key]
    value = told(contribution_of(site, site.rate or 0.0), RULES)
    assert value is not None
    return float(rounded(value, Step.PERCENT))


def test_hospitals_renumbered_give_the_same_bytes() -> None:
    hospitals = plain.world(plain.dice(4), 15)
    renumbered = dict(zip(reversed(range(900, 915)), hospitals.values(), strict=True))

    one, other = plain.release(hospitals), plain.release(renumbered)

    assert one.points == other.points
    assert (one.all.rate, one.all.trend, one.all.hospitals_band) == (
        other.all.rate,
        other.all.trend,
        other.all.hospitals_band,
    )


# BA-20 ----------------------------------------------------------------------------------------------------------------


def test_few_points_of_a_chart_are_unlike_all_others(worlds: list[Released]) -> None:
    """A point that is alone with its value is a fingerprint (SECURITY 4.4: 98 % are, exact; rounding is to end that)."""
    shown = mean(_alone(found.points) for found in worlds)
    exact = mean(_alone([round(site.rate or 0.0, 4) for site in found.sites.values()]) for found in worlds)

    assert shown < MOST_ALONE < 0.9 < exact


def _alone(values: list[float] | tuple[float, ...]) -> float:
    return sum(values.count(value) == 1 for value in values) / len(values)
