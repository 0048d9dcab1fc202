"""Every hospital's interval in the order of its value, for the coordinating centre only: the length of an interval tells volumes."""

import math
from dataclasses import dataclass
from typing import Literal

from feedback.charts.drawing import TRIANGLE, TRIANGLE_DOWN, Drawing, Frame, Plot, Table, Words, draw, symbol
from feedback.charts.scale import RATIO, ValueFormat, axis
from feedback.charts.svg import Svg, element, together


HEIGHT = 340.0
HIGHEST = 5.0  # an interval that goes on beyond it is cut there
Beyond = Literal["", "high", "low"]
WORDS: dict[Beyond, str] = {"": "includes the average", "high": "above the average", "low": "below the average"}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One hospital: value, interval, and on which side of the average the whole interval lies."""

    label: str
    value: float
    low: float
    high: float
    beyond: Beyond = ""


@dataclass(frozen=True, kw_only=True)
class Caterpillar:
    key: str
    title: str
    value_name: str
    bars: tuple[Bar, ...]
    average: float = 1.0
    form: ValueFormat = RATIO
    highest: float | None = HIGHEST  # none: the axis holds every interval


def draw_caterpillar(caterpillar: Caterpillar) -> Drawing:
    bars = sorted(caterpillar.bars, key=lambda bar: (bar.value, bar.label))
    cut = math.inf if caterpillar.highest is None else caterpillar.highest
    ends = [min(end, cut) for bar in bars for end in (bar.low, bar.high)]
    plot = Plot(HEIGHT, axis([*ends, caterpillar.average]), top=16.0, bottom=20.0)
    places = [(place + 0.5) / len(bars) for place in range(len(bars))]
    body = (
        plot.gridlines(caterpillar.form),
        plot.level(caterpillar.average, "mean"),
        together(_bar(bar, place, plot, caterpillar.form) for bar, place in zip(bars, places, strict=True)),
    )
    words = Words(
        key=caterpillar.key,
        title=caterpillar.title,
        description=_description(caterpillar),
        caption="95% intervals in the order of the values; ▲ wholly above, ▼ wholly below the average hospital",
    )
    return draw(words, Frame(class_="plot caterpillar", height=HEIGHT), body, _table(caterpillar, bars))


def _bar(bar: Bar, place: float, plot: Plot, form: ValueFormat) -> Svg:
    """The shape tells the side, so that no colour has to."""
    x, value = plot.x(place), plot.y(plot.upwards.held(bar.value))
    name = element("title", f"{bar.label}: {form.write(bar.value)} ({form.write_range(bar.low, bar.high)})")
    ends = [plot.y(plot.upwards.held(end)) for end in (bar.high, bar.low)]
    line = element("line", class_="interval", x1=x, x2=x, y1=ends[0], y2=ends[1])
    if bar.beyond:
        shape = symbol(TRIANGLE if bar.beyond == "high" else TRIANGLE_DOWN, x=x, y=value, class_="flagged")
    else:
        shape = element("circle", cx=x, cy=value, r=4.0)
    return element("g", name, line, shape, class_="peer")


def _description(caterpillar: Caterpillar) -> str:
    sentences = [f"{caterpillar.value_name} of {len(caterpillar.bars)} hospitals with 95% intervals, lowest first."]
    sides: tuple[Beyond, ...] = ("high", "low")
    for side in sides:
        names = [bar.label for bar in caterpillar.bars if bar.beyond == side]
        sentences.append(f"Wholly {WORDS[side]}: {', '.join(names) if names else 'none'}.")
    return " ".join(sentences)


def _table(caterpillar: Caterpillar, bars: list[Bar]) -> Table:
    write = caterpillar.form
    rows = tuple(
        (bar.label, write.write(bar.value), write.write_range(bar.low, bar.high), WORDS[bar.beyond]) for bar in bars
    )
    return Table(("Hospital", caterpillar.value_name, "95% interval", "Interval"), rows)
