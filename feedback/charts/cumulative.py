"""One hospital case by case: expected less observed events (VLAD), and the CUSUM that says when chance is no longer enough."""

from dataclasses import dataclass

from feedback.charts.drawing import SQUARE, Drawing, Frame, Plot, Table, Words, draw, symbol
from feedback.charts.scale import Axis, ValueFormat, axis
from feedback.charts.svg import Svg, element, together


VLAD_HEIGHT, CUSUM_HEIGHT = 260.0, 240.0
SUM = ValueFormat(decimals=2)
EVENTS = ValueFormat(decimals=1)
CASES = ValueFormat(decimals=0)
ACROSS = "cases in the order of their days"


@dataclass(frozen=True, kw_only=True)
class Step:
    """The sums after one case. `label` is the day of it; `signal` says what it brought to the limit."""

    case: int
    label: str
    gained: float
    worse: float
    better: float
    signal: str = ""


@dataclass(frozen=True, kw_only=True)
class Cumulative:
    """`gained` says what an upward step of the VLAD is, such as "fewer infections than expected"."""

    key: str
    title: str
    gained: str
    steps: tuple[Step, ...]
    worse_limit: float
    better_limit: float
    reading: tuple[str, ...] = ()


def draw_vlad(chart: Cumulative) -> Drawing:
    """Upwards is always good; the line's height is in events."""
    plot = _plot(VLAD_HEIGHT, chart, [step.gained for step in chart.steps])
    line = [(0.0, 0.0), *((float(step.case), step.gained) for step in chart.steps)]
    last = chart.steps[-1]
    body = (
        plot.gridlines(EVENTS),
        plot.level(0.0, "mean"),
        plot.stretched(plot.path(line, "own-line")),
        _ends(plot, last.case, last.gained),
        _end_name(chart, plot, last),
        plot.tick_labels(CASES, ACROSS),
    )
    words = Words(
        key=f"{chart.key}-vlad",
        title=chart.title,
        description=" ".join((_vlad_sentence(chart), *chart.reading)),
        caption=f"{chart.steps[0].label} to {chart.steps[-1].label}; upwards: {chart.gained}; "
        "the line is for looking at, the test is the chart below",
    )
    return draw(words, Frame(class_="plot vlad", height=VLAD_HEIGHT), body, _vlad_table(chart))


def draw_cusum(chart: Cumulative) -> Drawing:
    """Evidence for worse above the middle line, for better below it; at a limit it signals and begins again."""
    ups = [step.worse for step in chart.steps]
    downs = [-step.better for step in chart.steps]
    plot = _plot(CUSUM_HEIGHT, chart, [*ups, *downs, chart.worse_limit, -chart.better_limit])
    body = (
        plot.gridlines(ValueFormat(decimals=1)),
        plot.level(0.0, "mean"),
        together(plot.level(value, "limit") for value in (chart.worse_limit, -chart.better_limit)),
        plot.stretched(plot.path(_sums(chart, ups), "own-line"), plot.path(_sums(chart, downs), "own-line second")),
        _limit_names(chart, plot),
        _signals(chart, plot),
        plot.tick_labels(CASES, ACROSS),
    )
    words = Words(
        key=f"{chart.key}-cusum",
        title="Is it more than chance? CUSUM of the same cases",
        description=_cusum_sentence(chart),
        caption="above the middle: evidence that the odds have doubled for the worse; below it: halved for the better; "
        "■ signal, after which the sum begins again",
    )
    return draw(words, Frame(class_="plot cusum", height=CUSUM_HEIGHT), body, _cusum_table(chart))


def _plot(height: float, chart: Cumulative, values: list[float]) -> Plot:
    upwards = axis([0.0, *values, *([1.0] if not any(values) else [])], from_zero=False)
    across = Axis(0.0, float(chart.steps[-1].case), axis([0.0, float(chart.steps[-1].case)]).step)
    return Plot(height, upwards, across, top=18.0, bottom=44.0)


def _sums(chart: Cumulative, values: list[float]) -> list[tuple[float, float]]:
    """The path of a sum, which falls to nothing after a signal."""
    path = [(0.0, 0.0)]
    for step, value in zip(chart.steps, values, strict=True):
        path.append((float(step.case), value))
        if step.signal and abs(value) >= (chart.worse_limit if value > 0 else chart.better_limit):
            path.append((float(step.case), 0.0))
    return path


def _ends(plot: Plot, case: int, value: float) -> Svg:
    return element("g", element("circle", cx=plot.x(case), cy=plot.y(value), r=4.0), class_="own-point")


def _end_name(chart: Cumulative, plot: Plot, last: Step) -> Svg:
    """How many events it comes to, written beside the end of the line where there is room."""
    text = f"{EVENTS.write(abs(last.gained))} {_way(chart, last.gained).removesuffix(' than expected')}"
    y = plot.y(last.gained)
    y += -12.0 if y > VLAD_HEIGHT / 2 else 20.0
    return element("text", text, class_="own-name", x=plot.x(last.case), y=y, text_anchor="end")


def _limit_names(chart: Cumulative, plot: Plot) -> Svg:
    named = (
        ("limit: worse", plot.y(chart.worse_limit) - 5),
        ("limit: better", plot.y(-chart.better_limit) + 14),
    )
    return together(element("text", name, class_="name", x=4.0, y=y) for name, y in named)


def _signals(chart: Cumulative, plot: Plot) -> Svg:
    marks = [
        symbol(SQUARE, x=plot.x(step.case), y=plot.y(value))
        for step in chart.steps
        if step.signal
        for value in [step.worse if step.worse >= chart.worse_limit else -step.better]
    ]
    return element("g", *marks, class_="own-point") if marks else Svg()


def _vlad_sentence(chart: Cumulative) -> str:
    last = chart.steps[-1]
    return f"After {last.case:,} cases, on {last.label}: {EVENTS.write(abs(last.gained))} {_way(chart, last.gained)}."


def _way(chart: Cumulative, gained: float) -> str:
    if gained >= 0:
        return chart.gained
    swapped = {"fewer": "more", "more": "fewer"}
    return " ".join(swapped.get(word, word) for word in chart.gained.split(" "))


def _cusum_sentence(chart: Cumulative) -> str:
    found = [step for step in chart.steps if step.signal]
    if not found:
        last = chart.steps[-1]
        return (
            f"No signal in {last.case:,} cases: the sums stay below their limits, "
            f"{SUM.write(chart.worse_limit)} for worse and {SUM.write(chart.better_limit)} for better."
        )
    return " ".join(f"Signal on {step.label} after {step.case:,} cases: {step.signal}." for step in found)


def _vlad_table(chart: Cumulative) -> Table:
    rows = tuple((f"{step.case:,}", step.label, EVENTS.write(step.gained)) for step in chart.steps)
    return Table(("Case", "Day", chart.gained.capitalize()), rows)


def _cusum_table(chart: Cumulative) -> Table:
    rows = tuple(
        (f"{step.case:,}", step.label, SUM.write(step.worse), SUM.write(step.better), step.signal)
        for step in chart.steps
    )
    return Table(("Case", "Day", "CUSUM for worse", "CUSUM for better", "Signal"), rows)
