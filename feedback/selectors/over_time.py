"""The own hospital over time, as the release kept it: control chart with its signals, and the sums case by case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from feedback.charts import (
    RATIO,
    Baseline,
    Change,
    Cumulative,
    Drawing,
    Note,
    Phase,
    Step,
    Trend,
    TrendPoint,
    ValueFormat,
    draw_cusum,
    draw_trend,
    draw_vlad,
)
from feedback.models import SiteResult
from feedback.selectors.units import form_of, unit_words, value_name
from feedback.selectors.wording import NO_NOUN
from measures.definition.spec import Direction, MeasureKind, MeasureSpec


FEWEST_TREND_POINTS = 2
SHIFTED = 8  # points on one side of the line, before a baseline may begin anew (STATISTICS 7)
CHARTS = {
    "run": "Run chart: the line is the median; there are too few points for limits.",
    "p": "p chart: the limits are what chance alone makes of as many cases as each period had.",
    "p_prime": "Laney's p chart: with so many cases the limits allow for ordinary variation between periods too.",
    "u": "u chart: the limits are what chance alone makes of as much exposure as each period had.",
    "median": "XmR chart of the medians; a period of fewer than 8 cases has none.",
    "xmr": "XmR chart of observed over expected events.",
    "g": "g chart for what happens a few times a year: each point is an event, its height the cases without one since the "
    "event before; the line is the median. The higher, the rarer the event has become.",
    "t": "t chart for what happens a few times a year: each point is an event, its height the days since the event before. "
    "The higher, the rarer the event has become.",
}
COUNT = ValueFormat(decimals=0)
DAYS_BETWEEN = ValueFormat(decimals=0, suffix=" days")
FORMS = {"xmr": RATIO, "g": COUNT, "t": DAYS_BETWEEN}
VALUES = {"xmr": "Observed / expected", "g": "Cases between events", "t": "Days between events"}
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
    chart = control.get("chart", "")
    breaks, said = _breaks(control, labels)
    by_event = control.get("unit") == "event"
    return draw_trend(
        Trend(
            key="trend",
            title=_title(result, spec, hospital),
            value_name=VALUES.get(chart) or trend_value_name(spec),
            form=FORMS.get(chart) or trend_form(spec),
            points=tuple(_point(row, spec) for row in rows),
            centre=control.get("centre"),
            centre_name="median" if chart in {"run", "g"} else "average",
            # A target is a rate; beside ratios it would be another quantity, and what was expected stands there.
            target=1.0 if chart == "xmr" else None if by_event else target,
            target_name="as expected" if chart == "xmr" else "your target",
            changes=(*_changes(result, labels), *breaks),
            notes=_in_order((*_notes(marks, labels), *said)),
            baseline=None if breaks else _baseline(control, labels),
            phases=_phases(control, labels) if breaks else (),
            detail_name="Cases without it, days" if by_event else "Cases",
            reading=reading_of(control),
        )
    )


def _in_order(notes: Sequence[Note]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda note: note.at))


def _phases(control: dict[str, Any], labels: list[str]) -> tuple[Phase, ...]:
    return tuple(
        Phase(labels.index(told["first"]), labels.index(told["last"]), told["centre"], _baseline(told, labels))
        for told in control["phases"]
    )


def _breaks(control: dict[str, Any], labels: list[str]) -> tuple[tuple[Change, ...], tuple[Note, ...]]:
    """Where somebody began the baseline anew, with why and who."""
    found = [told for told in control.get("phases", ()) if told.get("reason")]
    changes = tuple(Change(labels.index(told["first"]), "new baseline") for told in found)
    return changes, tuple(Note(labels.index(told["first"]), told["reason"], told["who"]) for told in found)


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
    words = f"{hospital} event by event" if unit == "event" else f"{hospital} by {unit}"
    return f"{words}, not risk-adjusted" if spec.is_adjusted else words


def _point(row: dict[str, Any], spec: MeasureSpec) -> TrendPoint:
    return TrendPoint(
        label=period_label(row["period"]),
        value=row["value"],
        detail=_detail(row, spec),
        low=row.get("low"),
        high=row.get("high"),
        signal=row.get("signal", ""),
        aside=row.get("aside", ""),
        tick=_tick(row["period"]),
    )


def trend_value_name(spec: MeasureSpec) -> str:
    """Of a continuous value the trend is that of the median, which a few odd cases do not move."""
    if spec.kind is MeasureKind.CONTINUOUS:
        return "Median"
    return f"{value_name(spec)}{unit_words(spec)}" if spec.has_value else value_name(spec)


def trend_form(spec: MeasureSpec) -> ValueFormat:
    """Beside a line there is no room for per 1,000 line days: the name of the value says it."""
    form = form_of(spec)
    return replace(form, words="") if spec.kind is MeasureKind.RATE else form


def _detail(row: dict[str, Any], spec: MeasureSpec) -> str:
    if spec.kind is MeasureKind.CONTINUOUS:
        return f"{row['denominator']:,} cases"
    if spec.has_value and "exposure" in row:
        return f"{row['observed']:,} in {row['exposure']:,.1f} {spec.value_unit or 'expected'}"
    if "between" in row:
        return _stretch(row)
    counts = f"{row['observed']:,} of {row['denominator']:,}"
    if row.get("aside") == "incomplete":
        counts += f", {row['complete']:.0%} complete"
    return counts if row.get("expected") is None else f"{counts}, {row['expected']:.1f} expected"


def _tick(period: str) -> str:
    """The month of a day; days stand in the table."""
    return period_label(period[:7]) if period.count("-") > 1 and not period.endswith(SO_FAR) else ""


def _stretch(row: dict[str, Any]) -> str:
    return f"{row['between']:,} cases, {row['days']:,} days"


def period_label(period: str) -> str:
    """2026-Q3, 2026-07 or 2026-07-14 as people write it."""
    if period.endswith(SO_FAR):
        return "so far"
    year, _, part = period.partition("-")
    if "-" in part:  # a day; events of one day are told apart by a number after it
        return day_label(period.partition(".")[0])
    if not part.startswith("Q") and len(part) != len("07"):  # supplied figures: a year, or several
        return f"{year} to {part}" if part else year
    return f"{part} {year}" if part.startswith("Q") else f"{date(int(year), int(part), 1):%b %Y}"


SO_FAR = "~"  # ends the name of the stretch since the last event


def place_of(month: date, labels: Sequence[str]) -> int | None:
    """Which of these periods holds a month; of events, the first in it or after it."""
    if labels and labels[-1].endswith(SO_FAR):
        return next((at for at, name in enumerate(labels) if name >= f"{month:%Y-%m-01}"), None)
    names = (f"{month.year}-Q{(month.month + 2) // 3}", f"{month:%Y-%m}", f"{month.year}")
    return next((labels.index(name) for name in names if name in labels), None)


def _changes(result: SiteResult, labels: list[str]) -> tuple[Change, ...]:
    """Where a new version of the definition took effect. The first version of all is no change."""
    version = result.measure_version
    at = place_of(version.effective_from, labels) if version.number > 1 else None
    return (Change(at, f"definition v{version.number}"),) if at else ()


def _notes(marks: Sequence[Mark], labels: list[str]) -> tuple[Note, ...]:
    placed = [(place_of(mark.month, labels), mark) for mark in sorted(marks, key=lambda mark: mark.month)]
    return tuple(Note(at, mark.text, mark.whose) for at, mark in placed if at is not None)


def _baseline(control: dict[str, Any], labels: list[str]) -> Baseline | None:
    told = control.get("baseline")
    if not told or told["first"] not in labels:
        return None
    return Baseline(labels.index(told["first"]), labels.index(told["last"]), _baseline_name(told))


def _baseline_name(told: dict[str, Any]) -> str:
    return "baseline, frozen" if told["frozen"] else "baseline, provisional"


def reading_of(control: dict[str, Any]) -> tuple[str, ...]:
    """How the chart was made, in sentences: kind, baseline, rules, and what the rules found beside the points."""
    if not control:
        return ()
    said = [CHARTS[control["chart"]]]
    if control["chart"] == "xmr":
        said.append(EXPECTED)
    phases = control.get("phases") or [control]
    for at, told in enumerate(phases):
        said += _anew_sentences(told) if at else []
        said += _baseline_sentences(told, old=at < len(phases) - 1)
    said += [_aside_sentence(row) for row in control["points"] if row.get("aside")]
    crossings = control.get("crossings")
    if crossings and crossings["few"]:
        said.append(
            f"Special cause: the values cross the line {_times(crossings['found'])}, "
            f"where chance would make at least {crossings['fewest']}."
        )
    return tuple(said)


EXPECTED = (
    "A period within the window of this release has the events that its risk model expects; an earlier one keeps what the "
    "last release that covered it expected, and is not computed again. Each model is made for the average of its time, so "
    "the line tells where the hospital stood to the others, not how all of them changed."
)


def _anew_sentences(told: dict[str, Any]) -> list[str]:
    day = day_label(told["set_on"])
    words = f'From {period_label(told["first"])} the baseline begins anew: "{told["reason"]}" ({told["who"]}, {day}).'
    few = "" if told["baseline"] else f" It has {told['points']} points so far; limits begin at 12."
    return [f"{words}{few} The earlier line and limits stay as they were."]


def _baseline_sentences(control: dict[str, Any], *, old: bool) -> list[str]:
    told = control.get("baseline")
    if not told:
        return []
    span = f"{period_label(told['first'])} to {period_label(told['last'])}"
    state = "frozen: later releases keep these limits" if told["frozen"] else "provisional until there are 24 points"
    return [f"{'The earlier limits' if old else 'Limits'} rest on {told['count']} points, {span}; {state}."]


def _aside_sentence(row: dict[str, Any]) -> str:
    if row["aside"] == "so_far":
        long = "" if row["signal"] != "outside" else " It is longer than the limit already: a special cause."
        return f"The hollow point is the stretch since the last event, not over yet: {_stretch(row)}.{long}"
    name = period_label(row["period"])
    over = f"{name} is not over" if row.get("over") is False else f"{name} is not complete"
    known = f"the outcome of {row['complete']:.0%} of its cases is known"
    return f"{over}: {known}. It is drawn hollow; no limit rests on it and no rule looks at it."


def shift_from(control: dict[str, Any], month: date) -> str:
    """Why the chart is no reason to begin its baseline anew in this month; nothing where it is one."""
    if not control or not control.get("phases"):
        return "No released chart shows that anything changed: a baseline can begin anew after the next release."
    labels = [row["period"] for row in control["points"]]
    at = place_of(month, labels)
    if not at:
        return f"{month:%b %Y} is not within the released chart, or is where it begins."
    centre = next(told["centre"] for told in reversed(control["phases"]) if labels.index(told["first"]) <= at)
    judged = (row["value"] for row in control["points"][at:] if not row.get("aside") and row["value"] is not None)
    sides = [value > centre for value in judged if value != centre][:SHIFTED]
    if len(sides) < SHIFTED:
        return f"There are {len(sides)} points since {month:%b %Y}. {SHIFTED} on one side of the line are needed."
    if len(set(sides)) > 1:
        return f"The first {SHIFTED} points since {month:%b %Y} lie on both sides of the line, so nothing lasting changed then."
    return ""


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
