"""The funnel plot, for the coordinating centre only: a volume axis names hospitals to whoever knows their size."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from feedback.charts.drawing import TRIANGLE, TRIANGLE_DOWN, Drawing, Frame, Plot, Table, Words, draw, symbol
from feedback.charts.labels import Anchor, Label, clashes, mark_box, place
from feedback.charts.scale import ValueFormat, axis
from feedback.charts.svg import Svg, element, together


HEIGHT = 400.0

COUNT = ValueFormat(decimals=0)
Flag = Literal["", "high", "low"]
FLAG_WORDS: dict[Flag, str] = {"": "within the limits", "high": "above the limits", "low": "below the limits"}


@dataclass(frozen=True)
class FunnelPoint:
    label: str
    volume: float
    value: float
    flag: Flag = ""


@dataclass(frozen=True, kw_only=True)
class FunnelCurve:
    """One pair of limits as arrays over rising volumes."""

    name: str
    kind: Literal["exact", "overdispersed"]
    volumes: Sequence[float]
    lower: Sequence[float]
    upper: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Funnel:
    key: str
    title: str
    value_name: str
    volume_name: str
    form: ValueFormat
    points: tuple[FunnelPoint, ...]
    target: float
    target_name: str = "collaborative"
    curves: tuple[FunnelCurve, ...] = ()


def draw_funnel(funnel: Funnel) -> Drawing:
    plot = _plot(funnel)
    body = (
        plot.gridlines(funnel.form),
        plot.tick_labels(COUNT, funnel.volume_name),
        plot.stretched(*(path for curve in funnel.curves for path in _curve(curve, plot))),
        plot.level(funnel.target, "mean"),
        _on_the_right(f"{funnel.target_name} {funnel.form.write(funnel.target)}", plot.y(funnel.target) - 6, "mean"),
        together(label.draw("curve") for label in _curve_names(funnel, plot)),
        _points(funnel, plot),
        _point_labels(funnel, plot),
    )
    words = Words(key=funnel.key, title=funnel.title, description=_description(funnel), caption=_caption(funnel))
    return draw(words, Frame(class_="plot funnel", height=HEIGHT), body, _table(funnel))


def _plot(funnel: Funnel) -> Plot:
    values = [*(point.value for point in funnel.points), funnel.target]
    across = axis([0.0, *(point.volume for point in funnel.points)], intervals=6)
    return Plot(HEIGHT, axis(values, ceiling=funnel.form.ceiling), across, top=20.0, bottom=44.0)


def _curve(curve: FunnelCurve, plot: Plot) -> list[Svg]:
    lower = list(zip(curve.volumes, curve.lower, strict=True))
    upper = list(zip(curve.volumes, curve.upper, strict=True))
    return [plot.path(side, f"curve {curve.kind}") for side in (lower, upper)]


def _curve_names(funnel: Funnel, plot: Plot) -> list[Label]:
    """Name each pair of limits where its upper one leaves the plot on the right."""
    ends = ((curve.name, plot.across(curve.volumes[-1]), curve.upper[-1]) for curve in funnel.curves)
    return [
        Label(name, min(x, 0.997), plot.y(upper) - 4, 0.0, "end")
        for name, x, upper in ends
        if plot.upwards.low <= upper <= plot.upwards.high
    ]


def _on_the_right(text: str, y: float, class_: str) -> Svg:
    return element("text", text, class_=class_, x="99.7%", y=y, text_anchor="end")


def _points(funnel: Funnel, plot: Plot) -> Svg:
    """Draw the hospitals; which limits one is beyond is told by its shape, its name by resting on it."""
    shapes = {"high": TRIANGLE, "low": TRIANGLE_DOWN}
    marks = []
    for point in funnel.points:
        name = element("title", f"{point.label}: {funnel.form.write(point.value)} of {COUNT.write(point.volume)}")
        if point.flag == "":
            x, y = plot.x(point.volume), plot.y(point.value)
            marks.append(element("circle", name, cx=x, cy=y, r=4.6))
        else:
            shape = together((name, shapes[point.flag]))
            marks.append(symbol(shape, x=plot.x(point.volume), y=plot.y(point.value), class_="flagged"))
    return element("g", *marks, class_="peer") if marks else Svg()


def _point_labels(funnel: Funnel, plot: Plot) -> Svg:
    """Name the hospitals beyond the limits, as far as their names do not lie upon others."""
    flagged = sorted((point for point in funnel.points if point.flag), key=lambda point: -point.volume)
    taken = [mark_box(plot.across(point.volume), plot.y(point.value), 5.0) for point in flagged]
    taken += [label.box for label in _curve_names(funnel, plot)]
    names = []
    for point in flagged:
        name = place(_name_candidates(point, plot), taken)
        if clashes(name, taken) == 0:
            taken.append(name.box)
            names.append(name.draw("name"))
    return together(names)


def _name_candidates(point: FunnelPoint, plot: Plot) -> list[Label]:
    x, y = plot.across(point.volume), plot.y(point.value)
    away = -8.0 if point.flag == "high" else 16.0
    places: tuple[tuple[float, Anchor], ...] = ((10.0, "start"), (-10.0, "end"))
    return [Label(point.label, x, y + dy, dx, anchor) for dy in (4.0, away) for dx, anchor in places]


def _caption(funnel: Funnel) -> str:
    kinds = {curve.kind for curve in funnel.curves}
    parts = []
    if "exact" in kinds:
        parts.append("thin lines: exact limits")
    if "overdispersed" in kinds:
        parts.append("dashed: limits widened for overdispersion")
    if any(point.flag for point in funnel.points):
        parts.append("▲ above, ▼ below the limits")
    return "; ".join(parts)


def _description(funnel: Funnel) -> str:
    sentences = [
        f"{funnel.value_name} of {len(funnel.points)} hospitals by {funnel.volume_name}.",
        f"The {funnel.target_name} is at {funnel.form.write(funnel.target)}.",
    ]
    for flag in ("high", "low"):
        names = [point.label for point in funnel.points if point.flag == flag]
        sentences.append(f"{FLAG_WORDS[flag].capitalize()}: {', '.join(names) if names else 'none'}.")
    return " ".join(sentences)


def _table(funnel: Funnel) -> Table:
    rows = tuple(
        (point.label, COUNT.write(point.volume), funnel.form.write(point.value), FLAG_WORDS[point.flag])
        for point in sorted(funnel.points, key=lambda p: (-p.value, p.label))
    )
    return Table(("Hospital", funnel.volume_name.capitalize(), funnel.value_name, "Reading"), rows)
