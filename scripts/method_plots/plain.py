# ruff: noqa: PLR0913 - marks have many looks
"""A small plot as SVG text: no dependency, light background, lengths to a tenth of a pixel."""

import math
from collections.abc import Iterable, Sequence
from html import escape


WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 62, 24, 54, 46
INK, MUTED, GRID = "#1c2733", "#5b6875", "#e3e7eb"
BLUE, ORANGE, GREEN, PALE = "#0b6391", "#b4500b", "#2f6f4f", "#cfe1ec"
FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


def length(value: float) -> str:
    """Write a length with at most one decimal."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


class Plot:
    """One pair of axes. Values in, marks out; the title says what is seen."""

    def __init__(
        self,
        title: str,
        *,
        x: tuple[float, float],
        y: tuple[float, float],
        names: tuple[str, str],
        log: str = "",
        right: int = RIGHT,
    ) -> None:
        self.title = title
        self.ranges, self.names, self.log = (x, y), names, log
        self.right = WIDTH - right
        self.marks: list[str] = []
        self.grid: list[str] = []

    def _share(self, axis: int, value: float) -> float:
        low, high = self.ranges[axis]
        if "xy"[axis] in self.log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return (value - low) / (high - low)

    def px(self, value: float) -> float:
        """Horizontal place of a value."""
        return LEFT + self._share(0, value) * (self.right - LEFT)

    def py(self, value: float) -> float:
        """Vertical place of a value."""
        return HEIGHT - BOTTOM - self._share(1, value) * (HEIGHT - BOTTOM - TOP)

    def ticks(self, *, x: Iterable[float] = (), y: Iterable[float] = (), form: tuple[str, str] = ("g", "g")) -> None:
        """Grid lines and their numbers."""
        for value in x:
            at = length(self.px(value))
            self.grid.append(f'<path d="M{at} {TOP}V{HEIGHT - BOTTOM}" stroke="{GRID}"/>')
            self.text(self.px(value), HEIGHT - BOTTOM + 17, format(value, form[0]), anchor="middle", colour=MUTED)
        for value in y:
            at = length(self.py(value))
            self.grid.append(f'<path d="M{LEFT} {at}H{length(self.right)}" stroke="{GRID}"/>')
            written = "0" if value == 0 and form[1].startswith("+") else format(value, form[1])
            self.text(LEFT - 8, self.py(value) + 4, written.replace("-", "\u2212"), anchor="end", colour=MUTED)

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK, size: int = 12) -> None:
        """Words at a place in pixels."""
        sized = "" if size == 12 else f' font-size="{size}"'
        anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.marks.append(
            f'<text x="{length(x)}" y="{length(y)}" fill="{colour}"{anchored}{sized}>{escape(words)}</text>'
        )

    def label(self, x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK, up: float = 0) -> None:
        """Words beside a value, `up` pixels above it."""
        beside = 6 if anchor == "start" else 0
        self.text(self.px(x) + beside, self.py(y) + 4 - up, words, anchor=anchor, colour=colour)

    def line(
        self, x: Sequence[float], y: Sequence[float], *, colour: str = INK, dash: str = "", width: float = 1.6
    ) -> None:
        """A line through values; NaN breaks it."""
        pieces: list[str] = []
        pen = "M"
        for across, up in zip(x, y, strict=True):
            if math.isnan(up):
                pen = "M"
                continue
            pieces.append(f"{pen}{length(self.px(across))} {length(self.py(up))}")
            pen = "L"
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.marks.append(f'<path d="{"".join(pieces)}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>')

    def level(self, y: float, *, colour: str = INK, dash: str = "") -> None:
        """A horizontal line over the whole width."""
        self.line(self.ranges[0], (y, y), colour=colour, dash=dash, width=1.2)

    def upright(self, x: float, *, colour: str = INK, dash: str = "") -> None:
        """A vertical line over the whole height."""
        self.line((x, x), self.ranges[1], colour=colour, dash=dash, width=1.2)

    def dot(self, x: float, y: float, *, colour: str = BLUE, hollow: bool = False, radius: float = 4) -> None:
        """One point."""
        fill = "#ffffff" if hollow else colour
        self.marks.append(
            f'<circle cx="{length(self.px(x))}" cy="{length(self.py(y))}" r="{length(radius)}" fill="{fill}" '
            f'stroke="{colour}" stroke-width="1.4"/>'
        )

    def span(self, at: float, low: float, high: float, *, colour: str = BLUE, width: float = 1.6) -> None:
        """An interval, upright, cut to the axes."""
        bottom, top = self.ranges[1]
        self.line((at, at), (max(low, bottom), min(high, top)), colour=colour, width=width)

    def svg(self) -> str:
        """Write the whole picture."""
        name_x, name_y = self.names
        self.text((LEFT + self.right) / 2, HEIGHT - 10, name_x, anchor="middle", colour=MUTED)
        self.text(LEFT - 50, TOP - 12, name_y, colour=MUTED)
        self.text(LEFT - 50, 22, self.title, size=15)
        frame = f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{length(self.right)}" fill="none" stroke="{MUTED}"/>'
        return wrap(self.title, [*self.grid, frame, *self.marks])


def wrap(title: str, marks: Iterable[str], *, height: int = HEIGHT) -> str:
    """Put marks on a white sheet with a title for those who listen."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" font-family="{FONT}" font-size="12">'
    )
    sheet = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", sheet, *marks, "</svg>", ""])
