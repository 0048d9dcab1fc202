"""Releases from plain counts, without a database: the numbers and what members see of them, by the product's functions."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feedback.models import MeasureResult, PeerDistribution, PooledResult, SiteResult
from feedback.selectors.disclosing import peers_shown, pooled_shown
from feedback.selectors.membership import Cases, FewChanged, Told, against
from feedback.selectors.slices import Slice
from feedback.services.numbers.measure import compute_measure
from feedback.services.numbers.tally import quarter_name, quarter_of
from feedback.services.numbers.values import MeasureInput
from measures.definition.canonical import digest_of, to_json
from measures.definition.spec import (
    Direction,
    Domain,
    FormSpec,
    MeasureKind,
    MeasureSpec,
    Section,
    VariableSpec,
    VariableType,
)
from measures.models import MeasureVersion
from privacy.disclosure import DisclosureRules
from tests.worlds.slices import slice_of


RULES = DisclosureRules()
FORM = FormSpec(
    slug="operation",
    name="Operation",
    case_noun="operation",
    case_noun_plural="operations",
    event_date="day",
    sections=(Section(name="all", label="All"),),
    variables=(VariableSpec(name="day", label="Day", type=VariableType.DATE, section="all"),),
)
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
WINDOW = (quarter_of(FIRST), quarter_of(LAST))

Counts = Mapping[int, tuple[int, int]]
"""Of one hospital: quarter → cases, and how many of them met."""


@dataclass(frozen=True, kw_only=True)
class Released:
    """One measure of a release: exact numbers by hospital, and all that leaves the worker for members."""

    sites: Mapping[int, SiteResult]
    pooled: MeasureResult
    peers: PeerDistribution
    all: PooledResult
    quarters: Sequence[int]
    """Places of the window's quarters in every trend."""
    cases: Cases
    changed: FewChanged

    @property
    def told(self) -> Told:
        """What members will have been told when the next release is published."""
        quarters = frozenset(point["quarter"] for point in self.all.trend if point["rate"] is not None)
        return Told("before", self.all.rate is not None, self.peers.benchmark is not None, quarters)

    @property
    def points(self) -> tuple[float, ...]:
        return tuple(self.peers.values)


def measure(direction: Direction = Direction.LOWER) -> MeasureSpec:
    return MeasureSpec(
        slug="ssi",
        name="Infection",
        short_name="Infection",
        kind=MeasureKind.PROPORTION,
        domain=Domain.OUTCOME,
        direction=direction,
        form="operation",
    )


def release(
    hospitals: Mapping[int, Counts],
    *,
    direction: Direction = Direction.LOWER,
    window: tuple[date, date] = (FIRST, LAST),
    before: Sequence[Released] = (),
    ledger: bool = True,
) -> Released:
    """Compute and disclose one measure as the worker does, after the releases `before`; without the ledger on demand."""
    first, last = (quarter_of(day) for day in window)
    spec = measure(direction)
    given = MeasureInput(
        measure=spec,
        form=FORM,
        risk_model=None,
        slices={key: _slice(counts, first, last) for key, counts in hospitals.items()},
        window_from=window[0],
        window_to=window[1],
        rules=RULES,
    )
    numbers = compute_measure(given)
    version = MeasureVersion(digest=digest_of(spec), spec=to_json(spec))
    sites = {
        key: SiteResult(participation_id=key, measure_version=version, **vars(site))
        for key, site in numbers.sites.items()
    }
    pooled = MeasureResult(measure_version=version, **vars(numbers.pooled))
    told, earlier = list(sites.values()), len(numbers.pooled.trend) - (last - first + 1)
    cases = Cases(quarter_name(first), quarter_name(last))
    for key, site in sites.items():
        cases.add(key, site.denominator, site.trend)
    changed = against(cases, [(each.cases, each.told) for each in before] if ledger else [])
    return Released(
        sites=sites,
        pooled=pooled,
        peers=peers_shown(pooled, told, RULES, changed),
        all=pooled_shown(pooled, told, RULES, changed),
        quarters=range(earlier, len(numbers.pooled.trend)),
        cases=cases,
        changed=changed,
    )


def _slice(counts: Counts, first: int, last: int) -> Slice:
    now = {quarter: pair for quarter, pair in counts.items() if first <= quarter <= last}
    days = [_day(quarter) for quarter, (n, _) in now.items() for _ in range(n)]
    outcomes = "".join("m" * met + "n" * (n - met) for n, met in now.values())
    history = tuple((3 * quarter, met, n - met) for quarter, (n, met) in counts.items() if quarter < first)
    return slice_of(outcomes, days, history=history)


def _day(quarter: int) -> date:
    return date(quarter // 4, quarter % 4 * 3 + 1, 15)


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 -- the same worlds in every run


def year(n: int, met: int, chance: random.Random) -> Counts:
    """A year's cases of one hospital, spread over its quarters."""
    quarters = range(WINDOW[0], WINDOW[1] + 1)
    cases = [(chance.choice(quarters), at < met) for at in range(n)]
    return {
        quarter: (
            sum(1 for where, _ in cases if where == quarter),
            sum(1 for where, hit in cases if where == quarter and hit),
        )
        for quarter in quarters
    }


def world(
    chance: random.Random, hospitals: int, *, rate: float = 0.2, smallest: int = 20, largest: int = 400
) -> dict[int, Counts]:
    """Random hospitals: log-uniform volumes, rates that differ."""
    made: dict[int, Counts] = {}
    for key in range(1, hospitals + 1):
        n = round(smallest * (largest / smallest) ** chance.random())
        own = min(0.99, max(0.0, chance.gauss(rate, rate / 3)))
        made[key] = year(n, sum(chance.random() < own for _ in range(n)), chance)
    return made


def total(counts: Counts) -> tuple[int, int]:
    return sum(n for n, _ in counts.values()), sum(met for _, met in counts.values())
