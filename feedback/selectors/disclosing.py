"""What members may be told of a release's exact figures, beyond the rules of `privacy.disclosure`."""

from collections.abc import Sequence
from statistics import median

from feedback.models import MeasureResult, PeerDistribution, PooledResult, SiteResult
from feedback.selectors.membership import FewChanged
from measures.selectors.definitions import case_noun_of
from privacy.disclosure import (
    Contribution,
    DisclosureRules,
    PeerView,
    Step,
    Withheld,
    peer_view,
    pooled_share,
    rounded,
)


FEWEST_LEADERS = 3  # hospitals behind a benchmark, unless there are many to choose from (rule R10)
MANY_HOSPITALS = 10
UNCHANGED = FewChanged()


def contribution_of(result: SiteResult, value: float) -> Contribution:
    """A hospital's part in its peers' picture; from a small count peers are told the shrunken rate."""
    return Contribution(
        denominator=result.denominator, value=value, observed=result.observed, shrunken=result.shrunken_rate
    )


def shown_benchmark(benchmark: float, *, leading: int, hospitals: int) -> float | None:
    """The benchmark in whole percents, or None where one or two hospitals of a small group would be known by it."""
    if leading < FEWEST_LEADERS and hospitals < MANY_HOSPITALS:
        return None
    return float(rounded(benchmark, Step.PERCENT))


def peers_shown(
    pooled: MeasureResult, sites: Sequence[SiteResult], rules: DisclosureRules, changed: FewChanged = UNCHANGED
) -> PeerDistribution:
    """What members see of each other in one measure, not stored yet: a release stores it, a preview only shows it.

    Where a pooled value would tell who joined or left, the hospital in the middle stands for all: its value is shown
    among the others anyway.
    """
    view = _peer_view(pooled, sites, rules)
    share = pooled_share(pooled.observed, [site.denominator for site in sites], rules)
    benchmark = None
    if share is not None and pooled.benchmark is not None:
        benchmark = shown_benchmark(pooled.benchmark, leading=pooled.benchmark_hospitals, hospitals=pooled.hospitals)
    return PeerDistribution(
        collaborative_id=pooled.collaborative_id,
        release_id=pooled.release_id,
        measure_version=pooled.measure_version,
        values=[float(value) for value in view.values],
        withheld=view.withheld.name.lower() if view.withheld else "",
        collaborative_value=_middle(view) if changed.window else None if share is None else float(share),
        middle=changed.window,
        benchmark=benchmark,
    )


def _middle(view: PeerView) -> float | None:
    return float(rounded(float(median(view.values)), Step.PERCENT)) if view.values else None


def _peer_view(pooled: MeasureResult, sites: Sequence[SiteResult], rules: DisclosureRules) -> PeerView:
    """Risk-adjusted rates where there is a model, rates where there is none."""
    adjusted = pooled.expected is not None
    values = ((site, site.adjusted_rate if adjusted else site.rate) for site in sites)
    points = [contribution_of(site, value) for site, value in values if value is not None]
    minimum = pooled.measure_version.definition.minimum_cases
    return peer_view(points, rules, step=Step.PERCENT, minimum_cases=minimum)


def pooled_shown(
    pooled: MeasureResult, sites: Sequence[SiteResult], rules: DisclosureRules, changed: FewChanged = UNCHANGED
) -> PooledResult:
    """What members and observers see of all hospitals together in one measure, not stored yet."""
    share = pooled_share(pooled.observed, [site.denominator for site in sites], rules)
    reason = "" if share is not None else Withheld.TOO_FEW_HOSPITALS.name.lower()
    if changed.window:
        share, reason = None, Withheld.FEW_CHANGED.name.lower()
    return PooledResult(
        collaborative_id=pooled.collaborative_id,
        release_id=pooled.release_id,
        measure_version=pooled.measure_version,
        hospitals_band=_band(pooled.hospitals),
        case_noun=case_noun_of(pooled.measure_version),
        rate=None if share is None else float(share),
        withheld=reason,
        trend=[_quarter(pooled, sites, at, rules, changed) for at in range(len(pooled.trend))],
    )


def _quarter(
    pooled: MeasureResult, sites: Sequence[SiteResult], at: int, rules: DisclosureRules, changed: FewChanged
) -> dict[str, object]:
    """One quarter of all hospitals, by the same rules as the whole window."""
    point = pooled.trend[at]
    share = pooled_share(point["observed"], [site.trend[at]["denominator"] for site in sites], rules)
    if point["quarter"] in changed.quarters:
        share = None
    return {"quarter": point["quarter"], "rate": None if share is None else float(share)}


def _band(hospitals: int) -> str:
    """How many hospitals, never exactly: who joins or leaves must not show."""
    if hospitals < 10:
        return "fewer than 10"
    lower = hospitals // 10 * 10
    return f"{lower} to {lower + 9}"
