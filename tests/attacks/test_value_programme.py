"""BA-03, BA-28 for values of cases: a release bounds no hospital more narrowly than the step, and tells no single case.

As `programme.py`, with what cases add up to in the place of counts: exposure and events of a rate, cases and logarithms of a
geometric mean. Who is who is known to the attacker, as there.
"""

import math
import random
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import numpy as np
import pytest

from feedback.enums import Reading
from feedback.models import MeasureResult, PeerDistribution, PooledResult, SiteResult
from feedback.selectors.disclosing import contribution_of, peers_shown, pooled_shown, step_for
from feedback.selectors.slices import Slice
from feedback.services.numbers.measure import compute_measure
from feedback.services.numbers.values import MeasureInput
from measures.definition.canonical import digest_of, to_json
from measures.definition.spec import Average, Direction, MeasureKind, MeasureSpec
from measures.models import MeasureVersion
from privacy.disclosure import rounded, told
from tests.attacks.plain import FORM, RULES, dice
from tests.attacks.plain import measure as proportion
from tests.attacks.programme import Interval, Program, plus
from tests.worlds.slices import slice_of


FIRST, LAST, QUARTERS = date(2026, 1, 1), date(2026, 12, 31), range(4)
CLOSE, WORLDS = 1e-6, 4
PLAIN = replace(proportion(), numerator="[day] = [day]", value="[day]", value_unit="line days")
RATE = replace(PLAIN, kind=MeasureKind.RATE, per=1000)
TIME = replace(PLAIN, kind=MeasureKind.CONTINUOUS, numerator=None, value_unit="minutes", decimals=0)
MEASURES = {"rate": RATE, "geometric": TIME, "arithmetic": replace(TIME, average=Average.ARITHMETIC)}


@dataclass(frozen=True)
class Released:
    sites: Mapping[int, SiteResult]
    pooled: MeasureResult
    peers: PeerDistribution
    all: PooledResult
    spec: MeasureSpec

    @property
    def step(self) -> float:
        return float(self.pooled.values["step"])


def release(hospitals: Mapping[int, Slice], spec: MeasureSpec) -> Released:
    """Compute and disclose one measure as the worker does."""
    given = MeasureInput(
        measure=spec,
        form=FORM,
        risk_model=None,
        slices=hospitals,
        window_from=FIRST,
        window_to=LAST,
        rules=RULES,
    )
    numbers = compute_measure(given)
    version = MeasureVersion(digest=digest_of(spec), spec=to_json(spec))
    sites = {
        key: SiteResult(participation_id=key, measure_version=version, **asdict(site))
        for key, site in numbers.sites.items()
    }
    pooled = MeasureResult(measure_version=version, **asdict(numbers.pooled))
    rows = list(sites.values())
    return Released(sites, pooled, peers_shown(pooled, rows, RULES), pooled_shown(pooled, rows, RULES), spec)


def hospital(chance: random.Random, middle: float, count: int, rate: float) -> Slice:
    """Values around a middle, spread over the year."""
    days = [date(2026, chance.choice((2, 5, 8, 11)), 15) for _ in range(count)]
    outcomes = "".join("m" if rate >= 1 or chance.random() < rate else "n" for _ in range(count))
    values = array("d", [round(middle * chance.lognormvariate(0, 0.4), 1) + 1 for _ in range(count)])
    return replace(slice_of(outcomes, days), values=values)


def random_release(seed: int, name: str) -> Released:
    """Seven to ten hospitals that may be compared."""
    chance, spec = dice(seed), MEASURES[name]
    direction = Direction.HIGHER if seed % 2 else Direction.LOWER
    while True:
        events = 0.15 if spec.kind is MeasureKind.RATE else 1.0
        hospitals = {
            key: hospital(chance, chance.uniform(25, 60), chance.randint(80, 200), events)
            for key in range(1, 8 + seed % 4)
        }
        found = release(hospitals, replace(spec, direction=direction))
        if found.peers.values:
            return found


@dataclass(frozen=True)
class Attack:
    """Variables: for every hospital and quarter the weight that a value is counted by, and the sum above it."""

    found: Released
    viewer: int | None

    @property
    def keys(self) -> list[int]:
        return sorted(self.found.sites)

    @property
    def scale(self) -> int:
        return 2 * len(self.keys) * len(QUARTERS)

    @property
    def onto(self) -> Callable[[float], float]:
        """From the unit to the scale on which sums add up."""
        geometric = self.found.spec.kind is MeasureKind.CONTINUOUS and self.found.spec.average is Average.GEOMETRIC
        return (lambda value: math.log(max(value, 1e-9))) if geometric else float

    def weights(self, keys: Sequence[int], quarters: Sequence[int] = QUARTERS) -> dict[int, float]:
        places = (self.keys.index(key) * len(QUARTERS) + at for key in keys for at in quarters)
        return {2 * place: 1.0 for place in places}

    def sums(self, keys: Sequence[int], quarters: Sequence[int] = QUARTERS) -> dict[int, float]:
        return {place + 1: 1.0 for place in self.weights(keys, quarters)}

    def program(self) -> Program:
        program = Program(self.scale + 1)
        self._own(program)
        self._told(program, self.keys, QUARTERS, self.found.all.rate)
        for at in QUARTERS:
            self._told(program, self.keys, [at], self.found.all.trend[at]["rate"])
        for key in self.keys:
            self._told(program, [key], QUARTERS, self.point(key))
        self._leaders(program)
        return program

    def _told(self, program: Program, keys: Sequence[int], quarters: Sequence[int], value: float | None) -> None:
        if value is not None:
            self._between(program, keys, quarters, (value - self.found.step / 2, value + self.found.step / 2))

    def _between(
        self, program: Program, keys: Sequence[int], quarters: Sequence[int], ends: tuple[float, float]
    ) -> None:
        low, high = map(self.onto, ends)
        sums, weights = self.sums(keys, quarters), self.weights(keys, quarters)
        program.at_most(plus(sums, weights, -high))
        program.at_most(plus(dict.fromkeys(sums, -1.0), weights, low))

    def _own(self, program: Program) -> None:
        """The own sums by quarter, and on which side of the own interval the exact value of all lies."""
        if self.viewer is None:
            return
        site = self.found.sites[self.viewer]
        for at in QUARTERS:
            point = site.trend[at]
            weight, total = self.exact(point)
            for place, known in zip(self._pair(at), (weight, total), strict=True):
                program.equal.append({place: 1.0, self.scale: -known})
        if site.reading == Reading.TOO_FEW or site.rate_low is None or site.rate_high is None:
            return
        above = (site.reading == Reading.BETTER) == (self.found.spec.direction is Direction.HIGHER)
        far = 1e6
        ends = (site.rate_low, site.rate_high)
        if site.reading != Reading.AS_EXPECTED:
            ends = (
                (0.0 if self.found.spec.average is Average.GEOMETRIC else -far, site.rate_low)
                if above
                else (ends[1], far)
            )
        self._between(program, self.keys, QUARTERS, ends)

    def _pair(self, at: int) -> tuple[int, int]:
        assert self.viewer is not None
        place = 2 * (self.keys.index(self.viewer) * len(QUARTERS) + at)
        return place, place + 1

    def exact(self, point: Mapping[str, float]) -> tuple[float, float]:
        if self.found.spec.kind is MeasureKind.CONTINUOUS:
            return float(point["denominator"]), float(point["total"])
        return float(point["total"]), float(point["observed"])

    def point(self, key: int) -> float | None:
        """The point of a hospital where it is its own value, not the model's."""
        site = self.found.sites[key]
        if site.rate is None or not self.found.peers.values:
            return None
        mine = contribution_of(site, site.rate)
        return float(rounded(site.rate, step_for(self.found.pooled))) if told(mine, RULES) == site.rate else None

    def _leaders(self, program: Program) -> None:
        """The attacker knows who leads, too: those whose values together are the benchmark."""
        higher = self.found.spec.direction is Direction.HIGHER
        order = sorted(self.keys, key=lambda key: (self.found.sites[key].shrunken_rate or 0.0) * (-1 if higher else 1))
        leaders = order[: self.found.pooled.benchmark_hospitals]
        self._told(program, leaders, QUARTERS, self.found.peers.benchmark)

    def value(self, program: Program, key: int) -> Interval:
        goal, fixed = self.sums([key]), self.weights([key])
        low, high = (program.extreme(goal, fixed, sign) for sign in (1, -1))
        if self.onto(math.e) == 1.0 and math.isfinite(high):
            return Interval(math.exp(low), math.exp(high))
        return Interval(low, high)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("seed", range(WORLDS))
def test_who_has_found_out_who_is_who_learns_no_more_than_the_points(seed: int, name: str) -> None:
    found = random_release(seed, name)
    for viewer in (None, min(found.sites), max(found.sites)):
        attack = Attack(found, viewer)
        program = attack.program()
        for key in set(attack.keys) - {viewer}:
            width = attack.value(program, key).width
            # A value next to nothing has only the part of its step above nothing.
            point = attack.point(key)
            least = found.step if point is None else min(found.step, point + found.step / 2)
            assert width > least * (1 - CLOSE)


@pytest.mark.parametrize("name", MEASURES)
def test_nothing_told_is_finer_than_the_step(name: str) -> None:
    found = random_release(1, name)
    quarters = [point["rate"] for point in found.all.trend if point["rate"] is not None]
    for value in (
        *found.peers.values,
        found.all.rate,
        found.peers.collaborative_value,
        found.peers.benchmark,
        *quarters,
    ):
        assert value is None or abs(value / found.step - round(value / found.step)) < CLOSE


@pytest.mark.parametrize("name", MEASURES)
def test_one_extreme_case_makes_a_hospital_no_point(name: str) -> None:
    """What everybody at the meeting has heard of must not be read off the picture."""
    chance = dice(3)
    spec = MEASURES[name]
    events = 0.2 if spec.kind is MeasureKind.RATE else 1.0
    hospitals = {key: hospital(chance, 40, 100, events) for key in range(1, 9)}
    calm = release(hospitals, spec)
    extreme = array("d", [40.0 + 0.01 * at for at in range(99)] + [20_000.0])
    found = release(hospitals | {8: replace(hospitals[8], values=extreme)}, spec)

    assert len(calm.peers.values) == 8
    assert len(found.peers.values) in {0, 7}
    assert not any(value > 200 for value in found.peers.values)


def test_the_programme_would_find_what_leaks() -> None:
    """With the exact value of all and of all but one, and every weight, the one is known exactly."""
    found = random_release(2, "geometric")
    attack, target = Attack(found, None), 3
    program = Program(attack.scale + 1)
    for key in attack.keys:
        for at in QUARTERS:
            weight, total = attack.exact(found.sites[key].trend[at])
            (place,) = attack.weights([key], [at])
            program.equal.append({place: 1.0, attack.scale: -weight})
            if key != target:
                program.equal.append({place + 1: 1.0, attack.scale: -total})
    program.at_most({attack.scale: -1.0})
    everything = float(np.sum([found.sites[key].values["total"] for key in attack.keys]))
    program.equal.append({**attack.sums(attack.keys), attack.scale: -everything})

    assert attack.value(program, target).width < found.step / 100
