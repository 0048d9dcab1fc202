"""The pictures of the coordinating centre's audited page: every hospital by name, with its volume and its interval."""

from collections.abc import Mapping, Sequence

from feedback.charts import (
    RATIO,
    Bar,
    Caterpillar,
    Drawing,
    Funnel,
    FunnelCurve,
    FunnelPoint,
    ValueFormat,
    draw_caterpillar,
    draw_funnel,
)
from feedback.charts.caterpillar import HIGHEST, Beyond
from feedback.charts.funnel import Flag
from feedback.models import MeasureResult, SiteResult
from feedback.selectors.units import form_of, value_name
from measures.definition.spec import Average, MeasureKind, MeasureSpec


CURVES = (("95", "95%"), ("998", "99.8%"))


def funnel_of(pooled: MeasureResult, results: Sequence[SiteResult], spec: MeasureSpec) -> Drawing | None:
    stored = pooled.funnel
    if "grid" not in stored:
        return None
    adjusted = stored["kind"] == "oe"
    points = tuple(_point(result, stored["flags"], adjusted=adjusted) for result in results if result.denominator)
    form: ValueFormat = RATIO if adjusted else form_of(spec)
    return draw_funnel(
        Funnel(
            key="funnel",
            title=f"{spec.short_name}: every hospital by volume",
            value_name="O/E ratio" if adjusted else value_name(spec),
            volume_name="expected events" if adjusted else _volume_name(spec),
            form=form,
            points=points,
            target=stored["target"],
            target_name="as expected" if adjusted else "collaborative",
            curves=tuple(_curves(stored)),
        )
    )


def _volume_name(spec: MeasureSpec) -> str:
    return (spec.value_unit or "expected events") if spec.has_value else "cases"


def caterpillar_of(results: Sequence[SiteResult], spec: MeasureSpec, overall: float | None) -> Drawing | None:
    if spec.kind is MeasureKind.CONTINUOUS:
        return _typical_values(results, spec, overall)
    bars = tuple(_bar(result) for result in results if result.odds_ratio is not None)
    if not bars:
        return None
    title = f"{spec.short_name}: every hospital against the average hospital"
    return draw_caterpillar(Caterpillar(key="caterpillar", title=title, value_name="Odds ratio", bars=bars))


def _typical_values(results: Sequence[SiteResult], spec: MeasureSpec, overall: float | None) -> Drawing | None:
    """Every hospital's mean against that of all: a ratio, or a difference."""
    geometric = spec.average is Average.GEOMETRIC
    known = [result for result in results if result.rate_low is not None]
    bars = tuple(_contrast_bar(result, overall or 0.0, ratio=geometric) for result in known)
    if not bars or overall is None:
        return None
    return draw_caterpillar(
        Caterpillar(
            key="caterpillar",
            title=f"{spec.short_name}: every hospital against all hospitals",
            value_name="Ratio of geometric means" if geometric else "Difference of means",
            bars=bars,
            average=1.0 if geometric else 0.0,
            form=RATIO if geometric else form_of(spec),
            highest=HIGHEST if geometric else None,
        )
    )


def _contrast_bar(result: SiteResult, overall: float, *, ratio: bool) -> Bar:
    ends = [value or 0.0 for value in (result.rate, result.rate_low, result.rate_high)]
    value, low, high = (end / overall if ratio else end - overall for end in ends)
    average = 1.0 if ratio else 0.0
    beyond: Beyond = "high" if low > average else "low" if high < average else ""
    return Bar(label=result.participation.site.name, value=value, low=low, high=high, beyond=beyond)


def _bar(result: SiteResult) -> Bar:
    value, low, high = result.odds_ratio or 0.0, result.or_low or 0.0, result.or_high or 0.0
    name = result.participation.site.name
    return Bar(label=name, value=value, low=low, high=high, beyond="high" if low > 1 else "low" if high < 1 else "")


def _point(result: SiteResult, flags: Mapping[str, Flag], *, adjusted: bool) -> FunnelPoint:
    volume = (result.expected or 0.0) if adjusted else float(result.values.get("total", result.denominator))
    value = (result.oe or 0.0) if adjusted else (result.rate or 0.0)
    return FunnelPoint(result.participation.site.name, volume, value, flags.get(str(result.participation_id), ""))


def _curves(stored: dict[str, dict[str, dict[str, list[float]]]]) -> list[FunnelCurve]:
    kinds: tuple[tuple[str, str], ...] = (("exact", ""), ("overdispersed", " over-dispersed"))
    return [
        FunnelCurve(
            name=f"{name}{words}",
            kind="exact" if kind == "exact" else "overdispersed",
            volumes=stored["grid"],  # type: ignore[arg-type]  # the grid is a plain list beside the curves
            lower=stored[kind][tail]["low"],
            upper=stored[kind][tail]["high"],
        )
        for kind, words in kinds
        for tail, name in CURVES
        if tail in stored[kind]
    ]
