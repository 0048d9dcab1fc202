"""What the published numbers of a release leave possible, as linear programs (SciPy's HiGHS).

An attacker writes down everything the release says as (in)equalities about the cases `n` and events `o` of every
hospital and quarter, and asks for the smallest and largest rate that one hospital can have.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array

from feedback.enums import Reading
from feedback.models import SiteResult
from feedback.selectors.disclosing import contribution_of
from measures.definition.spec import Direction
from privacy.disclosure import DisclosureRules, Step, rounded, told
from riskstats.abc import achievable_benchmark
from tests.attacks.plain import Released


HALF = 0.005  # of the step in which rates are told
FREE = (0.0, None)


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass
class Program:
    """Rows `a x <= 0` and `a x == 0`; every number scales with the last variable, which is 1 or free.

    With it free, the cases of the hospital that is asked about can be set to 1, and the largest count of events is the
    largest rate (Charnes and Cooper 1962).
    """

    size: int
    least: list[dict[int, float]] = field(default_factory=list)
    equal: list[dict[int, float]] = field(default_factory=list)

    def at_most(self, row: Mapping[int, float]) -> None:
        self.least.append(dict(row))

    def within(self, events: Mapping[int, float], cases: Mapping[int, float], rate: float) -> None:
        """Say that the rate of these events in these cases is told as `rate`."""
        self.at_most(plus(events, cases, -(rate + HALF)))
        self.at_most(plus({key: -value for key, value in events.items()}, cases, rate - HALF))

    def extreme(self, goal: Mapping[int, float], fixed: Mapping[int, float], sign: int) -> float:
        """Give the smallest (1) or largest (-1) value of the goal where `fixed` is 1."""
        cost = np.zeros(self.size)
        for key, value in goal.items():
            cost[key] = sign * value
        upper = self._matrix(self.least)
        exact = self._matrix([*self.equal, fixed])
        answer = linprog(
            cost,
            A_ub=upper,
            b_ub=np.zeros(len(self.least)),
            A_eq=exact,
            b_eq=[*([0.0] * len(self.equal)), 1.0],
            bounds=[FREE] * self.size,
            method="highs",
        )
        if answer.status == 3:  # unbounded
            return -sign * float("inf")
        if not answer.success:
            raise AssertionError(f"what was published contradicts itself: {answer.message}")
        return sign * float(answer.fun)

    def _matrix(self, rows: Sequence[Mapping[int, float]]) -> coo_array:
        places = [(at, key, value) for at, row in enumerate(rows) for key, value in row.items()]
        at, keys, values = zip(*places, strict=True)
        return coo_array((values, (at, keys)), shape=(len(rows), self.size))


def plus(one: Mapping[int, float], other: Mapping[int, float], times: float) -> dict[int, float]:
    return {key: one.get(key, 0.0) + times * other.get(key, 0.0) for key in {*one, *other}}


@dataclass(frozen=True)
class Attack:
    """Everything one viewer knows of a measure: the release, the own exact counts (None: the sponsor), and who is who.

    That the attacker has found out which point is whose is the worst case: nobody is told.
    """

    found: Released
    viewer: int | None
    rules: DisclosureRules

    @property
    def keys(self) -> list[int]:
        return sorted(self.found.sites)

    @property
    def quarters(self) -> Sequence[int]:
        """Places in a trend of the window's quarters; earlier ones say nothing about it."""
        return self.found.quarters

    def cases(self, key: int) -> dict[int, float]:
        return {self._place(key, at): 1.0 for at in range(len(self.quarters))}

    def events(self, key: int) -> dict[int, float]:
        return {self._place(key, at) + 1: 1.0 for at in range(len(self.quarters))}

    def _place(self, key: int, at: int) -> int:
        return 2 * (self.keys.index(key) * len(self.quarters) + at)

    @property
    def scale(self) -> int:
        return 2 * len(self.keys) * len(self.quarters)

    def program(self) -> Program:
        program = Program(self.scale + 1)
        for key in self.keys:
            for at in range(len(self.quarters)):
                place = self._place(key, at)
                program.at_most({place + 1: 1.0, place: -1.0})
        self._own(program)
        self._pooled(program)
        self._points(program)
        self._benchmark(program)
        return program

    def _own(self, program: Program) -> None:
        if self.viewer is None:
            return
        site = self.found.sites[self.viewer]
        for at, quarter in enumerate(self.quarters):
            place, point = self._place(self.viewer, at), site.trend[quarter]
            program.equal.append({place: 1.0, self.scale: -float(point["denominator"])})
            program.equal.append({place + 1: 1.0, self.scale: -float(point["observed"])})
        self._reading(program, site)

    def _reading(self, program: Program, site: SiteResult) -> None:
        """The own reading says on which side of the exact pooled rate the own interval lies."""
        if site.reading == Reading.TOO_FEW or site.rate_low is None or site.rate_high is None or site.oe is not None:
            return
        events, cases = self.all_events(self.keys), self.all_cases(self.keys)
        higher = site.measure_version.definition.direction is Direction.HIGHER
        above = (site.reading == Reading.BETTER) == higher
        if site.reading == Reading.AS_EXPECTED:
            program.at_most(plus(events, cases, -site.rate_high))
            program.at_most(plus(dict.fromkeys(events, -1.0), cases, site.rate_low))
        elif above:  # the pooled rate is below the own interval
            program.at_most(plus(events, cases, -site.rate_low))
        else:
            program.at_most(plus(dict.fromkeys(events, -1.0), cases, site.rate_high))

    def all_cases(self, keys: Sequence[int]) -> dict[int, float]:
        return {place: 1.0 for key in keys for place in self.cases(key)}

    def all_events(self, keys: Sequence[int]) -> dict[int, float]:
        return {place: 1.0 for key in keys for place in self.events(key)}

    def _pooled(self, program: Program) -> None:
        everything = self.found.all
        if everything.rate is not None:
            program.within(self.all_events(self.keys), self.all_cases(self.keys), everything.rate)
        for at, quarter in enumerate(self.quarters):
            rate = everything.trend[quarter]["rate"]
            if rate is not None:
                places = [self._place(key, at) for key in self.keys]
                program.within({place + 1: 1.0 for place in places}, dict.fromkeys(places, 1.0), rate)

    def _points(self, program: Program) -> None:
        for key in self.keys:
            if (rate := self.point(key)) is not None:
                program.within(self.events(key), self.cases(key), rate)
                program.at_most({**dict.fromkeys(self.cases(key), -1.0), self.scale: float(self.rules.minimum_cases)})

    def point(self, key: int) -> float | None:
        """The point of a hospital where it is the rate itself; one that the model shrank says less about counts."""
        site = self.found.sites[key]
        value = site.rate
        if not self.found.points or value is None or site.denominator < self.rules.minimum_cases or site.oe is not None:
            return None
        return float(rounded(value, Step.PERCENT)) if told(contribution_of(site, value), self.rules) == value else None

    def _benchmark(self, program: Program) -> None:
        """The attacker knows the leaders, too."""
        benchmark, sites = self.found.peers.benchmark, self.found.sites
        if benchmark is None or any(site.oe is not None for site in sites.values()):
            return
        higher = self.found.pooled.measure_version.definition.direction is Direction.HIGHER
        best = achievable_benchmark(
            [sites[key].observed for key in self.keys],
            [sites[key].denominator for key in self.keys],
            higher_is_better=higher,
        )
        leaders = [key for key, leads in zip(self.keys, best.selected, strict=True) if leads]
        program.within(self.all_events(leaders), self.all_cases(leaders), benchmark)

    def know_volumes(self, program: Program) -> None:
        """Add what an attacker looks up elsewhere: every hospital's cases, by quarter."""
        for key in self.keys:
            for at, quarter in enumerate(self.quarters):
                cases = float(self.found.sites[key].trend[quarter]["denominator"])
                program.equal.append({self._place(key, at): 1.0, self.scale: -cases})

    # What comes out ---------------------------------------------------------------------------------------------------

    def rate(self, program: Program, key: int) -> Interval:
        goal, fixed = self.events(key), self.cases(key)
        return Interval(program.extreme(goal, fixed, 1), program.extreme(goal, fixed, -1))

    def count(self, program: Program, goal: Mapping[int, float]) -> Interval:
        fixed = {self.scale: 1.0}
        return Interval(program.extreme(goal, fixed, 1), program.extreme(goal, fixed, -1))

    def others(self) -> Iterator[int]:
        return (key for key in self.keys if key != self.viewer and self.found.sites[key].denominator)


def cell(point: float | None) -> Interval:
    """All rates that are told as this point; anything where there is none."""
    return Interval(0.0, 1.0) if point is None else Interval(max(0.0, point - HALF), min(1.0, point + HALF))


# Volumes known, who is who unknown ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Puzzle:
    """An attacker who knows every hospital's cases in every quarter, and tries all ways to deal the points out."""

    attack: Attack

    def rate(self, key: int) -> Interval:
        low, high = (self._solve(key, sign) for sign in (1, -1))
        return Interval(low, high)

    def _solve(self, key: int, sign: int) -> float:
        attack = self.attack
        quarters, keys = len(attack.quarters), attack.keys
        dealt = [each for each in keys if attack.point(each) is not None]
        values = sorted(rate for each in dealt if (rate := attack.point(each)) is not None)
        events, size = len(keys) * quarters, len(keys) * quarters + len(dealt) * len(values)
        cost = np.zeros(size)
        cost[[keys.index(key) * quarters + at for at in range(quarters)]] = sign
        answer = milp(
            cost,
            constraints=list(self._constraints(dealt, values, size)),
            bounds=self._bounds(size, events),
            integrality=np.r_[np.zeros(events), np.ones(size - events)],
        )
        if not answer.success:
            raise AssertionError(f"what was published contradicts itself: {answer.message}")
        return sign * float(answer.fun) / attack.found.sites[key].denominator

    def _bounds(self, size: int, events: int) -> Bounds:
        low, high = np.zeros(size), np.ones(size)
        for row, key in enumerate(self.attack.keys):
            for at, quarter in enumerate(self.attack.quarters):
                point, place = self.attack.found.sites[key].trend[quarter], row * len(self.attack.quarters) + at
                high[place] = point["denominator"]
                if key == self.attack.viewer:
                    low[place] = high[place] = point["observed"]
        assert events <= size
        return Bounds(low, high)

    def _constraints(self, dealt: list[int], values: list[float], size: int) -> Iterator[LinearConstraint]:
        attack, found = self.attack, self.attack.found
        quarters, keys = len(attack.quarters), attack.keys
        cases = np.array(
            [[found.sites[key].trend[quarter]["denominator"] for quarter in attack.quarters] for key in keys]
        )
        start = len(keys) * quarters
        if found.all.rate is not None:
            yield _rate(np.r_[np.ones(start), np.zeros(size - start)], cases.sum(), found.all.rate)
        for at, quarter in enumerate(attack.quarters):
            if (rate := found.all.trend[quarter]["rate"]) is not None:
                row = np.zeros(size)
                row[at:start:quarters] = 1
                yield _rate(row, cases[:, at].sum(), rate)
        for place, key in enumerate(dealt):
            row, of = np.zeros(size), cases[keys.index(key)].sum()
            row[keys.index(key) * quarters :][:quarters] = 1
            row[start + place * len(values) :][: len(values)] = [-value * of for value in values]
            yield LinearConstraint(row, -HALF * of, HALF * of)
            one = np.zeros(size)
            one[start + place * len(values) :][: len(values)] = 1
            yield LinearConstraint(one, 1, 1)
        for at in range(len(values)):
            one = np.zeros(size)
            one[start + at :: len(values)] = 1
            yield LinearConstraint(one, 1, 1)


def _rate(row: npt.NDArray[np.float64], cases: float, rate: float) -> LinearConstraint:
    return LinearConstraint(row, (rate - HALF) * cases, (rate + HALF) * cases)
