"""What every chart gives back: the picture, the words for it, and the same numbers as a table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from feedback.charts.figure import Figure
from feedback.charts.scale import Axis, ValueFormat
from feedback.charts.svg import Svg, element, number, percent, together


@dataclass(frozen=True)
class Table:
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Drawing:
    key: str
    title: str
    description: str
    caption: str
    svg: Svg
    table: Table
    # The same points for plotly.js, for those who ask for it.
    figure: Figure | None = None


# Where points only have an order, their place across is a share of the width.
SHARES = Axis(0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Plot:
    """The rectangle a chart is drawn in: as wide as its card, `height` pixels high, values upwards."""

    height: float
    upwards: Axis
    across: Axis = SHARES
    top: float = 16.0
    bottom: float = 24.0

    def x(self, value: float) -> str:
        return percent(self.across(value))

    def y(self, value: float) -> float:
        return self.height - self.bottom - self.upwards(value) * (self.height - self.top - self.bottom)

    def gridlines(self, form: ValueFormat) -> Svg:
        """Draw the value axis: fine lines with their values in the left margin."""
        return together(
            together(
                (
                    element("line", class_="grid", x1="0", x2="100%", y1=self.y(tick), y2=self.y(tick)),
                    element(
                        "text",
                        form.write_tick(tick, self.upwards.step),
                        x=-8.0,
                        y=self.y(tick) + 4,
                        text_anchor="end",
                    ),
                )
            )
            for tick in self.upwards.ticks
        )

    def tick_labels(self, form: ValueFormat, name: str) -> Svg:
        """Write the values along the bottom, and below them what they are."""
        ticks = (
            element(
                "text",
                form.write_tick(tick, self.across.step),
                class_="minor" if order % 2 else None,
                x=self.x(tick),
                y=self.height - self.bottom + 18,
                text_anchor="middle",
            )
            for order, tick in enumerate(self.across.ticks)
        )
        title = element("text", name, class_="axis", x="50%", y=self.height - 6, text_anchor="middle")
        return together((*ticks, title))

    def level(self, value: float, class_: str) -> Svg:
        return element("line", class_=class_, x1="0", x2="100%", y1=self.y(value), y2=self.y(value))

    def stretched(self, *lines: Svg) -> Svg:
        """Hold paths whose places are thousandths of the width, so that they stretch with the plot."""
        if not any(lines):
            return Svg()
        return element(
            "svg",
            *lines,
            width="100%",
            height=self.height,
            viewBox=f"0 0 1000 {number(self.height)}",
            preserveAspectRatio="none",
        )

    def path(self, points: list[tuple[float, float]], class_: str, tag: str = "polyline") -> Svg:
        """Draw a line (or, as a polygon, an area) through points given as (value across, value upwards)."""
        places = " ".join(f"{number(1000 * self.across(x))},{number(self.y(value))}" for x, value in points)
        return element(tag, class_=class_, points=places)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is said about a chart; `key` begins the ids of its elements."""

    key: str
    title: str
    description: str
    caption: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", self.key):
            raise ValueError(f"key must be lower-case letters, digits and hyphens, but got {self.key!r}")


@dataclass(frozen=True, kw_only=True)
class Frame:
    class_: str
    height: float
    width: str = "100%"


def draw(words: Words, frame: Frame, body: Iterable[Svg], table: Table, figure: Figure | None = None) -> Drawing:
    """Frame a chart as one image with a name and a description for those who hear it."""
    svg = element(
        "svg",
        element("title", words.title, id=f"{words.key}-title"),
        element("desc", words.description, id=f"{words.key}-description"),
        *body,
        class_=frame.class_,
        role="img",
        width=frame.width,
        height=frame.height,
        aria_labelledby=f"{words.key}-title",
        aria_describedby=f"{words.key}-description",
    )
    return Drawing(
        key=words.key,
        title=words.title,
        description=words.description,
        caption=words.caption,
        svg=svg,
        table=table,
        figure=figure,
    )


def symbol(shape: Svg, *, x: str, y: float, class_: str | None = None) -> Svg:
    """Put a shape that is drawn around 0,0 at a place of the plot."""
    return element("svg", shape, class_=class_, x=x, y=y, overflow="visible")


DIAMOND = element("path", d="M0-9 9 0 0 9-9 0z")
SMALL_DIAMOND = element("path", d="M0-7 7 0 0 7-7 0z")
SQUARE = element("path", d="M-5-5H5V5H-5z")
TRIANGLE = element("path", d="M0-6 6 5H-6z")
TRIANGLE_DOWN = element("path", d="M0 6 6-5H-6z")
