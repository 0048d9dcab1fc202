"""The own hospital over time, with its limits, special causes marked by shape, and changes of definition."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Literal

from feedback.charts.drawing import SQUARE, TRIANGLE, Drawing, Frame, Plot, Table, Words, draw, symbol
from feedback.charts.figure import Figure, figure, line_of, marks_of
from feedback.charts.runs import runs_of
from feedback.charts.scale import Axis, ValueFormat, axis
from feedback.charts.svg import Svg, element, percent, together


HEIGHT = 340.0
MOST_LABELS = 8
LABEL_HEIGHT = 15.0
# Two rows of flags, so that notes on neighbouring months stay apart.
FLAG_TOP, FLAG_STEP, FLAG_ROWS, FLAG_RADIUS = 10.0, 20.0, 2, 8.5

Signal = Literal["", "outside", "shift", "trend", "near"]
Aside = Literal["", "incomplete", "so_far"]
PLOTLY_SYMBOLS: dict[Signal, str] = {"": "circle", "outside": "square"}
SIGNAL_WORDS: dict[Signal, str] = {
    "": "",
    "outside": "outside the limits",
    "shift": "run on one side of the average",
    "trend": "steady rise or fall",
    "near": "two of three close to a limit",
}
ASIDE_WORDS: dict[Aside, str] = {
    "": "",
    "incomplete": "not complete, not judged",
    "so_far": "not over, not judged",
}


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """One period: own value with its control limits, and the middle half of the collaborative as a band."""

    label: str
    value: float | None
    detail: str = ""
    low: float | None = None
    high: float | None = None
    band_low: float | None = None
    band_high: float | None = None
    signal: Signal = ""
    # Why no rule looks at the point: it is drawn hollow.
    aside: Aside = ""
    # What stands below the plot where the label is too long for it.
    tick: str = ""


@dataclass(frozen=True)
class Change:
    """A change of the definition; `at` is the index of the first point counted by the new one."""

    at: int
    label: str


@dataclass(frozen=True)
class Note:
    """What somebody did in the period at this index; `whose` is who says so."""

    at: int
    text: str
    whose: str = ""


@dataclass(frozen=True)
class Baseline:
    """The points that the limits rest on, first and last among them."""

    first: int
    last: int
    name: str = "baseline"


@dataclass(frozen=True)
class Phase:
    """Points with a line and a baseline of their own, from the first to the last of them."""

    first: int
    last: int
    centre: float | None
    baseline: Baseline | None = None


@dataclass(frozen=True, kw_only=True)
class Trend:
    key: str
    title: str
    value_name: str
    form: ValueFormat
    points: tuple[TrendPoint, ...]
    centre: float | None = None
    centre_name: str = "average"
    target: float | None = None
    target_name: str = "target"
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    baseline: Baseline | None = None
    # Where a baseline began anew: every phase, the newest last. `centre` is that of the newest.
    phases: tuple[Phase, ...] = ()
    detail_name: str = "Cases"
    # Sentences on how the limits came about and what else was found, said after those of the chart.
    reading: tuple[str, ...] = ()


def draw_trend(trend: Trend) -> Drawing:
    plot = Plot(HEIGHT, _upwards(trend), top=44.0 if trend.notes else 24.0, bottom=32.0)
    body = (
        plot.gridlines(trend.form),
        _band(trend, plot),
        _baseline(trend, plot),
        _notes(trend, plot),
        _level_lines(trend, plot),
        _lines(trend, plot),
        _changes(trend, plot),
        _marks(trend, plot),
        _level_names(trend, plot),
        _labels(trend),
    )
    words = Words(key=trend.key, title=trend.title, description=_description(trend), caption=_caption(trend))
    return draw(words, Frame(class_="plot trend", height=HEIGHT), body, _table(trend), _figure(trend))


def _upwards(trend: Trend) -> Axis:
    per_point = ((p.value, p.low, p.high, p.band_low, p.band_high) for p in trend.points)
    known = [value for values in per_point for value in values if value is not None]
    centres = (phase.centre for phase in trend.phases)
    levels = [value for value in (trend.centre, trend.target, *centres) if value is not None]
    return axis([*known, *levels], ceiling=trend.form.ceiling)


def _x(trend: Trend, index: float) -> float:
    return (index + 0.5) / len(trend.points)


def _runs(trend: Trend, pick: Callable[[TrendPoint], float | None]) -> list[list[tuple[float, float]]]:
    return runs_of((_x(trend, index), pick(point)) for index, point in enumerate(trend.points))


def _band(trend: Trend, plot: Plot) -> Svg:
    lower, upper = _runs(trend, lambda point: point.band_low), _runs(trend, lambda point: point.band_high)
    pairs = zip(lower, upper, strict=True)
    areas = [[*below, *reversed(above)] for below, above in pairs if len(below) > 1]
    return plot.stretched(*(plot.path(area, "band", "polygon") for area in areas))


def _lines(trend: Trend, plot: Plot) -> Svg:
    limits = [*_runs(trend, lambda point: point.low), *_runs(trend, lambda point: point.high)]
    own = _runs(trend, lambda point: None if point.aside else point.value)
    return plot.stretched(
        *(plot.path(run, "limit") for run in limits if len(run) > 1),
        *(plot.path(run, "own-line") for run in own if len(run) > 1),
        *(plot.path(run, "aside-line") for run in _to_aside(trend)),
    )


def _to_aside(trend: Trend) -> list[list[tuple[float, float]]]:
    """From the point before to each that is not judged."""
    pairs = zip(enumerate(trend.points), trend.points[1:], strict=False)
    return [
        [(_x(trend, at), before.value), (_x(trend, at + 1), point.value)]
        for (at, before), point in pairs
        if point.aside and before.value is not None and point.value is not None
    ]


def _level_lines(trend: Trend, plot: Plot) -> Svg:
    """The target across all of it; the centre of each phase across its own points."""
    if not trend.phases:
        return together(plot.level(value, class_) for _, value, class_ in _levels(trend))
    parts = [plot.level(trend.target, "bench")] if trend.target is not None else []
    for phase in trend.phases:
        if phase.centre is not None:
            x1, x2 = (percent(place / len(trend.points)) for place in (phase.first, phase.last + 1))
            y = plot.y(phase.centre)
            parts.append(element("line", class_="mean", x1=x1, x2=x2, y1=y, y2=y))
    return together(parts)


def _levels(trend: Trend) -> list[tuple[str, float, str]]:
    given = ((trend.centre_name, trend.centre, "mean"), (trend.target_name, trend.target, "bench"))
    known = [(name, value, class_) for name, value, class_ in given if value is not None]
    return sorted(known, key=lambda level: level[1])


def _level_names(trend: Trend, plot: Plot) -> Svg:
    """Name the centre line and the target beside the plot (within it where that is narrow), apart from each other."""
    names, below = [], HEIGHT
    for name, value, class_ in _levels(trend):
        below = min(plot.y(value) + 4, below - LABEL_HEIGHT)
        text = f"{name} {trend.form.write(value)}"
        names.append(element("text", text, class_=f"beside {class_}", x="100%", y=below))
    return together(names)


def _changes(trend: Trend, plot: Plot) -> Svg:
    parts = []
    for change in trend.changes:
        x = percent(change.at / len(trend.points))
        line = element("line", class_="change", x1=x, x2=x, y1=8.0, y2=plot.height - plot.bottom)
        anchor = "start" if change.at < len(trend.points) / 2 else "end"
        offset = 5.0 if anchor == "start" else -5.0
        parts += [line, element("text", change.label, class_="change", x=x, dx=offset, y=16.0, text_anchor=anchor)]
    return together(parts)


def _notes(trend: Trend, plot: Plot) -> Svg:
    """A numbered flag over the period of each note; the words stand below the chart and in the table."""
    parts = []
    for number, note in enumerate(trend.notes, start=1):
        x, y = percent(_x(trend, note.at)), FLAG_TOP + FLAG_STEP * ((number - 1) % FLAG_ROWS)
        line = element("line", class_="note", x1=x, x2=x, y1=y + FLAG_RADIUS, y2=plot.height - plot.bottom)
        flag = element("circle", class_="note", cx=x, cy=y, r=FLAG_RADIUS)
        parts += [line, flag, element("text", str(number), class_="note", x=x, y=y + 4, text_anchor="middle")]
    return together(parts)


def _baseline(trend: Trend, plot: Plot) -> Svg:
    """A line along the bottom under the points that the limits rest on."""
    given = (trend.baseline, *(phase.baseline for phase in trend.phases))
    y = plot.height - plot.bottom - 5
    parts = []
    for baseline in dict.fromkeys(each for each in given if each is not None):
        x1, x2 = (percent(_x(trend, at)) for at in (baseline.first, baseline.last))
        parts.append(element("line", class_="baseline", x1=x1, x2=x2, y1=y, y2=y))
        parts.append(element("text", baseline.name, class_="baseline", x=x1, y=y - 5))
    return together(parts)


def _marks(trend: Trend, plot: Plot) -> Svg:
    marks = []
    for index, point in enumerate(trend.points):
        if point.value is None:
            continue
        x, y = percent(_x(trend, index)), plot.y(point.value)
        if point.aside and not point.signal:
            marks.append(element("circle", class_="aside", cx=x, cy=y, r=4.0))
        elif point.signal == "":
            marks.append(element("circle", cx=x, cy=y, r=3.4))
        else:
            marks.append(symbol(SQUARE if point.signal == "outside" else TRIANGLE, x=x, y=y))
    return element("g", *marks, class_="own-point") if marks else Svg()


def _labels(trend: Trend) -> Svg:
    every = ceil(len(trend.points) / MOST_LABELS)
    shown = range(0, len(trend.points), every)
    return together(
        element(
            "text",
            trend.points[index].tick or trend.points[index].label,
            class_="minor" if order % 2 else None,
            x=percent(_x(trend, index)),
            y=HEIGHT - 10,
            text_anchor="middle",
        )
        for order, index in enumerate(shown)
    )


def _figure(trend: Trend) -> Figure:
    """The own values with the marks of the drawing, and the limits as lines."""
    labels = [point.label for point in trend.points]
    symbols = [
        "circle-open" if point.aside and not point.signal else PLOTLY_SYMBOLS.get(point.signal, "triangle-up")
        for point in trend.points
    ]
    limits = [[point.low for point in trend.points], [point.high for point in trend.points]]
    traces = [line_of(labels, limit) for limit in limits if any(value is not None for value in limit)]
    values = [point.value for point in trend.points]
    traces.append(marks_of(labels, values, symbol=symbols, size=9, joined=True))
    levels = [(value, f"{name} {trend.form.write(value)}") for name, value, _ in _levels(trend)]
    return figure(traces, levels, trend.form, ordered=False)


def _caption(trend: Trend) -> str:
    kinds = {point.signal for point in trend.points}
    parts = []
    if any(point.high is not None for point in trend.points):
        parts.append("dashed: limits of common-cause variation")
    if any(point.band_high is not None for point in trend.points):
        parts.append("shaded: middle half of hospitals")
    if "outside" in kinds:
        parts.append("■ outside the limits")
    if kinds & {"shift", "trend", "near"}:
        parts.append("▲ part of a pattern that chance rarely makes")
    if any(point.aside for point in trend.points):
        parts.append("○ not complete or not over: drawn, not judged")
    parts += [f"{number} {trend.points[note.at].label}: {_told(note)}" for number, note in enumerate(trend.notes, 1)]
    return "; ".join(parts)


def _told(note: Note) -> str:
    return f"{note.text} ({note.whose})" if note.whose else note.text


def _description(trend: Trend) -> str:
    told = [(point.label, point.value) for point in trend.points if point.value is not None and not point.aside]
    if not told:
        return f"{trend.value_name}: no values yet."
    (first_label, first), (last_label, last) = told[0], told[-1]
    write = trend.form.write
    sentences = [f"{trend.value_name} from {write(first)} in {first_label} to {write(last)} in {last_label}."]
    if trend.centre is not None:
        sentences.append(f"The {trend.centre_name} is {write(trend.centre)}.")
    signals = _signals(trend)
    if signals:
        sentences.append(f"Special causes: {', '.join(signals)}.")
    elif any(point.high is not None for point in trend.points):
        sentences.append("No special cause: the values vary as chance would have it.")
    sentences += [f"From {trend.points[change.at].label}: {change.label}." for change in trend.changes]
    sentences += [f"{trend.points[note.at].label}: {_told(note)}." for note in trend.notes]
    return " ".join([*sentences, *trend.reading])


def _signals(trend: Trend) -> list[str]:
    """Name special causes, a run of them as one."""
    told = []
    for signal, group in groupby(trend.points, key=lambda point: point.signal):
        points = list(group)
        if signal:
            first, last = points[0].label, points[-1].label
            told.append(f"{first if first == last else f'{first} to {last}'} ({SIGNAL_WORDS[signal]})")
    return told


def _table(trend: Trend) -> Table:
    def limits(point: TrendPoint) -> str:
        return "" if point.low is None or point.high is None else trend.form.write_range(point.low, point.high)

    changed = _changed(trend)
    rows = tuple(
        (
            point.label,
            "no cases" if point.value is None else trend.form.write(point.value),
            point.detail,
            limits(point),
            SIGNAL_WORDS[point.signal] or ASIDE_WORDS[point.aside],
            *([changed.get(index, "")] if changed else []),
        )
        for index, point in enumerate(trend.points)
    )
    last = ("What changed",) if changed else ()
    return Table(("Period", trend.value_name, trend.detail_name, "Limits", "Special cause", *last), rows)


def _changed(trend: Trend) -> dict[int, str]:
    told: dict[int, list[str]] = {}
    for at, words in (
        *((change.at, change.label) for change in trend.changes),
        *((note.at, _told(note)) for note in trend.notes),
    ):
        told.setdefault(at, []).append(words)
    return {at: "; ".join(words) for at, words in told.items()}
