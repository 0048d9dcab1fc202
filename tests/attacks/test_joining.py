"""BA-04: one hospital more or less between two releases; BA-03: groups of similar hospitals beside the whole."""

from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.selectors.disclosing import peers_shown, pooled_shown
from feedback.selectors.disclosing_parts import parts_shown
from feedback.selectors.membership import FewChanged
from privacy.disclosure import few_changed
from tests.attacks import plain
from tests.attacks.plain import RULES, Counts


HALF = 0.005
seeds = st.integers(0, 2**32 - 1)


def newcomers_rate(before: dict[int, Counts], after: dict[int, Counts], new: int) -> tuple[float, float]:
    """What two pooled rates and public volumes say of a newcomer: its rate is the difference of two sums."""
    then, now = plain.release(before).all.rate, plain.release(after).all.rate
    assert then is not None
    assert now is not None
    volumes = {key: plain.total(counts)[0] for key, counts in after.items()}
    everybody, others = sum(volumes.values()), sum(volumes[key] for key in before)
    low = (now - HALF) * everybody - (then + HALF) * others
    high = (now + HALF) * everybody - (then - HALF) * others
    return max(0.0, low / volumes[new]), min(1.0, high / volumes[new])


def test_the_mean_would_tell_who_joined() -> None:
    """Why there is a rule: a large newcomer's rate would be known to a few points."""
    hospitals = {key: plain.year(100, 20, plain.dice(key)) for key in range(1, 9)}
    after = hospitals | {9: plain.year(390, 156, plain.dice(9))}
    low, high = newcomers_rate(hospitals, after, 9)

    assert low < 0.4 < high
    assert high - low < 0.06


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(7, 14), st.integers(-3, 3))
def test_one_hospital_more_or_less_leaves_no_mean_to_subtract(seed: int, count: int, change: int) -> None:
    """One or two joined or left: the middle of the points, which are shown anyway, and no pooled rate of the window."""
    hospitals = plain.world(plain.dice(seed), count + 3)
    before, after = set(list(hospitals)[:count]), set(list(hospitals)[: count + change])
    few = few_changed(after, before)
    found = plain.release({key: hospitals[key] for key in after})
    quarters = frozenset(point["quarter"] for point in found.all.trend) if few else frozenset()
    changed, sites = FewChanged(few, quarters), list(found.sites.values())
    peers, pooled = (shown(found.pooled, sites, RULES, changed) for shown in (peers_shown, pooled_shown))

    assert few == (0 < abs(change) < 3)
    if few:
        assert (pooled.rate, {point["rate"] for point in pooled.trend}) == (None, {None})
        assert peers.middle
        told = peers.collaborative_value
        assert told is None or told == pytest.approx(median(peers.values), abs=HALF + 1e-9)
    else:
        assert (peers.collaborative_value, pooled.rate) == (found.peers.collaborative_value, found.all.rate)
    assert peers.values == found.peers.values


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(6, 20), st.integers(1, 4))
def test_groups_of_similar_hospitals_leave_enough_others(seed: int, count: int, groups: int) -> None:
    """Whoever takes a group's points from those of all is left with none, or with five at least; groups have no mean."""
    chance = plain.dice(seed)
    found = plain.release(plain.world(chance, count))
    for site in found.sites.values():
        site.comparison_group = chance.choice(["", *(f"group {number}" for number in range(groups))])
    shown = [each for each in parts_shown(found.pooled, list(found.sites.values()), RULES) if each.values]

    for each in shown:
        left = list(found.points)
        for value in each.values:
            left.remove(value)
        assert len(each.values) > RULES.minimum_peers
        assert not left or len(left) >= RULES.minimum_peers
        assert (each.middle, each.benchmark) == (True, None)
        assert each.collaborative_value == pytest.approx(median(each.values), abs=HALF + 1e-9)
    together = sum(len(each.values) for each in shown)
    assert (
        not found.points
        or not shown
        or together == len(found.points)
        or len(found.points) - together >= RULES.minimum_peers
    )
