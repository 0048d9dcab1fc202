"""What members may be told of a release's exact figures, beyond the rules of `privacy.disclosure`."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any

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
    rounded,
    withheld,
)


FEWEST_LEADERS = 3  # hospitals behind a benchmark, unless there are many to choose from (rule R10)
MANY_HOSPITALS = 10
UNCHANGED = FewChanged()


def contribution_of(result: SiteResult, value: float) -> Contribution:
    """A hospital's part in its peers' picture; from a small count peers are told the shrunken rate."""
    return Contribution(
        denominator=result.denominator,
        value=value,
        observed=result.observed,
        shrunken=result.shrunken_rate,
        lone=bool(result.values.get("lone")),
    )


def step_for(pooled: MeasureResult) -> Step | Decimal:
    """What values of this measure are rounded to: whole percents, or as the release found it for values of cases."""
    step = pooled.values.get("step")
    return Step.PERCENT if step is None else Decimal(repr(float(step)))


def pooled_value(
    pooled: MeasureResult, value: float | None, denominators: Sequence[int], rules: DisclosureRules
) -> Decimal | None:
    """The value of all hospitals, rounded, or None where it would tell about one of them (rule R10)."""
    contributing = [each for each in denominators if each]
    if value is None or not contributing or withheld(contributing, rules) or not _may_be_told(pooled):
        return None
    return rounded(value, step_for(pooled))


def _may_be_told(pooled: MeasureResult) -> bool:
    """Where cases carry values, they may dominate too: then the release settled on no step."""
    return not pooled.measure_version.definition.has_value or pooled.values.get("step") is not None


def shown_benchmark(
    benchmark: float, *, leading: int, hospitals: int, step: Step | Decimal = Step.PERCENT
) -> float | None:
    """The benchmark, rounded, or None where one or two hospitals of a small group would be known by it."""
    if leading < FEWEST_LEADERS and hospitals < MANY_HOSPITALS:
        return None
    return float(rounded(benchmark, step))


def peers_shown(
    pooled: MeasureResult, sites: Sequence[SiteResult], rules: DisclosureRules, changed: FewChanged = UNCHANGED
) -> PeerDistribution:
    """What members see of each other in one measure, not stored yet: a release stores it, a preview only shows it.

    Where a pooled value would tell who joined or left, the hospital in the middle stands for all: its value is shown
    among the others anyway. The achievable benchmark, a value of few leaders, is not told then.
    """
    view = _peer_view(pooled, sites, rules)
    share = pooled_value(pooled, pooled.rate, [site.denominator for site in sites], rules)
    benchmark = None
    if share is not None and pooled.benchmark is not None and not changed.benchmark:
        benchmark = shown_benchmark(
            pooled.benchmark,
            leading=pooled.benchmark_hospitals,
            hospitals=pooled.hospitals,
            step=step_for(pooled),
        )
    return PeerDistribution(
        collaborative_id=pooled.collaborative_id,
        release_id=pooled.release_id,
        measure_version=pooled.measure_version,
        values=[float(value) for value in view.values],
        withheld=view.withheld.name.lower() if view.withheld else "",
        step=pooled.values.get("step"),
        collaborative_value=_middle(view, step_for(pooled))
        if changed.window
        else None
        if share is None
        else float(share),
        middle=changed.window,
        benchmark=benchmark,
    )


def _middle(view: PeerView, step: Step | Decimal) -> float | None:
    return float(rounded(float(median(view.values)), step)) if view.values else None


def _peer_view(pooled: MeasureResult, sites: Sequence[SiteResult], rules: DisclosureRules) -> PeerView:
    """Risk-adjusted rates where there is a model, rates where there is none."""
    adjusted = pooled.expected is not None
    values = ((site, site.adjusted_rate if adjusted else site.rate) for site in sites)
    points = [contribution_of(site, value) for site, value in values if value is not None]
    minimum = pooled.measure_version.definition.minimum_cases
    if not _may_be_told(pooled):
        return PeerView(values=(), hospitals=0, withheld=withheld_values(sites, rules))
    return peer_view(points, rules, step=step_for(pooled), minimum_cases=minimum)


def withheld_values(sites: Sequence[SiteResult], rules: DisclosureRules) -> Withheld:
    """Why no value is told where the release settled on no step: too few hospitals, or one case or hospital is most of it."""
    return withheld([site.denominator for site in sites if site.denominator], rules) or Withheld.DOMINATED


def pooled_shown(
    pooled: MeasureResult, sites: Sequence[SiteResult], rules: DisclosureRules, changed: FewChanged = UNCHANGED
) -> PooledResult:
    """What members and observers see of all hospitals together in one measure, not stored yet."""
    share = pooled_value(pooled, pooled.rate, [site.denominator for site in sites], rules)
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
        step=pooled.values.get("step"),
        withheld=reason,
        trend=[_quarter(pooled, sites, at, rules, changed) for at in range(len(pooled.trend))],
    )


def _quarter(
    pooled: MeasureResult, sites: Sequence[SiteResult], at: int, rules: DisclosureRules, changed: FewChanged
) -> dict[str, object]:
    """One quarter of all hospitals, by the same rules as the whole window."""
    point = pooled.trend[at]
    share = pooled_value(pooled, _of_point(point), [site.trend[at]["denominator"] for site in sites], rules)
    if point["quarter"] in changed.quarters or _dominated(pooled, [site.trend[at] for site in sites], rules):
        share = None
    return {"quarter": point["quarter"], "rate": None if share is None else float(share)}


def _dominated(pooled: MeasureResult, points: Sequence[dict[str, Any]], rules: DisclosureRules) -> bool:
    """Whether one or two hospitals bring most of what events are counted by."""
    if not pooled.measure_version.definition.kind.is_per_value:
        return False
    return withheld([point["total"] for point in points if point["denominator"]], rules) is not None


def _of_point(point: dict[str, Any]) -> float | None:
    if "value" in point:
        return None if point["value"] is None else float(point["value"])
    return point["observed"] / point["denominator"] if point["denominator"] else None


def _band(hospitals: int) -> str:
    """How many hospitals, never exactly: who joins or leaves must not show."""
    if hospitals < 10:
        return "fewer than 10"
    lower = hospitals // 10 * 10
    return f"{lower} to {lower + 9}"
