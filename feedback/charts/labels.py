"""Where to write beside a mark: the first place, of those that would do, where the words lie on nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from feedback.charts.svg import Svg, element, percent


# A plot stretches; labels are placed for this width in pixels, and are legible upon others where it is narrower.
ASSUMED_WIDTH = 620.0
LETTER_WIDTH = 6.6
ASCENT, DESCENT = 10.0, 3.0

Anchor = Literal["start", "end"]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of a plot of the assumed width."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Label:
    """Words beginning (or ending) `dx` pixels from a place given as a share of the width."""

    text: str
    x: float
    y: float
    dx: float = 0.0
    anchor: Anchor = "start"

    @property
    def box(self) -> Box:
        width = LETTER_WIDTH * len(self.text)
        start = self.x * ASSUMED_WIDTH + self.dx - (width if self.anchor == "end" else 0.0)
        return Box(start, self.y - ASCENT, start + width, self.y + DESCENT)

    def draw(self, class_: str) -> Svg:
        return element(
            "text",
            self.text,
            class_=class_,
            x=percent(self.x),
            dx=self.dx or None,
            y=self.y,
            text_anchor=None if self.anchor == "start" else "end",
        )


def mark_box(x: float, y: float, radius: float) -> Box:
    centre = x * ASSUMED_WIDTH
    return Box(centre - radius, y - radius, centre + radius, y + radius)


def line_box(y: float) -> Box:
    return Box(0.0, y - 1, ASSUMED_WIDTH, y + 1)


def place(candidates: Sequence[Label], taken: Iterable[Box]) -> Label:
    """Choose the label that lies on the least; of equals the first. What lies on nothing needs no comparison."""
    boxes, least, chosen = list(taken), -1, candidates[0]
    for label in candidates:
        found = clashes(label, boxes)
        if found == 0:
            return label
        if least < 0 or found < least:
            least, chosen = found, label
    return chosen


def clashes(label: Label, taken: Sequence[Box]) -> int:
    box = label.box
    outside = box.left < -8 or box.right > ASSUMED_WIDTH + 8
    return sum(box.touches(other) for other in taken) + (len(taken) + 1) * outside
