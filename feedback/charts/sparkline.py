"""A line without axes, for a cell or a card: which way have the values gone."""

from dataclasses import dataclass
from typing import Literal

from feedback.charts.drawing import Drawing, Frame, Plot, Table, Words, draw
from feedback.charts.runs import runs_of
from feedback.charts.scale import ValueFormat, axis
from feedback.charts.svg import Svg, element, percent


Size = Literal["cell", "wide"]
HEIGHTS: dict[Size, float] = {"cell": 26.0, "wide": 64.0}
WIDTHS: dict[Size, str] = {"cell": "112", "wide": "100%"}


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """`labels` name the periods; a value is None where there was nothing to count."""

    key: str
    title: str
    form: ValueFormat
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    whose: Literal["own", "collaborative"] = "own"
    size: Size = "cell"
    target: float | None = None


def draw_sparkline(spark: Sparkline) -> Drawing:
    known = [value for value in spark.values if value is not None]
    if not known or len(spark.labels) != len(spark.values):
        raise ValueError(f"a sparkline needs a value and a label for each, but got {spark.values!r}, {spark.labels!r}")
    upwards = axis([*known, *([] if spark.target is None else [spark.target])], from_zero=False)
    plot = Plot(HEIGHTS[spark.size], upwards, top=4.0, bottom=4.0)
    lines = [plot.path(run, "line") for run in runs_of(_places(spark)) if len(run) > 1]
    target = Svg() if spark.target is None else plot.level(spark.target, "bench")
    words = Words(key=spark.key, title=spark.title, description=_description(spark, known))
    frame = Frame(class_=f"spark {spark.whose}", height=plot.height, width=WIDTHS[spark.size])
    return draw(words, frame, (target, plot.stretched(*lines), _last_point(spark, plot)), _table(spark))


def _table(spark: Sparkline) -> Table:
    rows = tuple(
        (label, "no cases" if value is None else spark.form.write(value))
        for label, value in zip(spark.labels, spark.values, strict=True)
    )
    return Table(("Period", "Value"), rows)


def _places(spark: Sparkline) -> list[tuple[float, float | None]]:
    last = max(1, len(spark.values) - 1)
    return [(index / last, value) for index, value in enumerate(spark.values)]


def _last_point(spark: Sparkline, plot: Plot) -> Svg:
    x, value = next((x, value) for x, value in reversed(_places(spark)) if value is not None)
    return element("circle", cx=percent(x), cy=plot.y(value), r=2.8)


def _description(spark: Sparkline, known: list[float]) -> str:
    write = spark.form.write
    told = [(label, value) for label, value in zip(spark.labels, spark.values, strict=True) if value is not None]
    (first_label, first), (last_label, last) = told[0], told[-1]
    if len(told) == 1:
        return f"{write(last)} in {last_label}."
    target = "" if spark.target is None else f" Target {write(spark.target)}."
    return (
        f"From {write(first)} in {first_label} to {write(last)} in {last_label}, "
        f"between {write(min(known))} and {write(max(known))}.{target}"
    )
