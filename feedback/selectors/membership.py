"""Who contributed to what members have already been told: the join and leave rule of SECURITY 4.3.5."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from feedback.enums import ReleaseState
from feedback.models import PooledResult, Release, SiteResult
from privacy.disclosure import few_changed


SEEN = (ReleaseState.RELEASED, ReleaseState.SUPERSEDED, ReleaseState.WITHDRAWN)


@dataclass(frozen=True)
class FewChanged:
    """Of one measure: whether its pooled value, and those of which quarters, would tell who joined or left."""

    window: bool = False
    quarters: frozenset[str] = frozenset()


@dataclass
class _Contributors:
    window: set[int] = field(default_factory=set)
    quarters: dict[str, set[int]] = field(default_factory=dict)


def few_changed_since(release: Release) -> Mapping[int, FewChanged]:
    """By measure, against every earlier release that told a pooled value of some of the same days."""
    earlier = _overlapping(release)
    told = _told(earlier)
    then, now = _contributors(earlier), _contributors([release.pk])
    return {
        measure: _against(mine, [(then[key], told[key]) for key in told if key[1] == measure and key in then])
        for (_, measure), mine in now.items()
    }


def _overlapping(release: Release) -> list[int]:
    seen = Release.objects.filter(
        collaborative_id=release.collaborative_id,
        state__in=SEEN,
        window_from__lte=release.window_to,
        window_to__gte=release.window_from,
    )
    return list(seen.exclude(pk=release.pk).values_list("pk", flat=True))


def _told(releases: list[int]) -> dict[tuple[int, int], tuple[bool, frozenset[str]]]:
    """By release and measure: whether the window has a pooled value, and which quarters do."""
    found = PooledResult.objects.filter(release__in=releases)
    rows = found.values_list("release_id", "measure_version__measure_id", "rate", "trend")
    return {
        (release, measure): (rate is not None, frozenset(at["quarter"] for at in trend if at["rate"] is not None))
        for release, measure, rate, trend in rows
    }


def _contributors(releases: list[int]) -> dict[tuple[int, int], _Contributors]:
    found: dict[tuple[int, int], _Contributors] = {}
    rows = SiteResult.objects.filter(release__in=releases, denominator__gt=0)
    names = ("release_id", "measure_version__measure_id", "participation_id", "trend")
    for release, measure, hospital, trend in rows.values_list(*names).iterator():
        mine = found.setdefault((release, measure), _Contributors())
        mine.window.add(hospital)
        for point in trend:
            if point["denominator"]:
                mine.quarters.setdefault(point["quarter"], set()).add(hospital)
    return found


def _against(now: _Contributors, before: list[tuple[_Contributors, tuple[bool, frozenset[str]]]]) -> FewChanged:
    window = any(few_changed(now.window, then.window) for then, (told, _) in before if told)
    return FewChanged(window, frozenset(_quarters(now, before)))


def _quarters(now: _Contributors, before: list[tuple[_Contributors, tuple[bool, frozenset[str]]]]) -> Iterator[str]:
    for then, (_, quarters) in before:
        for quarter, hospitals in now.quarters.items():
            if quarter in quarters and few_changed(hospitals, then.quarters.get(quarter, set())):
                yield quarter
