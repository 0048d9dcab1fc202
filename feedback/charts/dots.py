"""Sorted blinded dots: the viewer's own hospital among peers that have no name, volume or interval."""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass

from feedback.charts.drawing import DIAMOND, TRIANGLE, TRIANGLE_DOWN, Drawing, Frame, Plot, Table, Words, draw, symbol
from feedback.charts.figure import Figure, figure, marks_of
from feedback.charts.labels import Box, Label, line_box, mark_box, place
from feedback.charts.scale import Axis, ValueFormat, axis
from feedback.charts.svg import Svg, element, number, percent, together


HEIGHT = 356.0
RADIUS = 4.6
QUARTERS = ("lowest quarter", "second lowest quarter", "second highest quarter", "highest quarter")


@dataclass(frozen=True, kw_only=True)
class Own:
    """The viewer's own result; `name` is what is written beside it."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Dots:
    """Values are in the unit of the measure (proportions as fractions); `peers` are the rounded values released."""

    key: str
    title: str
    value_name: str
    form: ValueFormat
    peers: tuple[float, ...]
    own: Own | None = None
    collaborative: float | None = None
    collaborative_name: str = "collaborative"
    benchmark: float | None = None
    interval_name: str = "95% interval"


def draw_dots(dots: Dots) -> Drawing:
    peers = sorted(dots.form.blind(peer) for peer in dots.peers)
    plot = Plot(HEIGHT, _upwards(dots, peers), top=22.0, bottom=12.0)
    points = _points(dots, peers)
    body = (
        plot.gridlines(dots.form),
        together(plot.level(level.value, level.class_) for level in _levels(dots)),
        _peers(points, plot),
        _own(dots, peers, plot),
        _labels(dots, peers, plot),
    )
    words = Words(key=dots.key, title=dots.title, description=_description(dots, peers), caption=_caption(dots))
    return draw(words, Frame(class_="plot dots", height=HEIGHT), body, _table(dots, peers), _figure(dots, peers))


def _upwards(dots: Dots, peers: list[float]) -> Axis:
    """Hold all points, and of a very wide interval only so much that the points do not shrink to a line."""
    levels = [level for level in (dots.collaborative, dots.benchmark) if level is not None]
    points = [*peers, *levels, *([dots.own.value] if dots.own else [])]
    if not points:
        raise ValueError("dots need at least one value, but got none")
    low, high = min(points), max(points)
    reach = 0.75 * (high - low or abs(high) or 1.0)
    if dots.own and dots.own.low is not None and dots.own.high is not None:
        points += [max(dots.own.low, low - reach), min(dots.own.high, high + reach)]
    return axis(points, ceiling=dots.form.ceiling)


@dataclass(frozen=True)
class _Level:
    name: str
    value: float
    class_: str


def _levels(dots: Dots) -> list[_Level]:
    given = ((dots.collaborative_name, dots.collaborative, "mean"), ("achievable benchmark", dots.benchmark, "bench"))
    return [_Level(name, value, class_) for name, value, class_ in given if value is not None]


def _level_peers(dots: Dots, own: Own, peers: list[float]) -> tuple[int, int]:
    """Give where the peers with the own rounded value begin and end in the order."""
    rounded = dots.form.blind(own.value)
    return bisect_left(peers, rounded), bisect_right(peers, rounded)


def _own_index(dots: Dots, peers: list[float]) -> int | None:
    """Give the own place in the order: amid the peers with the same rounded value.

    Whether one of those is really higher or lower is what rounding keeps to itself.
    """
    if dots.own is None:
        return None
    begin, end = _level_peers(dots, dots.own, peers)
    return (begin + end + 1) // 2


def _own_share(dots: Dots, peers: list[float]) -> float | None:
    index = _own_index(dots, peers)
    return None if index is None else (index + 0.5) / (len(peers) + 1)


def _points(dots: Dots, peers: list[float]) -> list[tuple[float, float]]:
    """Give the peers' places across, lowest to highest, with room for the own mark among them."""
    own_index = _own_index(dots, peers)
    places = len(peers) + (own_index is not None)
    order = [index for index in range(places) if index != own_index]
    return [((index + 0.5) / places, peer) for index, peer in zip(order, peers, strict=True)]


def _peers(points: list[tuple[float, float]], plot: Plot) -> Svg:
    """A hundred: written as text, for an element of its own each is slow enough to be felt."""
    circles = (Svg(f'<circle cx="{percent(x)}" cy="{number(plot.y(value))}" r="{RADIUS}"/>') for x, value in points)
    return element("g", *circles, class_="peer") if points else Svg()


def _own(dots: Dots, peers: list[float], plot: Plot) -> Svg:
    x = _own_share(dots, peers)
    if dots.own is None or x is None:
        return Svg()
    diamond = symbol(DIAMOND, x=percent(x), y=plot.y(dots.own.value), class_="own-mark")
    return together((_interval(dots.own, plot, x), diamond))


def _labels(dots: Dots, peers: list[float], plot: Plot) -> Svg:
    """Write the names of the own hospital and of the levels where nothing else is drawn."""
    taken = [mark_box(x, plot.y(value), RADIUS) for x, value in _points(dots, peers)]
    taken += [line_box(plot.y(level.value)) for level in _levels(dots)]
    own_x, parts = _own_share(dots, peers), []
    if dots.own is not None and own_x is not None:
        taken += _own_boxes(dots.own, plot, own_x)
        own_label = place(_own_candidates(dots, dots.own, plot.y(dots.own.value), own_x), taken)
        taken.append(own_label.box)
        parts.append(own_label.draw("own-name"))
    for level in _levels(dots):
        label = place(_level_candidates(f"{level.name} {dots.form.write(level.value)}", plot.y(level.value)), taken)
        taken.append(label.box)
        parts.append(label.draw(level.class_))
    return together(parts)


def _own_boxes(own: Own, plot: Plot, x: float) -> list[Box]:
    diamond = mark_box(x, plot.y(own.value), 9.0)
    if own.low is None or own.high is None:
        return [diamond]
    top, bottom = plot.y(plot.upwards.held(own.high)), plot.y(plot.upwards.held(own.low))
    return [diamond, Box(diamond.left + 7, top, diamond.right - 7, bottom)]


def _own_candidates(dots: Dots, own: Own, y: float, x: float) -> list[Label]:
    text = f"{own.name} {dots.form.write(own.value)}"
    left = [Label(text, x, y + dy, -14.0, "end") for dy in (-8.0, -22.0, 4.0)]
    right = [Label(text, x, y + dy, 14.0, "start") for dy in (20.0, 34.0, 4.0)]
    # Dots rise to the right: beside the mark there is room above on its left and below on its right.
    return [*left, *right] if x > 0.5 else [*right, *left]


def _level_candidates(text: str, y: float) -> list[Label]:
    left = [Label(text, x, y - 6) for x in (0.01, 0.2)]
    right = [Label(text, x, y + 16, 0.0, "end") for x in (0.997, 0.8)]
    rest = [Label(text, 0.997, y - 6, 0.0, "end"), Label(text, 0.01, y + 16)]
    return [*left, *right, *rest] if not text.startswith("achievable") else [*right, *left, *rest]


def _interval(own: Own, plot: Plot, x: float) -> Svg:
    if own.low is None or own.high is None:
        return Svg()
    top, bottom = plot.y(plot.upwards.held(own.high)), plot.y(plot.upwards.held(own.low))
    line = element("line", class_="own-interval", x1=percent(x), x2=percent(x), y1=top, y2=bottom)
    ends = []
    if own.high > plot.upwards.high:
        ends.append(symbol(TRIANGLE, x=percent(x), y=top, class_="own-mark"))
    if own.low < plot.upwards.low:
        ends.append(symbol(TRIANGLE_DOWN, x=percent(x), y=bottom, class_="own-mark"))
    return together((line, *ends))


def _figure(dots: Dots, peers: list[float]) -> Figure:
    """Peers as they are rounded, in the order of their values; the own mark among them."""
    own_at = _own_index(dots, peers)
    places = [at for at in range(len(peers) + (own_at is not None)) if at != own_at]
    traces = [marks_of([float(at) for at in places], peers, symbol="circle", size=9)]
    if dots.own is not None and own_at is not None:
        traces.append(marks_of([float(own_at)], [dots.own.value], symbol="diamond", size=15))
    levels = [(level.value, f"{level.name} {dots.form.write(level.value)}") for level in _levels(dots)]
    return figure(traces, levels, dots.form, ordered=True)


def _caption(dots: Dots) -> str:
    hospitals = len(dots.peers) + (dots.own is not None)
    step = dots.form.write_step()
    return (
        f"{hospitals} hospitals, lowest to highest "
        f"(peers rounded to {step}; volumes and intervals of peers are never shown)"
    )


def _description(dots: Dots, peers: list[float]) -> str:
    hospitals = len(peers) + (dots.own is not None)
    sentences = [f"{dots.value_name} of {hospitals} hospitals from lowest to highest, peers blinded and rounded."]
    if dots.own:
        sentences.append(_own_sentence(dots, dots.own, peers))
    if dots.collaborative is not None:
        sentences.append(f"The {dots.collaborative_name} is at {dots.form.write(dots.collaborative)}.")
    if dots.benchmark is not None:
        sentences.append(f"The achievable benchmark is {dots.form.write(dots.benchmark)}.")
    return " ".join(sentences)


def _own_sentence(dots: Dots, own: Own, peers: list[float]) -> str:
    sentence = f"{own.name} is at {dots.form.write(own.value)}"
    if own.low is not None and own.high is not None:
        sentence += f" ({dots.interval_name} {dots.form.write_range(own.low, own.high)})"
    if not peers:
        return f"{sentence}."
    begin, end = _level_peers(dots, own, peers)
    if 2 * (end - begin) > len(peers):
        return f"{sentence}, level with most peers."
    quarter = QUARTERS[min(3, int(2 * (begin + end) / len(peers)))]
    return f"{sentence}, in the {quarter}."


def _table(dots: Dots, peers: list[float]) -> Table:
    rows: list[tuple[str, ...]] = []
    if dots.own:
        own, write = dots.own, dots.form.write
        interval = "" if own.low is None or own.high is None else dots.form.write_range(own.low, own.high)
        rows.append((f"{own.name} (your hospital)", write(own.value), interval, "1"))
    if dots.collaborative is not None:
        rows.append((dots.collaborative_name.capitalize(), dots.form.write(dots.collaborative), "", ""))
    if dots.benchmark is not None:
        rows.append(("Achievable benchmark", dots.form.write(dots.benchmark), "", ""))
    rows += [
        ("Peers, blinded", dots.form.write_peer(value), "not shown", str(count))
        for value, count in sorted(Counter(peers).items())
    ]
    return Table(("Who", dots.value_name, dots.interval_name, "Hospitals"), tuple(rows))
