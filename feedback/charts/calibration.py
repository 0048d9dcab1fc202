"""Whether a risk model's predictions came true: observed against expected in groups of rising risk."""

from dataclasses import dataclass

from feedback.charts.drawing import Drawing, Frame, Plot, Table, Words, draw
from feedback.charts.scale import PERCENT, ValueFormat, axis
from feedback.charts.svg import Svg, element, together


HEIGHT = 360.0


@dataclass(frozen=True, kw_only=True)
class CalibrationGroup:
    """One group of cases: mean predicted risk, observed rate and its interval."""

    cases: int
    expected: float
    observed: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Calibration:
    key: str
    title: str
    groups: tuple[CalibrationGroup, ...]
    form: ValueFormat = PERCENT
    outcome: str = "event"


def draw_calibration(calibration: Calibration) -> Drawing:
    plot = _plot(calibration)
    body = (
        plot.gridlines(calibration.form),
        plot.tick_labels(calibration.form, "expected by the model"),
        _perfect(plot),
        together(_group(group, plot) for group in calibration.groups),
    )
    words = Words(
        key=calibration.key,
        title=calibration.title,
        description=_description(calibration),
        caption="each point is one group of cases of rising risk; on the line, predictions came true",
    )
    return draw(words, Frame(class_="plot calibration", height=HEIGHT), body, _table(calibration))


def _plot(calibration: Calibration) -> Plot:
    """Take the same axis both ways, so that the line of perfect prediction is the diagonal."""
    ends = (value for group in calibration.groups for value in (group.expected, group.observed, group.high))
    both = axis([0.0, *(value for value in ends if value is not None)], ceiling=calibration.form.ceiling, intervals=5)
    return Plot(HEIGHT, both, both, top=16.0, bottom=44.0)


def _perfect(plot: Plot) -> Svg:
    return element("line", class_="mean", x1="0", x2="100%", y1=plot.y(plot.upwards.low), y2=plot.y(plot.upwards.high))


def _group(group: CalibrationGroup, plot: Plot) -> Svg:
    x = plot.x(group.expected)
    interval = Svg()
    if group.low is not None and group.high is not None:
        interval = element("line", class_="interval", x1=x, x2=x, y1=plot.y(group.high), y2=plot.y(group.low))
    return together((interval, element("circle", class_="group", cx=x, cy=plot.y(group.observed), r=4.6)))


def _description(calibration: Calibration) -> str:
    groups, write = calibration.groups, calibration.form.write
    told = [group for group in groups if group.low is not None and group.high is not None]
    inside = sum(1 for g in told if g.low is not None and g.high is not None and g.low <= g.expected <= g.high)
    lowest, highest = groups[0], groups[-1]
    sentences = [
        f"Observed against expected {calibration.outcome} rate in {len(groups)} groups of rising risk.",
        f"Lowest group: expected {write(lowest.expected)}, observed {write(lowest.observed)}.",
        f"Highest group: expected {write(highest.expected)}, observed {write(highest.observed)}.",
    ]
    if told:
        sentences.append(f"The interval holds the expected rate in {inside} of {len(told)} groups.")
    return " ".join(sentences)


def _table(calibration: Calibration) -> Table:
    form = calibration.form
    rows = tuple(
        (
            str(order),
            f"{group.cases:,}",
            form.write(group.expected),
            form.write(group.observed),
            "" if group.low is None or group.high is None else form.write_range(group.low, group.high),
        )
        for order, group in enumerate(calibration.groups, start=1)
    )
    return Table(("Group", "Cases", "Expected", "Observed", "95% interval"), rows)
