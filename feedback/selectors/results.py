"""What one hospital is shown of one measure: its own result, the blinded peers, and both as words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from collaboratives.selectors.places import Place
from feedback.charts import (
    Dots,
    Drawing,
    Own,
    Sparkline,
    Strip,
    draw_dots,
    draw_sparkline,
    draw_strip,
)
from feedback.enums import Reading
from feedback.models import PeerDistribution, SiteMonth, SiteResult
from feedback.selectors.disclosing import contribution_of
from feedback.selectors.units import form_of, value_name
from feedback.selectors.wording import Finding, withheld_sentence
from measures.definition.spec import Direction, MeasureSpec
from privacy.disclosure import DisclosureRules, Step, eligible, rounded, told
from privacy.viewer import Viewer


FEWEST_TREND_POINTS = 2


@dataclass(frozen=True, kw_only=True)
class LiveCounts:
    """The hospital's own counts as they are this moment, over the months since a release's window began."""

    met: int = 0
    not_met: int = 0
    excluded: int = 0
    cannot_tell: int = 0

    @property
    def denominator(self) -> int:
        return self.met + self.not_met

    @property
    def cases(self) -> int:
        return self.denominator + self.excluded + self.cannot_tell


def live_counts(viewer: Viewer, since: date | None) -> dict[int, LiveCounts]:
    """By measure version, in one query."""
    rows = SiteMonth.objects.filter(participation_id=own_hospital(viewer))
    rows = rows.filter(month__gte=since.replace(day=1)) if since else rows
    counts = (
        rows.order_by()
        .values_list("measure_version_id")
        .annotate(Sum("met"), Sum("not_met"), Sum("excluded"), Sum("cannot_tell"))
    )
    return {
        version: LiveCounts(met=met, not_met=not_met, excluded=excluded, cannot_tell=cannot_tell)
        for version, met, not_met, excluded, cannot_tell in counts
    }


def own_hospital(viewer: Viewer) -> int:
    """The hospital a hospital's viewer looks from; 0, which is none, for everybody else."""
    return viewer.participation_id or 0


def fewest_cases(spec: MeasureSpec, place: Place) -> int:
    """With fewer a hospital is compared with nobody."""
    return max(place.collaborative.disclosure_rules.minimum_cases, spec.minimum_cases)


def finding_of(
    result: SiteResult, peers: PeerDistribution | None, place: Place, *, case_noun: str = "cases"
) -> Finding:
    """The values that the sentence, the chart and the table of this measure all show."""
    spec = result.measure_version.definition
    rules = place.collaborative.disclosure_rules
    return Finding(
        hospital=place.site_name,
        unit_noun=spec.unit_noun,
        case_noun=case_noun,
        higher_is_better=spec.direction is Direction.HIGHER,
        minimum=fewest_cases(spec, place),
        denominator=result.denominator,
        observed=result.observed,
        reading=Reading(result.reading),
        rate=result.rate,
        expected=result.expected,
        adjusted_rate=result.adjusted_rate,
        told=_told(result, rules, spec, peers),
        collaborative=peers.collaborative_value if peers else None,
        middle=peers.middle if peers else False,
        benchmark=peers.benchmark if peers else None,
        gap=result.gap,
        withheld=withheld_sentence(peers.withheld) if peers else "",
        form=form_of(spec, peers.step if peers else None),
        kind=spec.kind,
        value_unit=spec.value_unit,
        value_name=value_name(spec),
        total=result.values.get("total") if spec.kind.is_per_value else None,
        quartiles=_quartiles(result),
    )


def _quartiles(result: SiteResult) -> tuple[float, float, float] | None:
    found = result.values
    return (found["lower"], found["median"], found["upper"]) if "median" in found else None


def peers_of(finding: Finding, peers: PeerDistribution | None) -> tuple[float, ...]:
    """The peers' rounded values: all of them, without one that equals the hospital's own when it is among them."""
    values = [float(value) for value in peers.values] if peers else []
    if finding.told in values:
        values.remove(finding.told)
    return tuple(values)


def told_step(spec: MeasureSpec, peers: PeerDistribution | None) -> Step | Decimal | None:
    """What told values are rounded to; of values of cases, only the release knows."""
    if not spec.has_value:
        return Step.PERCENT
    return None if peers is None or peers.step is None else Decimal(repr(peers.step))


def _told(
    result: SiteResult, rules: DisclosureRules, spec: MeasureSpec, peers: PeerDistribution | None
) -> float | None:
    value = result.rate if result.adjusted_rate is None else result.adjusted_rate
    if value is None:
        return None
    own, step = contribution_of(result, value), told_step(spec, peers)
    shown = told(own, rules) if eligible(own, rules, minimum_cases=spec.minimum_cases) else None
    return None if shown is None or step is None else float(rounded(shown, step))


def interval_of(result: SiteResult) -> tuple[float | None, float | None]:
    adjusted = result.adjusted_rate is not None
    return (result.adjusted_low, result.adjusted_high) if adjusted else (result.rate_low, result.rate_high)


def dots_of(
    result: SiteResult, finding: Finding, peers: PeerDistribution | None, *, key: str = "compare"
) -> Drawing | None:
    """The hospital among its peers; none when there is nothing to compare.

    With too few cases the hospital is not in it: a place among peers would be a verdict.
    """
    if finding.value is None or finding.collaborative is None:
        return None
    values = peers_of(finding, peers)
    low, high = interval_of(result)
    own = Own(name=finding.hospital, value=finding.value, low=low, high=high)
    return draw_dots(
        Dots(
            key=key,
            title=_dots_title(finding, len(values)),
            value_name="Risk-adjusted rate" if finding.adjusted_rate is not None else finding.value_name,
            form=finding.form,
            peers=values,
            own=None if finding.few_cases else own,
            collaborative=finding.collaborative,
            benchmark=finding.benchmark,
        )
    )


def _dots_title(finding: Finding, peers: int) -> str:
    if finding.few_cases:
        return f"{peers} blinded peers"
    return f"Your hospital among {peers} blinded peers" if peers else "Your hospital and the collaborative"


def strip_of(finding: Finding, peers: PeerDistribution | None, key: str, name: str) -> Drawing | None:
    if finding.value is None or finding.collaborative is None:
        return None
    return draw_strip(
        Strip(
            key=key,
            title=f"{name} among peers",
            form=finding.form,
            peers=peers_of(finding, peers),
            own=None if finding.few_cases else finding.value,
            collaborative=finding.collaborative,
            benchmark=finding.benchmark,
        )
    )


def spark_of(result: SiteResult, key: str, name: str) -> Drawing | None:
    values = tuple(rate_of(point) for point in result.trend)
    if sum(value is not None for value in values) < FEWEST_TREND_POINTS:
        return None
    labels = tuple(quarter_label(point["quarter"]) for point in result.trend)
    form = form_of(result.measure_version.definition)
    return draw_sparkline(Sparkline(key=key, title=f"{name} by quarter", form=form, labels=labels, values=values))


def rate_of(point: dict[str, Any]) -> float | None:
    """Of a quarter; of values of cases, as the release found it."""
    if "value" in point:
        return None if point["value"] is None else float(point["value"])
    return point["observed"] / point["denominator"] if point["denominator"] else None


def quarter_label(quarter: str) -> str:
    """2026-Q3 as people write it; supplied figures may be of a year, or of several."""
    year, _, name = quarter.partition("-")
    if name.isdecimal():
        return f"{year} to {name}"
    return f"{name} {year}".strip()
