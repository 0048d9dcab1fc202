"""Hospitals by a draft, without their names: a preview is about the definition, not about who is where."""

import math
from collections.abc import Iterable

from feedback.charts import PERCENT, Drawing, Funnel, FunnelCurve, FunnelPoint, draw_funnel
from feedback.charts.funnel import Flag
from feedback.selectors.raw_reading import Counts
from measures.definition.spec import MeasureKind, MeasureSpec


STEPS = 40
TAIL = 0.025
FAR = 9  # standard deviations below which nothing is added up


def preview_funnel(spec: MeasureSpec, sites: Iterable[Counts]) -> Drawing | None:
    """Plain rates by volume; releases adjust them for risk, and widen the limits for over-dispersion."""
    found = sorted((site for site in sites if site.denominator), key=lambda site: -site.denominator)
    if spec.kind is not MeasureKind.PROPORTION or len(found) < 2:
        return None
    rate = sum(site.met for site in found) / sum(site.denominator for site in found)
    return draw_funnel(
        Funnel(
            key="preview-funnel",
            title=f"{spec.short_name or spec.name}: every hospital by volume",
            value_name="Rate",
            volume_name="cases",
            form=PERCENT,
            points=tuple(_point(place, site, rate) for place, site in enumerate(found, start=1)),
            target=rate,
            curves=(_curve(rate, found[0].denominator),),
        )
    )


def limits(rate: float, cases: int) -> tuple[float, float]:
    """Between them lie 95 of 100 hospitals of this volume that differ by chance alone: exact binomial quantiles."""
    if not 0 < rate < 1:
        return rate, rate
    spread = math.sqrt(cases * rate * (1 - rate))
    count = max(0, int(cases * rate - FAR * spread))
    chance = math.exp(
        math.lgamma(cases + 1) - math.lgamma(count + 1) - math.lgamma(cases - count + 1)
        + count * math.log(rate) + (cases - count) * math.log1p(-rate)
    )  # fmt: skip
    below, low = chance, -1
    while below < 1 - TAIL and count < cases:
        if low < 0 and below >= TAIL:
            low = count
        chance *= (cases - count) / (count + 1) * rate / (1 - rate)
        count += 1
        below += chance
    return (low if low >= 0 else count) / cases, count / cases


def _point(place: int, site: Counts, rate: float) -> FunnelPoint:
    value, (low, high) = site.met / site.denominator, limits(rate, site.denominator)
    flag: Flag = "high" if value > high else "low" if value < low else ""
    return FunnelPoint(f"Hospital {place} by volume", float(site.denominator), value, flag)


def _curve(rate: float, most: int) -> FunnelCurve:
    volumes = sorted({max(1, most * step // STEPS) for step in range(1, STEPS + 1)})
    pairs = [limits(rate, volume) for volume in volumes]
    return FunnelCurve(
        name="95%",
        kind="exact",
        volumes=[float(each) for each in volumes],
        lower=[low for low, _ in pairs],
        upper=[high for _, high in pairs],
    )
