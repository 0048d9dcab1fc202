"""What members have already been told, and what would follow from it: the ledger across releases (SECURITY 4.3.5).

Against every release that told a value of some of the same days, withdrawn ones too, for members saw them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, QuerySet

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

    @property
    def denominator(self) -> int: ...
    @property
    def trend(self) -> Any: ...  # noqa: ANN401 -- JSON


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
Span = tuple[str, str]
TOLD = (
    *("release_id", "release__name", "release__window_from", "release__window_to"),
    *("measure_version__measure_id", "rate", "trend"),
)
Seen = list[tuple[Cases, Told]]


def few_changed_since(release: Release, measures: Collection[int] | None = None) -> Mapping[int, FewChanged]:
    """By measure (all, or these), against every earlier release that told a value of some of the same days."""
    earlier, told = _told(overlapping(release), measures)
    cases = _contributors({**earlier, release.pk: _span(release.window_from, release.window_to)}, measures)
    return {
        measure: against(mine, [(cases[key], told[key]) for key in told if key[1] == measure and key in cases])
        for (which, measure), mine in cases.items()
        if which == release.pk
    }


def hides_benchmark(release: Release, measure: int, sites: Mapping[int, Counted]) -> bool:
    """Whether the achievable benchmark stays untold, as things were when the release was drafted.

    The same however often it is computed again: distances to a benchmark that is not told are not kept either.
    """
    earlier, found = _told(overlapping(release, drafted=release.created_at), [measure])
    then = _contributors(earlier, [measure])
    told = {key: each for key, each in found.items() if key in then and each.benchmark}
    mine = Cases(*_span(release.window_from, release.window_to))
    for hospital, site in sites.items():
        mine.add(hospital, site.denominator, site.trend)
    return against(mine, [(then[key], each) for key, each in told.items()]).benchmark


def outdated(release: Release) -> bool:
    """Whether members have since seen a release beside which distances to a benchmark, kept here, tell about few."""
    if not overlapping(release).filter(released_at__gte=release.created_at).exists():
        return False
    hidden = [measure for measure, few in few_changed_since(release).items() if few.benchmark]
    kept = SiteResult.objects.filter(release=release, gap__isnull=False)
    return kept.filter(measure_version__measure_id__in=hidden).exists()


def overlapping(release: Release, drafted: datetime | None = None) -> QuerySet[Release]:
    """What members have seen of some of the same days, withdrawn ones too; or had seen by a moment."""
    seen = Release.objects.filter(
        collaborative_id=release.collaborative_id,
        state__in=SEEN,
        window_from__lte=release.window_to,
        window_to__gte=release.window_from,
        **({"released_at__lt": drafted} if drafted else {}),
    )
    return seen.exclude(pk=release.pk).order_by("released_at", "pk")


def _told(
    releases: QuerySet[Release], measures: Collection[int] | None
) -> tuple[Mapping[int, Span], Mapping[Key, Told]]:
    """Whether the window has a pooled value and a benchmark, and which quarters have a value; and of which releases."""
    peers = PeerDistribution.objects.filter(
        release=OuterRef("release"), measure_version=OuterRef("measure_version"), stratum=ALL, benchmark__isnull=False
    )
    found = PooledResult.objects.filter(release__in=releases.order_by(), **_of(measures))
    found = found.order_by("release__released_at", "release_id").annotate(has_benchmark=Exists(peers))
    spans, told = {}, {}
    for which, name, first, last, measure, rate, trend, benchmark in found.values_list(*TOLD, "has_benchmark"):
        spans[which] = _span(first, last)
        quarters = frozenset(at["quarter"] for at in trend if at["rate"] is not None)
        told[which, measure] = Told(name, rate is not None, benchmark, quarters)
    return spans, told


def _contributors(releases: Mapping[int, Span], measures: Collection[int] | None) -> dict[Key, Cases]:
    found: dict[Key, Cases] = {}
    rows = SiteResult.objects.filter(release__in=releases, denominator__gt=0, **_of(measures))
    names = ("release_id", "measure_version__measure_id", "participation_id", "denominator", "trend")
    for release, which, hospital, cases, trend in rows.values_list(*names).iterator():
        if (release, which) not in found:
            found[release, which] = Cases(*releases[release])
        found[release, which].add(hospital, cases, trend)
    return found


def _of(measures: Collection[int] | None) -> dict[str, Collection[int]]:
    return {} if measures is None else {"measure_version__measure_id__in": measures}


def _span(first: date, last: date) -> Span:
    """The first and the last quarter of a window."""
    return _quarter(first), _quarter(last)


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


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
