"""A strip of blinded dots for one row of a table: where the own hospital lies among its peers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback.charts.drawing import SMALL_DIAMOND, Drawing, Frame, Table, Words, draw, symbol
from feedback.charts.scale import Axis, ValueFormat, axis
from feedback.charts.svg import Svg, element, number, percent


WIDTH = 210
HEIGHT = 30.0
MIDDLE = HEIGHT / 2
RADIUS = 2.4  # half the stroke of the style sheet
# Peers with the same rounded value pile up around the middle, and no higher than the strip.
PILE_STEP = 5.2
PILE_ROOM = HEIGHT - 2 * RADIUS - 2


@dataclass(frozen=True, kw_only=True)
class Strip:
    key: str
    title: str
    form: ValueFormat
    peers: tuple[float, ...]
    own: float | None = None
    collaborative: float | None = None
    benchmark: float | None = None


def draw_strip(strip: Strip) -> Drawing:
    peers = sorted(map(strip.form.blind, strip.peers))
    across, piles = _across(strip, peers), Counter(peers)
    body = (
        element("line", class_="base", x1="0", x2="100%", y1=MIDDLE, y2=MIDDLE),
        _peers(piles, across),
        _mark(strip.collaborative, across, "mean", 4.0),
        _mark(strip.benchmark, across, "bench", 1.0),
        Svg()
        if strip.own is None
        else symbol(SMALL_DIAMOND, x=percent(across(strip.own)), y=MIDDLE, class_="own-mark"),
    )
    words = Words(key=strip.key, title=strip.title, description=_description(strip, peers))
    return draw(words, Frame(class_="strip", height=HEIGHT, width=str(WIDTH)), body, _table(strip, piles))


def _across(strip: Strip, peers: Sequence[float]) -> Axis:
    known = [value for value in (strip.own, strip.collaborative, strip.benchmark) if value is not None]
    return axis([*peers, *known], from_zero=False)


def _peers(piles: Mapping[float, int], across: Axis) -> Svg:
    """A hundred in each row of a page, so all of them are one path: ends of lines that have no length.

    Places are thousandths of the width, so that the strip stretches; the style sheet makes the ends round, and keeps them so.
    """
    dots = (
        f"M{1000 * across(value):.0f} {number(MIDDLE + height)}h0"
        for value, count in piles.items()
        for height in _pile(count)
    )
    if not piles:
        return Svg()
    return element(
        "svg",
        element("path", class_="peer", d="".join(dots)),
        width="100%",
        height=HEIGHT,
        viewBox=f"0 0 1000 {number(HEIGHT)}",
        preserveAspectRatio="none",
        overflow="visible",
    )


def _pile(count: int) -> list[float]:
    step = min(PILE_STEP, PILE_ROOM / (count - 1)) if count > 1 else 0.0
    return [step * (index - (count - 1) / 2) for index in range(count)]


def _mark(value: float | None, across: Axis, class_: str, end: float) -> Svg:
    if value is None:
        return Svg()
    x = percent(across(value))
    return element("line", class_=class_, x1=x, x2=x, y1=end, y2=HEIGHT - end)


def _named(strip: Strip) -> list[tuple[str, float]]:
    named = (
        ("Your hospital", strip.own),
        ("Collaborative", strip.collaborative),
        ("Achievable benchmark", strip.benchmark),
    )
    return [(name, value) for name, value in named if value is not None]


def _description(strip: Strip, peers: Sequence[float]) -> str:
    write = strip.form.write
    parts = [f"{name} {write(value)}" for name, value in _named(strip)]
    if peers:
        lowest, highest = strip.form.write_peer(peers[0]), strip.form.write_peer(peers[-1])
        parts.append(f"{len(peers)} blinded peers from {lowest} to {highest}")
    return "; ".join(parts) + "."


def _table(strip: Strip, piles: Mapping[float, int]) -> Table:
    rows = [(name, strip.form.write(value), "") for name, value in _named(strip)]
    rows += [("Peers, blinded", strip.form.write_peer(value), str(count)) for value, count in piles.items()]
    return Table(("Who", "Value", "Hospitals"), tuple(rows))
