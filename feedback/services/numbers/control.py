"""The control chart of one hospital: which chart, limits from a frozen baseline, and the points that are signals.

Choice of chart, baseline and rules: STATISTICS 2.7 and 7.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from feedback.services.numbers.values import Json
from riskstats.spc import Series, anhoej, nhs_mdc, p_chart, p_prime_chart, run_chart, xmr_chart


Chart = Literal["run", "p", "p_prime", "xmr"]
FEWEST_LIMITS = 12  # points that limits may rest on, provisionally
FROZEN = 24  # points after which the limits stay as they are
FEWEST_MONTHLY = 10  # cases in the median month, for a chart by month
FEWEST_EXPECTED = 1.0  # events in the mean month, for O/E by month
# So many cases a month make a p-chart's limits narrower than any hospital's ordinary variation: Laney's are wider.
MANY_CASES = 200
NEAR, RUN = 2 / 3, 7


@dataclass(frozen=True)
class Period:
    """Counts of one month or quarter; `expected` where a model says what to expect of its patients."""

    name: str
    denominator: int
    observed: int
    expected: float | None = None


def by_quarter(months: Sequence[Period]) -> list[Period]:
    """Add months up; quarters that begin before the first month hold fewer of them."""
    added: dict[str, Period] = {}
    for month in months:
        year, number = month.name.split("-")
        name = f"{year}-Q{(int(number) + 2) // 3}"
        before = added.get(name, Period(name, 0, 0))
        expected = _sum(before.expected, month.expected, first=name not in added)
        added[name] = Period(
            name, before.denominator + month.denominator, before.observed + month.observed, expected=expected
        )
    return list(added.values())


def _sum(one: float | None, other: float | None, *, first: bool) -> float | None:
    if first:
        return other
    return None if one is None or other is None else one + other


def is_monthly(months: Sequence[Period]) -> bool:
    """Whether the median month has enough cases to be a point of its own."""
    return bool(months) and float(np.median([month.denominator for month in months])) >= FEWEST_MONTHLY


def control_chart(months: Sequence[Period], *, adjusted: bool, frozen: Json | None = None) -> Json:
    """Points with limits and signals, as they are kept with the release.

    Parameters
    ----------
    months
        Every month in order, those without cases too.
    adjusted
        Whether a risk model compares what happened with what was expected.
    frozen
        The baseline that an earlier release froze: limits go on resting on its points.
    """
    if adjusted and (expected := [month for month in months if month.expected is not None]):
        chart = _adjusted(expected)
        if chart:
            return chart
    unit = "month" if is_monthly(months) else "quarter"
    periods = list(months) if unit == "month" else by_quarter(months)
    if frozen and frozen.get("unit") != unit:
        frozen = None
    return _proportions(periods, unit, frozen)


def _adjusted(months: Sequence[Period]) -> Json | None:
    """XmR of observed over expected, when there are enough months to draw limits."""
    usable = [month for month in months if (month.expected or 0.0) > 0]
    if len(usable) < FEWEST_LIMITS or _mean_expected(usable) < FEWEST_EXPECTED:
        return None
    values = [month.observed / month.expected if month.expected else math.nan for month in months]
    lines = xmr_chart(values, baseline=FROZEN)
    return _kept(_Judged("xmr", lines, _nhs(values)), "month", months, base=min(len(usable), FROZEN))


def _mean_expected(months: Sequence[Period]) -> float:
    return sum(month.expected or 0.0 for month in months) / len(months)


def _nhs(values: Sequence[float]) -> list[str]:
    chart = nhs_mdc(values, baseline=FROZEN, screen=False)
    return [_NHS.get(kind.name, "") for kind in chart.type]


_NHS = {
    "ABOVE_LIMIT": "outside",
    "BELOW_LIMIT": "outside",
    "RISING": "trend",
    "FALLING": "trend",
    "NEAR_UPPER": "near",
    "NEAR_LOWER": "near",
    "SHIFT_UP": "shift",
    "SHIFT_DOWN": "shift",
}


def _proportions(periods: list[Period], unit: str, frozen: Json | None) -> Json:
    """A p chart (p' of many cases), or a run chart while there are too few points for limits."""
    base, later = _joined(periods, frozen)
    points = [*base, *later]
    counted = sum(1 for point in points if point.denominator)
    if counted < FEWEST_LIMITS:
        return _run(points, unit, counted)
    chart, lines = _attribute(points)
    judged = anhoej(lines.y, lines.cl)
    signals = ["shift" if run else "" for run in judged.run.tolist()]
    kept = _kept(_Judged(chart, lines, signals), unit, points, base=min(counted, FROZEN))
    return kept | {"crossings": _crossings(judged.crossings, judged.crossings_min)}


def _attribute(points: Sequence[Period]) -> tuple[Chart, Series]:
    observed = [point.observed for point in points]
    sizes = [point.denominator for point in points]
    full = [size for size in sizes if size]
    baseline = _baseline_length(points)
    if sum(full) / len(full) >= MANY_CASES:
        return "p_prime", p_prime_chart(observed, sizes, baseline=baseline)
    return "p", p_chart(observed, sizes, baseline=baseline)


def _baseline_length(points: Sequence[Period]) -> int:
    """How many first points hold the 24 with cases that limits rest on."""
    places = [at for at, point in enumerate(points) if point.denominator]
    return places[FROZEN - 1] + 1 if len(places) >= FROZEN else len(points)


def _joined(periods: list[Period], frozen: Json | None) -> tuple[list[Period], list[Period]]:
    """The points of a frozen baseline as they were then, and those that came after them."""
    if not frozen:
        return [], periods
    rows = cast("list[Mapping[str, int | str]]", frozen["points"])
    base = [Period(str(row["period"]), int(row["denominator"]), int(row["observed"])) for row in rows]
    return base, [period for period in periods if period.name > base[-1].name]


def _run(points: Sequence[Period], unit: str, counted: int) -> Json:
    values = [_rate(point) for point in points]
    if not counted:
        return {}
    lines = run_chart(values)
    judged = anhoej(values, lines.cl)
    signals = ["shift" if run else "" for run in judged.run.tolist()]
    kept = _kept(_Judged("run", lines, signals), unit, points, base=counted)
    return (
        kept | {"crossings": _crossings(judged.crossings, judged.crossings_min)} if judged.signal is not None else kept
    )


def _crossings(found: int, fewest: int) -> Json:
    return {"found": found, "fewest": fewest, "few": found < fewest}


def _rate(point: Period) -> float:
    return point.observed / point.denominator if point.denominator else math.nan


@dataclass(frozen=True)
class _Judged:
    """A drawn series with the patterns its points belong to."""

    chart: Chart
    lines: Series
    signals: Sequence[str]


def _kept(judged: _Judged, unit: str, points: Sequence[Period], *, base: int) -> Json:
    chart, lines, signals = judged.chart, judged.lines, judged.signals
    limits = chart != "run"
    outside = lines.sigma_signal.tolist() if limits else [False] * len(points)
    rows = [
        {
            "period": point.name,
            "denominator": point.denominator,
            "observed": point.observed,
            **({} if point.expected is None else {"expected": point.expected}),
            "value": _finite(value),
            "low": _finite(max(0.0, low)) if limits else None,
            "high": _finite(high) if limits else None,
            "signal": "outside" if beyond else signal,
        }
        for point, value, low, high, beyond, signal in zip(
            points, lines.y.tolist(), lines.lcl.tolist(), lines.ucl.tolist(), outside, signals, strict=True
        )
    ]
    return {
        "chart": chart,
        "unit": unit,
        "centre": _finite(float(lines.cl[0])),
        "points": rows,
        "baseline": _baseline(rows, base) if limits else {},
        "signal": next(
            ({"kind": row["signal"], "period": row["period"]} for row in reversed(rows) if row["signal"]), None
        ),
    }


def _baseline(rows: Sequence[Json], base: int) -> Json:
    """What the limits rest on; kept whole once it is frozen, so that the next release draws the same lines."""
    used = [row for row in rows if row["value"] is not None][:base]
    firm = len(used) >= FROZEN
    told: Json = {"first": used[0]["period"], "last": used[-1]["period"], "count": len(used), "frozen": firm}
    if not firm:
        return told
    names = ("period", "denominator", "observed")
    return told | {"points": [{name: row[name] for name in names} for row in used]}


def frozen_baseline(control: Json) -> Json | None:
    """What the next release needs to go on with these limits; None where they are provisional."""
    baseline = cast("Json", control.get("baseline") or {})
    if not baseline.get("frozen") or control["chart"] == "xmr":
        return None
    return {"unit": control["unit"], "points": baseline["points"]}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
