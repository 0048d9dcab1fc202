"""BA-03, BA-28: everything that a release publishes, put together, bounds no hospital more narrowly than the step."""

import math
from collections.abc import Iterable

import pytest

from feedback.models import Release
from measures.definition.spec import Direction
from tenancy.context import acting
from tests.attacks import plain
from tests.attacks.plain import RULES, Released
from tests.attacks.programme import Attack, Puzzle, cell, plus
from tests.attacks.stored import stored
from tests.world import World
from tests.worlds import releases


STEP = 0.01
CLOSE = 1e-6
WORLDS = 6
LARGER = 2.0  # times the smallest possible count: the least by which the largest exceeds it


def random_release(seed: int) -> Released:
    """Six to ten hospitals; odd seeds ask for a high rate."""
    chance = plain.dice(seed)
    direction = Direction.HIGHER if seed % 2 else Direction.LOWER
    while True:
        hospitals = plain.world(chance, 6 + seed % 5, rate=0.85 if seed % 2 else 0.25, smallest=30)
        found = plain.release(hospitals, direction=direction)
        if found.points:
            return found


@pytest.mark.parametrize("exact", [False, True], ids=["rounded", "exact"])
@pytest.mark.parametrize("seed", range(WORLDS))
def test_who_has_found_out_who_is_who_learns_no_more_than_the_points(seed: int, *, exact: bool) -> None:
    """For the sponsor and for every hospital: pooled rates, quarters, benchmark and readings add nothing to a point.

    The sponsor is given the points as well, which are not on any page of theirs. Exact: the attacker knows the pooled
    rate of the window to the last digit, as a large hospital may find out from its own expected, adjusted rate and gap.
    """
    found = random_release(seed)
    assert narrowest(found, (None, *found.sites), exact=exact) > 1 - CLOSE


def narrowest(found: Released, viewers: Iterable[int | None], *, exact: bool = False) -> float:
    """The narrowest bound of a hospital's rate, in steps; where the point is next to 0 or 100 %, in what is left of one."""
    widths = []
    for viewer in viewers:
        attack = Attack(found, viewer, RULES)
        program = attack.program()
        if exact:
            rate = found.pooled.observed / found.pooled.denominator
            program.equal.append(plus(attack.all_events(attack.keys), attack.all_cases(attack.keys), -rate))
        for key in attack.others():
            step = min(STEP, cell(attack.point(key)).width)
            widths.append(attack.rate(program, key).width / step)
    return min(widths)


@pytest.mark.parametrize("seed", range(2))
def test_counts_of_a_hospital_are_hardly_bounded(seed: int) -> None:
    found = random_release(seed)
    for viewer in (None, min(found.sites)):
        attack = Attack(found, viewer, RULES)
        program = attack.program()
        for key in attack.others():
            cases = attack.count(program, attack.cases(key))
            events = attack.count(program, attack.events(key))
            assert math.isinf(cases.high) or cases.high > LARGER * cases.low
            assert math.isinf(events.high) or events.high > LARGER * events.low


@pytest.mark.parametrize("seed", range(WORLDS))
def test_who_knows_all_volumes_bounds_nobody_within_a_step(seed: int) -> None:
    """Whoever looks up every hospital's cases by quarter still has to guess which point is whose."""
    found = random_release(seed)
    largest = max(found.sites, key=lambda key: found.sites[key].denominator)
    for viewer in (None, largest):
        attack = Attack(found, viewer, RULES)
        for key in attack.others():
            assert Puzzle(attack).rate(key).width >= STEP - CLOSE


@pytest.mark.worker
def test_the_release_of_the_world_bounds_nobody_within_a_step(world: World) -> None:
    """As stored: measures with and without a risk model, for the sponsor and three of the hospitals."""
    with acting(releases.worker()):
        measures = list(stored(Release.objects.get(name=releases.NAME)))

    for found in measures:
        assert found.points
        assert narrowest(found, (None, *list(found.sites)[:3])) > 1 - CLOSE


def test_the_programme_would_find_what_leaks() -> None:
    """Exact rates of all hospitals and of all but one, to somebody who knows the volumes: its rate is exact, too."""
    found = random_release(1)
    attack, target = Attack(found, None, RULES), max(found.sites)
    program = attack.program()
    attack.know_volumes(program)
    for keys in (attack.keys, [key for key in attack.keys if key != target]):
        observed = float(sum(found.sites[key].observed for key in keys))
        program.equal.append({**attack.all_events(keys), attack.scale: -observed})

    assert attack.rate(program, target).width < STEP / 100


def test_the_puzzle_would_find_what_leaks() -> None:
    """Two hospitals alone: whoever is one of them subtracts the other, but for rounding."""
    hospitals = {1: plain.year(200, 30, plain.dice(1)), 2: plain.year(200, 90, plain.dice(2))}
    found = plain.release(hospitals)
    found.all.rate = 120 / 400

    assert (found.points, Puzzle(Attack(found, 1, RULES)).rate(2).width) == ((), pytest.approx(0.02))


@pytest.mark.parametrize("seed", range(WORLDS))
def test_the_gap_tells_nothing_that_the_benchmark_does_not(seed: int) -> None:
    """Patients between a hospital and the benchmark are counted from its own cases and the benchmark as shown."""
    found = random_release(seed)
    for site in found.sites.values():
        if found.peers.benchmark is None:
            assert site.gap is None
        elif site.gap is not None:
            distance = site.denominator * found.peers.benchmark - site.observed
            assert site.gap == max(0, math.ceil((distance if seed % 2 else -distance) - 1e-9))
