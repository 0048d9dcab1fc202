"""A strip of blinded dots for one row of a table: where the own hospital lies among its peers."""

from collections import Counter
from dataclasses import dataclass

from feedback.charts.drawing import SMALL_DIAMOND, Drawing, Frame, Table, Words, draw, symbol
from feedback.charts.scale import Axis, ValueFormat, axis
from feedback.charts.svg import Svg, element, number, percent


WIDTH = 210
HEIGHT = 30.0
MIDDLE = HEIGHT / 2
RADIUS = 2.4
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
    across = _across(strip)
    body = (
        element("line", class_="base", x1="0", x2="100%", y1=MIDDLE, y2=MIDDLE),
        _peers(strip, across),
        _mark(strip.collaborative, across, "mean", 4.0),
        _mark(strip.benchmark, across, "bench", 1.0),
        Svg()
        if strip.own is None
        else symbol(SMALL_DIAMOND, x=percent(across(strip.own)), y=MIDDLE, class_="own-mark"),
    )
    words = Words(key=strip.key, title=strip.title, description=_description(strip))
    return draw(words, Frame(class_="strip", height=HEIGHT, width=str(WIDTH)), body, _table(strip))


def _across(strip: Strip) -> Axis:
    known = [value for value in (strip.own, strip.collaborative, strip.benchmark) if value is not None]
    return axis([*(strip.form.blind(peer) for peer in strip.peers), *known], from_zero=False)


def _peers(strip: Strip, across: Axis) -> Svg:
    """A hundred in each row of a page: written as text, for an element of its own each is slow enough to be felt."""
    piles = Counter(strip.form.blind(peer) for peer in strip.peers)
    circles = [
        Svg(f'<circle cx="{x}" cy="{number(MIDDLE + height)}" r="{RADIUS}"/>')
        for x, count in ((percent(across(value)), count) for value, count in sorted(piles.items()))
        for height in _pile(count)
    ]
    return element("g", *circles, class_="peer") if circles else Svg()


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


def _description(strip: Strip) -> str:
    write = strip.form.write
    parts = [f"{name} {write(value)}" for name, value in _named(strip)]
    if strip.peers:
        blinded = [strip.form.blind(peer) for peer in strip.peers]
        lowest, highest = strip.form.write_peer(min(blinded)), strip.form.write_peer(max(blinded))
        parts.append(f"{len(blinded)} blinded peers from {lowest} to {highest}")
    return "; ".join(parts) + "."


def _table(strip: Strip) -> Table:
    piles = Counter(strip.form.blind(peer) for peer in strip.peers)
    rows = [(name, strip.form.write(value), "") for name, value in _named(strip)]
    rows += [("Peers, blinded", strip.form.write_peer(value), str(count)) for value, count in sorted(piles.items())]
    return Table(("Who", "Value", "Hospitals"), tuple(rows))
