"""What members have already been told, and what would follow from it: the ledger across releases (SECURITY 4.3.5).

Against every release that told a value of some of the same days, withdrawn ones too, for members saw them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from feedback.enums import ReleaseState
from feedback.models import PeerDistribution, PooledResult, Release, SiteResult
from privacy.disclosure import few_changed
from privacy.ledger import TOO_CLOSE, closest


SEEN = (ReleaseState.RELEASED, ReleaseState.SUPERSEDED, ReleaseState.WITHDRAWN)
ALL = "all"


@dataclass(frozen=True)
class FewChanged:
    """Of one measure: whether its pooled value, its benchmark, and the values of which quarters would tell of few.

    `why` is for the biostatistician: against which release, and what would follow.
    """

    window: bool = False
    quarters: frozenset[str] = frozenset()
    benchmark: bool = False
    why: tuple[str, ...] = field(default=(), compare=False)


class Counted(Protocol):
    """One hospital's part in a measure: a stored result, or numbers just computed."""

    denominator: int
    trend: Any


@dataclass(frozen=True)
class Told:
    """What members were told of a measure by one earlier release."""

    release: str
    window: bool
    benchmark: bool
    quarters: frozenset[str]


@dataclass
class Cases:
    """Who contributed, with how many cases, to one measure of one release: in its window and in every quarter."""

    first: str
    last: str
    window: dict[int, int] = field(default_factory=dict)
    quarters: dict[str, dict[int, int]] = field(default_factory=dict)

    def add(self, hospital: int, cases: int, trend: Iterable[Mapping[str, Any]]) -> None:
        if cases:
            self.window[hospital] = cases
        for point in trend:
            if point["denominator"]:
                self.quarters.setdefault(point["quarter"], {})[hospital] = point["denominator"]

    def within(self, quarter: str) -> Mapping[int, int]:
        """Cases of a quarter as far as the window holds it."""
        return self.quarters.get(quarter, {}) if self.first <= quarter <= self.last else {}


Key = tuple[int, int]  # release and measure
Seen = list[tuple[Cases, Told]]


def few_changed_since(release: Release) -> Mapping[int, FewChanged]:
    """By measure, against every earlier release that told a value of some of the same days."""
    earlier = list(overlapping(release))
    told = _told(earlier)
    then, now = _contributors(earlier), _contributors([release])
    return {
        measure: against(mine, [(then[key], told[key]) for key in told if key[1] == measure and key in then])
        for (_, measure), mine in now.items()
    }


def hides_benchmark(release: Release, measure: int, sites: Mapping[int, Counted]) -> bool:
    """Whether the achievable benchmark stays untold, as things were when the release was drafted.

    The same however often it is computed again: distances to a benchmark that is not told are not kept either.
    """
    earlier = list(overlapping(release, drafted=release.created_at))
    then = _contributors(earlier, measure=measure)
    told = {key: each for key, each in _told(earlier).items() if key in then and each.benchmark}
    mine = _begun(release)
    for hospital, site in sites.items():
        mine.add(hospital, site.denominator, site.trend)
    return against(mine, [(then[key], each) for key, each in told.items()]).benchmark


def overlapping(release: Release, drafted: datetime | None = None) -> Iterator[Release]:
    """What members have seen of some of the same days, withdrawn ones too; or had seen by a moment."""
    seen = Release.objects.filter(
        collaborative_id=release.collaborative_id,
        state__in=SEEN,
        window_from__lte=release.window_to,
        window_to__gte=release.window_from,
        **({"released_at__lt": drafted} if drafted else {}),
    )
    return seen.exclude(pk=release.pk).order_by("released_at", "pk").iterator()


def _told(releases: list[Release]) -> dict[Key, Told]:
    """Whether the window has a pooled value and a benchmark, and which quarters have a value."""
    names = {release.pk: release.name for release in releases}
    peers = PeerDistribution.objects.filter(release__in=names, stratum=ALL, benchmark__isnull=False)
    benchmarks = set(peers.values_list("release_id", "measure_version__measure_id"))
    rows = PooledResult.objects.filter(release__in=names)
    return {
        (release, measure): Told(
            names[release],
            rate is not None,
            (release, measure) in benchmarks,
            frozenset(at["quarter"] for at in trend if at["rate"] is not None),
        )
        for release, measure, rate, trend in rows.values_list(
            "release_id", "measure_version__measure_id", "rate", "trend"
        )
    }


def _contributors(releases: list[Release], measure: int | None = None) -> dict[Key, Cases]:
    found: dict[Key, Cases] = {}
    begun = {release.pk: release for release in releases}
    rows = SiteResult.objects.filter(release__in=begun, denominator__gt=0)
    if measure is not None:
        rows = rows.filter(measure_version__measure_id=measure)
    names = ("release_id", "measure_version__measure_id", "participation_id", "denominator", "trend")
    for release, which, hospital, cases, trend in rows.values_list(*names).iterator():
        found.setdefault((release, which), _begun(begun[release])).add(hospital, cases, trend)
    return found


def _begun(release: Release) -> Cases:
    return Cases(*(f"{day.year}-Q{(day.month + 2) // 3}" for day in (release.window_from, release.window_to)))


def against(now: Cases, before: Seen) -> FewChanged:
    """What would follow from a measure of one release together with earlier ones, each alone beside it."""
    found = [(told, _problem(now, then)) for then, told in before if told.window or told.benchmark]
    why = tuple(f"{problem} (release {told.release})" for told, problem in found if problem)
    return FewChanged(
        window=any(problem and told.window for told, problem in found),
        quarters=frozenset(_quarters(now, before)),
        benchmark=any(problem and told.benchmark for told, problem in found),
        why=why,
    )


def _problem(now: Cases, then: Cases) -> str:
    """What a value of all hospitals would tell beside the one of then."""
    if few_changed(now.window, then.window):
        return f"{_hospitals(len(set(now.window) ^ set(then.window)))} joined or left"
    moved = _moved(now, then)
    if closest(moved.values(), sum(now.window.values()) + sum(then.window.values())) < TOO_CLOSE:
        return "what entered and left the window are nearly all cases of one hospital"
    return ""


def _hospitals(count: int) -> str:
    return "1 hospital" if count == 1 else f"{count} hospitals"


def _moved(now: Cases, then: Cases) -> dict[int, int]:
    """By hospital, the cases that only one of the two windows covers, late ones and corrections too."""
    moved: dict[int, int] = {}
    for quarter in {*now.quarters, *then.quarters}:
        new, old = now.within(quarter), then.within(quarter)
        for hospital in {*new, *old}:
            moved[hospital] = moved.get(hospital, 0) + abs(new.get(hospital, 0) - old.get(hospital, 0))
    return moved


def _quarters(now: Cases, before: Seen) -> Iterator[str]:
    for then, told in before:
        for quarter, hospitals in now.quarters.items():
            old = then.quarters.get(quarter, {})
            if quarter in told.quarters and _few_in_quarter(hospitals, old):
                yield quarter


def _few_in_quarter(now: Mapping[int, int], then: Mapping[int, int]) -> bool:
    moved = (abs(now.get(hospital, 0) - then.get(hospital, 0)) for hospital in {*now, *then})
    return few_changed(now, then) or closest(moved, sum(now.values()) + sum(then.values())) < TOO_CLOSE
