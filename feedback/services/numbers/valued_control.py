"""The control chart of a measure whose cases carry a value: u chart of events by exposure, XmR or run chart of medians."""

import math
from collections.abc import Sequence
from typing import cast

import numpy as np

from feedback.selectors.slices import Slice
from feedback.services.numbers.control import FEWEST_MONTHLY
from feedback.services.numbers.phases import Carried, Chart, Plan, Point, Unit, carried_of, charted, floats_of, joined
from feedback.services.numbers.scales import FEWEST_QUARTILES, Sample
from feedback.services.numbers.tally import (
    MONTHS_IN_QUARTER,
    month_name,
    month_of,
    months_of_days,
    quarter_name,
    quarters_of_days,
)
from feedback.services.numbers.values import Json, MeasureInput
from riskstats.spc import Series, u_chart, xmr_chart


KEPT = ("denominator", "observed", "exposure")


def control_of_values(given: MeasureInput, key: int, sample: Sample) -> Json:
    """Points of the months or quarters with limits and signals; what came before the window by what was kept of it."""
    columns = given.slices[key]
    chart: Chart = "u" if given.measure.kind.is_per_value else "median"
    unit = _unit(given, columns, sample)
    points = [_point(name, kept, chart) for name, kept in _periods(given, columns, sample, unit).items()]
    if not any(point.counts for point in points):
        return {}
    carried = carried_of(given.before.charts.get(key)).read_as(unit, chart) if given.before else Carried()
    if chart == "u":
        points = joined(points, carried, _again)
    draw = _rates if chart == "u" else _medians
    plan = Plan(chart=chart, unit=unit, draw=draw, carried=carried, anew=given.anew.get(key, ()))
    return charted(points, plan)


def _unit(given: MeasureInput, columns: Slice, sample: Sample) -> Unit:
    """By month where the median month has enough cases to be a point of its own."""
    cases = {month: met + other for month, met, other in columns.history}
    happened = months_of_days(sample.days)
    opens, closes = month_of(given.window_from), month_of(given.window_to)
    counts = [
        cases.get(month, 0) if month < opens else int((happened == month).sum())
        for month in range(min([opens, *cases]), closes + 1)
    ]
    return "month" if float(np.median(counts)) >= FEWEST_MONTHLY else "quarter"


def _periods(given: MeasureInput, columns: Slice, sample: Sample, unit: Unit) -> dict[str, Json]:
    """Counts, exposure and median of each, in order, those without cases too."""
    length, name = (1, month_name) if unit == "month" else (MONTHS_IN_QUARTER, quarter_name)
    first = month_of(given.window_from)
    found: dict[int, Json] = {}
    counts = {month: (met, met + other) for month, met, other in columns.history}
    for month, total, of_month, of_quarter in columns.sums:
        met, cases = counts.get(month, (0, 0))
        if month < first:
            _add(found, month // length, (cases, met, total), of_month if unit == "month" else of_quarter)
    happened = months_of_days(sample.days) if unit == "month" else quarters_of_days(sample.days)
    for period in np.unique(happened).tolist():
        part = sample.where(happened == period)
        _add(found, period, (len(part), part.events, part.total), float(np.median(part.values)))
    last = month_of(given.window_to) // length
    none: Json = {"denominator": 0, "observed": 0, "exposure": 0.0, "middle": None}
    return {name(period): found.get(period, none) for period in range(min([first // length, *found]), last + 1)}


def _add(found: dict[int, Json], period: int, counts: tuple[int, int, float], middle: float) -> None:
    """A quarter in which the window begins has the median of its later part."""
    before = found.get(period, {})
    sums = {name: cast("float", before.get(name, 0)) + count for name, count in zip(KEPT, counts, strict=True)}
    found[period] = {**sums, "middle": middle}


def _point(name: str, kept: Json, chart: Chart) -> Point:
    if chart == "u":
        return Point(name=name, value=_rate(kept), kept={key: kept[key] for key in KEPT})
    # Few cases make no median, and no sum of a continuous value is an exposure.
    enough = cast("int", kept["denominator"]) >= FEWEST_QUARTILES
    value = cast("float", kept["middle"]) if enough else math.nan
    return Point(name=name, value=value, kept={key: kept[key] for key in KEPT[:2]})


def _again(row: Json) -> Point:
    """A point as an earlier release kept it."""
    kept = {name: row[name] for name in KEPT}
    return Point(name=str(row["period"]), value=_rate(kept), kept=kept)


def _rate(kept: Json) -> float:
    exposure = cast("float", kept["exposure"])
    return cast("int", kept["observed"]) / exposure if exposure > 0 else math.nan


def _rates(points: Sequence[Point], left_out: Sequence[int]) -> Series:
    return u_chart(floats_of(points, "observed"), floats_of(points, "exposure"), exclude=left_out)


def _medians(points: Sequence[Point], left_out: Sequence[int]) -> Series:
    return xmr_chart([point.value for point in points], exclude=left_out)
