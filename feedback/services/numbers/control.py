"""The control chart of one hospital by month or quarter: which chart, and which of its points are complete.

Choice of chart, baseline and rules: STATISTICS 2.7 and 7. Rare outcomes have another one: `rare.py`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import numpy as np

from feedback.services.numbers.phases import (
    FEWEST_LIMITS,
    Aside,
    Carried,
    Chart,
    Plan,
    Point,
    Unit,
    carried_of,
    charted,
    floats_of,
    joined,
)
from feedback.services.numbers.values import Anew, Json
from riskstats.spc import Series, p_chart, p_prime_chart, xmr_chart


FEWEST_MONTHLY = 10  # cases in the median month, for a chart by month
FEWEST_EXPECTED = 1.0  # events in the mean month, for O/E by month
# So many cases a month make a p-chart's limits narrower than any hospital's ordinary variation: Laney's are wider.
MANY_CASES = 200
COMPLETE = 0.95  # of the newest period's cases; below, it is drawn and not judged
MONTHS_IN_QUARTER = 3


@dataclass(frozen=True)
class Period:
    """Counts of one month or quarter; `expected` where a model says what to expect of its patients.

    `unknown` are cases that may still come to count: begun and not complete, or without an answer that is needed.
    """

    name: str
    denominator: int
    observed: int
    expected: float | None = None
    unknown: int = 0
    over: bool = True

    @property
    def complete(self) -> float:
        """The share of its cases whose outcome is known."""
        cases = self.denominator + self.unknown
        return self.denominator / cases if cases else 1.0


def by_quarter(months: Sequence[Period]) -> list[Period]:
    """Add months up; quarters that begin before the first month hold fewer of them, and one that ends later is not over."""
    added: dict[str, list[Period]] = {}
    for month in months:
        year, number = month.name.split("-")
        added.setdefault(f"{year}-Q{(int(number) + 2) // MONTHS_IN_QUARTER}", []).append(month)
    return [
        Period(
            name,
            sum(each.denominator for each in parts),
            sum(each.observed for each in parts),
            _sum([each.expected for each in parts]),
            sum(each.unknown for each in parts),
            over=int(parts[-1].name[-2:]) % MONTHS_IN_QUARTER == 0,
        )
        for name, parts in added.items()
    ]


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def is_monthly(months: Sequence[Period]) -> bool:
    """Whether the median month has enough cases to be a point of its own."""
    return bool(months) and float(np.median([month.denominator for month in months])) >= FEWEST_MONTHLY


def control_chart(
    months: Sequence[Period], *, adjusted: bool, before: Json | None = None, anew: Sequence[Anew] = ()
) -> Json:
    """Points with limits and signals, as they are kept with the release.

    Parameters
    ----------
    months
        Every month in order, those without cases too.
    adjusted
        Whether a risk model compares what happened with what was expected.
    before
        The chart of the release before: its points go on, and limits go on resting on those it froze.
    anew
        Where somebody began the baseline anew.
    """
    carried = carried_of(before)
    if adjusted:
        for unit, periods in _units(months):
            if chart := _adjusted(periods, unit, carried, anew):
                return chart
    monthly, quarterly = _units(months)
    unit, periods = monthly if is_monthly(months) else quarterly
    return proportions(periods, unit, carried, anew)


def _units(months: Sequence[Period]) -> tuple[tuple[Unit, Sequence[Period]], tuple[Unit, Sequence[Period]]]:
    return ("month", months), ("quarter", by_quarter(months))


def supplied_chart(
    periods: Sequence[Period], *, adjusted: bool, before: Json | None = None, anew: Sequence[Anew] = ()
) -> Json:
    """The same of supplied sums, whose periods are what they are: quarters, or years."""
    unit: Unit = "quarter" if all("Q" in period.name for period in periods) else "period"
    carried = carried_of(before)
    if adjusted and (chart := _adjusted(periods, unit, carried, anew)):
        return chart
    return proportions(periods, unit, carried, anew)


def _adjusted(periods: Sequence[Period], unit: Unit, carried: Carried, anew: Sequence[Anew]) -> Json | None:
    """XmR of observed over expected, when there are enough periods to draw limits.

    A month before the window has the expected events that an earlier release kept of it, or none: its cases are not read
    again, and the model of today was not made for them.
    """
    known = [period for period in periods if period.expected is not None]
    carried = carried.read_as(unit, "xmr")
    carried = replace(carried, points=[row for row in carried.points if row.get("expected") is not None])
    points = joined(_points(known, _ratio), carried, _ratio_again)
    used = [point for point in points if point.counts]
    if len(used) < FEWEST_LIMITS or float(floats_of(used, "expected").mean()) < FEWEST_EXPECTED:
        return None
    return charted(points, Plan(chart="xmr", unit=unit, draw=_individuals, carried=carried, anew=anew))


def _individuals(points: Sequence[Point], left_out: Sequence[int]) -> Series:
    return xmr_chart([point.value for point in points], exclude=left_out)


def proportions(periods: Sequence[Period], unit: Unit, carried: Carried, anew: Sequence[Anew]) -> Json:
    """A p chart (p' of many cases), or a run chart while there are too few points for limits."""
    carried = carried.read_as(unit, "p", "p_prime")
    points = joined(_points(periods, _rate), carried, _rate_again)
    used = [point for point in points if point.counts]
    if not used:
        return {}
    many = float(floats_of(used, "denominator").mean()) >= MANY_CASES
    chart: Chart = "p_prime" if many else "p"
    draw = partial(_attribute, many=many)
    return charted(points, Plan(chart=chart, unit=unit, draw=draw, carried=carried, anew=anew))


def _attribute(points: Sequence[Point], left_out: Sequence[int], *, many: bool) -> Series:
    observed, cases = floats_of(points, "observed"), floats_of(points, "denominator")
    return (p_prime_chart if many else p_chart)(observed, cases, exclude=left_out)


def _points(periods: Sequence[Period], value: Callable[[Json], float]) -> list[Point]:
    """The newest is drawn and not judged while it is not complete."""
    return [_point(period, value, newest=at == len(periods) - 1) for at, period in enumerate(periods)]


def _point(period: Period, value: Callable[[Json], float], *, newest: bool) -> Point:
    kept: Json = {"denominator": period.denominator, "observed": period.observed}
    if period.expected is not None:
        kept["expected"] = period.expected
    incomplete = newest and (period.complete < COMPLETE or not period.over)
    if incomplete:
        kept["complete"] = round(period.complete, 4)
        kept |= {} if period.over else {"over": False}
    return Point(name=period.name, value=value(kept), kept=kept, aside="incomplete" if incomplete else "")


KEPT = ("denominator", "observed", "expected", "complete", "over")


def _again(value: Callable[[Json], float], row: Json) -> Point:
    """A point as an earlier release kept it."""
    kept = {name: row[name] for name in KEPT if name in row}
    aside: Aside = "incomplete" if row.get("aside") == "incomplete" else ""
    return Point(name=str(row["period"]), value=value(kept), kept=kept, aside=aside)


def _rate(kept: Json) -> float:
    observed, cases = cast("int", kept["observed"]), cast("int", kept["denominator"])
    return observed / cases if cases else math.nan


def _ratio(kept: Json) -> float:
    observed, expected = cast("int", kept["observed"]), cast("float", kept["expected"])
    return observed / expected if expected else math.nan


_rate_again, _ratio_again = partial(_again, _rate), partial(_again, _ratio)
