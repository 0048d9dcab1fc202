"""The own hospital over time, as the release kept it: control chart with its signals, and the sums case by case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from feedback.charts import (
    PERCENT,
    RATIO,
    Baseline,
    Change,
    Cumulative,
    Drawing,
    Note,
    Step,
    Trend,
    TrendPoint,
    draw_cusum,
    draw_trend,
    draw_vlad,
)
from feedback.models import SiteResult
from feedback.selectors.wording import NO_NOUN
from measures.definition.spec import Direction, MeasureSpec


FEWEST_TREND_POINTS = 2
CHARTS = {
    "run": "Run chart: the line is the median; there are too few points for limits.",
    "p": "p chart: the limits are what chance alone makes of as many cases as each period had.",
    "p_prime": "Laney's p chart: with so many cases the limits allow for ordinary variation between periods too.",
    "xmr": "XmR chart of observed over expected events, by the risk model of this release.",
}
ROLES = {"worse": "worse than before", "better": "better than before"}


@dataclass(frozen=True)
class Mark:
    """A note on a month: its words and who wrote them."""

    month: date
    text: str
    whose: str


@dataclass(frozen=True, kw_only=True)
class CumulativePart:
    """The case-by-case view; `reason` says why there is no chart yet."""

    vlad: Drawing | None = None
    cusum: Drawing | None = None
    reason: str = ""
    vlad_aid: str = ""
    cusum_aid: str = ""
    rare: bool = False


def trend_of(
    result: SiteResult,
    spec: MeasureSpec,
    *,
    target: float | None = None,
    marks: Sequence[Mark] = (),
    hospital: str = "Your hospital",
) -> Drawing | None:
    """Own values by month or quarter. Peers have no trend: two releases side by side would tell who is who."""
    rows = points_of(result)
    if sum(row["value"] is not None for row in rows) < FEWEST_TREND_POINTS:
        return None
    control, labels = result.control, [row["period"] for row in rows]
    adjusted = control.get("chart") == "xmr"
    return draw_trend(
        Trend(
            key="trend",
            title=_title(result, spec, hospital),
            value_name="Observed / expected" if adjusted else "Rate",
            form=RATIO if adjusted else PERCENT,
            points=tuple(_point(row) for row in rows),
            centre=control.get("centre"),
            centre_name="median" if control.get("chart") == "run" else "average",
            # A target is a rate; beside ratios it would be another quantity, and what was expected stands there.
            target=1.0 if adjusted else target,
            target_name="as expected" if adjusted else "your target",
            changes=_changes(result, labels),
            notes=_notes(marks, labels),
            baseline=_baseline(control, labels),
            reading=reading_of(control),
        )
    )


def points_of(result: SiteResult) -> list[dict[str, Any]]:
    """The points of the control chart; of a release from before there was one, the quarters."""
    if result.control:
        return list(result.control["points"])
    return [
        {
            "period": point["quarter"],
            "denominator": point["denominator"],
            "observed": point["observed"],
            "value": point["observed"] / point["denominator"] if point["denominator"] else None,
        }
        for point in result.trend
    ]


def _title(result: SiteResult, spec: MeasureSpec, hospital: str) -> str:
    control = result.control
    by_quarter = all("Q" in point["quarter"] for point in result.trend)
    unit = control.get("unit", "quarter" if by_quarter else "period")
    if control.get("chart") == "xmr":
        return f"{hospital} by {unit}, risk-adjusted"
    return f"{hospital} by {unit}, not risk-adjusted" if spec.is_adjusted else f"{hospital} by {unit}"


def _point(row: dict[str, Any]) -> TrendPoint:
    expected = row.get("expected")
    counts = f"{row['observed']:,} of {row['denominator']:,}"
    return TrendPoint(
        label=period_label(row["period"]),
        value=row["value"],
        detail=counts if expected is None else f"{counts}, {expected:.1f} expected",
        low=row.get("low"),
        high=row.get("high"),
        signal=row.get("signal", ""),
    )


def period_label(period: str) -> str:
    """2026-Q3 or 2026-07 as people write it."""
    year, _, part = period.partition("-")
    if not part.startswith("Q") and len(part) != len("07"):  # supplied figures: a year, or several
        return f"{year} to {part}" if part else year
    return f"{part} {year}" if part.startswith("Q") else f"{date(int(year), int(part), 1):%b %Y}"


def period_of(month: date, labels: Sequence[str]) -> str:
    """The name of the period that holds a month, among periods named like these."""
    by_quarter = bool(labels) and "Q" in labels[0]
    return f"{month.year}-Q{(month.month + 2) // 3}" if by_quarter else f"{month:%Y-%m}"


def _changes(result: SiteResult, labels: list[str]) -> tuple[Change, ...]:
    """Where a new version of the definition took effect. The first version of all is no change."""
    version = result.measure_version
    name = period_of(version.effective_from, labels)
    at = labels.index(name) if version.number > 1 and name in labels else 0
    return (Change(at, f"definition v{version.number}"),) if at else ()


def _notes(marks: Sequence[Mark], labels: list[str]) -> tuple[Note, ...]:
    named = [(period_of(mark.month, labels), mark) for mark in sorted(marks, key=lambda mark: mark.month)]
    return tuple(Note(labels.index(name), mark.text, mark.whose) for name, mark in named if name in labels)


def _baseline(control: dict[str, Any], labels: list[str]) -> Baseline | None:
    told = control.get("baseline")
    if not told:
        return None
    return Baseline(labels.index(told["first"]), labels.index(told["last"]), _baseline_name(told))


def _baseline_name(told: dict[str, Any]) -> str:
    return "baseline, frozen" if told["frozen"] else "baseline, provisional"


def reading_of(control: dict[str, Any]) -> tuple[str, ...]:
    """How the chart was made, in sentences: kind, baseline, rules, and what the rules found beside the points."""
    if not control:
        return ()
    said = [CHARTS[control["chart"]]]
    if told := control.get("baseline"):
        span = f"{period_label(told['first'])} to {period_label(told['last'])}"
        state = (
            "frozen: later releases keep these limits" if told["frozen"] else "provisional until there are 24 points"
        )
        said.append(f"Limits rest on {told['count']} points, {span}; {state}.")
    crossings = control.get("crossings")
    if crossings and crossings["few"]:
        said.append(
            f"Special cause: the values cross the line {_times(crossings['found'])}, "
            f"where chance would make at least {crossings['fewest']}."
        )
    return tuple(said)


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


SIGNALS = {"outside": "outside limits", "shift": "shift", "trend": "trend", "near": "near a limit"}


def trend_signal(chart: str | None, signal: dict[str, str] | None, *, few_crossings: bool) -> str:
    """The newest special cause in a few words, for a table of hospitals; nothing where there are no limits yet."""
    if signal:
        return f"{SIGNALS[signal['kind']]}, {period_label(signal['period'])}"
    if few_crossings:
        return "few crossings"
    return "none" if chart and chart != "run" else ""


def cumulative_of(result: SiteResult, spec: MeasureSpec) -> CumulativePart | None:
    """VLAD and CUSUM; None where the measure has no such view."""
    kept = result.cumulative
    if not kept:
        return None
    if "reason" in kept:
        return CumulativePart(reason=kept["reason"], rare=bool(kept.get("rare")))
    chart = Cumulative(
        key="cumulative",
        title="Your cases one by one",
        gained=f"{'more' if spec.direction is Direction.HIGHER else 'fewer'} {_noun(spec)} than expected",
        steps=tuple(_step(point, kept["signals"]) for point in kept["points"]),
        worse_limit=kept["limits"]["worse"],
        better_limit=kept["limits"]["better"],
    )
    vlad, cusum = draw_vlad(chart), draw_cusum(chart)
    counts, source, wait = _cumulative_sentences(kept)
    return CumulativePart(
        vlad=vlad,
        cusum=cusum,
        vlad_aid=f"{vlad.description} {counts} {source}",
        cusum_aid=f"{cusum.description} {wait}",
        rare=kept["rare"],
    )


def _noun(spec: MeasureSpec) -> str:
    return "events" if spec.unit_noun in NO_NOUN else spec.unit_noun


def _step(point: dict[str, Any], signals: list[dict[str, Any]]) -> Step:
    found = [each["kind"] for each in signals if each["case"] == point["case"]]
    return Step(
        case=point["case"],
        label=day_label(point["day"]),
        gained=point["gained"],
        worse=point["worse"],
        better=point["better"],
        signal=" and ".join(ROLES[kind] for kind in found),
    )


def day_label(day: str) -> str:
    return f"{date.fromisoformat(day):%-d %b %Y}"


def _cumulative_sentences(kept: dict[str, Any]) -> tuple[str, str, str]:
    counts = f"{kept['observed']:,} observed, {kept['expected']:.1f} expected in {kept['cases']:,} cases."
    source = f"What to expect of each was settled before it happened: {kept['source']}."
    wait = (
        f"The limits let a hospital without change wait {kept['run_length']:,.0f} cases for a false signal, on average."
    )
    return (counts, source, wait)


def cumulative_signal(cases: int | None, signals: Sequence[dict[str, Any]]) -> str:
    """The newest signal in a few words, for a table of hospitals."""
    if cases is None:
        return ""
    if not signals:
        return "none"
    last = signals[-1]
    return f"{last['kind']}, {day_label(last['day'])}, after {last['case']:,} cases"
