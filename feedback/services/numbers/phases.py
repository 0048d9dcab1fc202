"""Draw the points of a control chart phase by phase: what limits rest on, which points are judged, which are signals.

A phase begins where somebody began the baseline anew; the one before it stays drawn as it was. STATISTICS 2.7 and 7.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, cast

import numpy as np
import numpy.typing as npt

from feedback.services.numbers.values import Anew, Json
from riskstats.spc import Series, anhoej, nhs_mdc, run_chart


Chart = Literal["run", "p", "p_prime", "u", "xmr", "median", "g", "t"]
Unit = Literal["month", "quarter", "event", "period"]
Aside = Literal["", "incomplete", "so_far"]
FEWEST_LIMITS = 12  # points that limits may rest on, provisionally
FROZEN = 24  # points after which the limits stay as they are
MOST_POINTS = 120  # ten years of months


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point with what its row keeps besides the value. What is `aside` is drawn, and counts for no limit and no rule."""

    name: str
    value: float
    kept: Json
    aside: Aside = ""

    @property
    def counts(self) -> bool:
        return not self.aside and math.isfinite(self.value)


Draw = Callable[[Sequence[Point], Sequence[int]], Series]  # of the points of a phase, without these for its limits


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What an earlier release kept: its points, and by the first name of a phase the names that its limits are frozen on."""

    unit: str = ""
    chart: str = ""
    points: Sequence[Json] = ()
    frozen: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def read_as(self, unit: Unit, *charts: Chart) -> "Carried":
        """For a chart of this unit: limits of another kind of chart are not gone on with, its points are."""
        if self.unit != unit:
            return Carried(unit=unit)
        return self if self.chart in charts else replace(self, frozen={})


def carried_of(control: Json | None) -> Carried:
    """From the chart of the release before."""
    if not control or "points" not in control:
        return Carried()
    rows = [row for row in cast("list[Json]", control["points"]) if row.get("aside") != "so_far"]
    frozen = {}
    for told in _phases_kept(control):
        baseline = cast("Json", told.get("baseline") or {})
        if baseline.get("frozen"):
            names = [str(row["period"]) for row in cast("list[Json]", baseline["points"])]
            frozen[str(told.get("anew_from", ""))] = names
    return Carried(unit=str(control["unit"]), chart=str(control["chart"]), points=rows, frozen=frozen)


def _phases_kept(control: Json) -> list[Json]:
    """Charts of before phases had one."""
    return cast("list[Json]", control.get("phases")) or [{"baseline": control.get("baseline")}]


def joined(points: Sequence[Point], carried: Carried, restore: Callable[[Json], Point]) -> list[Point]:
    """The points there are now, before them those an earlier release kept, and what limits are frozen on as it was then."""
    held = {name for names in carried.frozen.values() for name in names}
    first = points[0].name if points else ""
    before = {str(row["period"]): row for row in carried.points}
    found = {name: restore(row) for name, row in before.items() if name < first or name in held}
    found |= {point.name: point for point in points if point.name not in found or point.name not in held}
    shown = {*sorted(found)[-MOST_POINTS:], *(held & found.keys())}
    return [found[name] for name in sorted(shown)]


def period_of_month(month: date, unit: str) -> str:
    """The name of the period that holds a month; of an event, the first day that may."""
    if unit == "quarter":
        return f"{month.year}-Q{(month.month + 2) // 3}"
    return f"{month:%Y-%m-01}" if unit == "event" else f"{month:%Y}" if unit == "period" else f"{month:%Y-%m}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How points become a chart."""

    chart: Chart
    unit: Unit
    draw: Draw
    carried: Carried
    anew: Sequence[Anew] = ()


def charted(points: Sequence[Point], plan: Plan) -> Json:
    """All that the release keeps of the chart."""
    starts = _starts(points, plan)
    ends = [*(at for at, _ in starts[1:]), len(points)]
    parts = [
        _Phase(points[at:end], plan, anew, with_limits=bool(_limits_from(points[at:end], plan, anew)))
        for (at, anew), end in zip(starts, ends, strict=True)
    ]
    rows = [row for part in parts for row in part.rows]
    told = [part.told for part in parts]
    last = told[-1]
    limits = any(part.with_limits for part in parts)
    return {
        "chart": plan.chart if limits or plan.unit == "event" else "run",
        "unit": plan.unit,
        "centre": last["centre"],
        "points": rows,
        "baseline": last["baseline"],
        "phases": told,
        "signal": next(
            ({"kind": row["signal"], "period": row["period"]} for row in reversed(rows) if row["signal"]), None
        ),
        **({"crossings": last["crossings"]} if "crossings" in last else {}),
    }


def _starts(points: Sequence[Point], plan: Plan) -> list[tuple[int, Anew | None]]:
    """Where each phase begins; a change before the first or after the last point begins none."""
    found: dict[int, Anew] = {}
    for anew in sorted(plan.anew, key=lambda each: (each.month, each.set_on)):
        name = period_of_month(anew.month, plan.unit)
        at = next((place for place, point in enumerate(points) if point.name >= name), 0)
        if at and any(point.counts for point in points[at:]):
            found[at] = anew
    return [(0, None), *sorted(found.items())]


def _limits_from(points: Sequence[Point], plan: Plan, anew: Anew | None) -> list[int]:
    """The places limits rest on: as frozen, else the first that count; none while they are too few."""
    names = set(plan.carried.frozen.get(_key(anew), ()))
    base = [at for at, point in enumerate(points) if point.counts and (not names or point.name in names)][:FROZEN]
    return base if len(base) >= FEWEST_LIMITS else []


def _key(anew: Anew | None) -> str:
    return f"{anew.month:%Y-%m}" if anew else ""


class _Phase:
    """One phase, drawn and judged."""

    def __init__(self, points: Sequence[Point], plan: Plan, anew: Anew | None, *, with_limits: bool) -> None:
        self.points, self.plan, self.anew, self.with_limits = points, plan, anew, with_limits
        self.base = _limits_from(points, plan, anew) or [at for at, point in enumerate(points) if point.counts]
        self.judged = np.array([point.value if point.counts else math.nan for point in points])
        left_out = sorted(set(range(len(points))) - set(self.base))
        values = [point.value for point in points]
        self.lines = plan.draw(points, left_out) if with_limits else run_chart(values, exclude=left_out)
        self.crossings: Json | None = None
        patterns = self._patterns()
        self.rows = [self._row(at, patterns[at]) for at in range(len(points))]

    def _patterns(self) -> list[str]:
        if self.plan.chart in {"xmr", "median"} and self.with_limits:
            last = self.base[-1] + 1
            held = np.array([at in self.base or at >= last for at in range(len(self.points))])
            found = nhs_mdc(np.where(held, self.judged, math.nan), baseline=last, screen=False)
            return [_NHS.get(kind.name, "") for kind in found.type]
        runs = anhoej(self.judged, self.lines.cl)
        if runs.signal is not None:
            few = runs.crossings < runs.crossings_min
            self.crossings = {"found": runs.crossings, "fewest": runs.crossings_min, "few": few}
        return ["shift" if run else "" for run in runs.run.tolist()]

    def _row(self, at: int, pattern: str) -> Json:
        point, lines = self.points[at], self.lines
        low, high = float(lines.lcl[at]), float(lines.ucl[at])
        limits = self.with_limits and math.isfinite(high)
        row: Json = {
            "period": point.name,
            **point.kept,
            "value": finite(point.value),
            "low": max(0.0, low) if limits and math.isfinite(low) else None,
            "high": high if limits else None,
            "signal": "outside" if self._outside(at) else pattern,
        }
        return row | {"aside": point.aside} if point.aside else row

    def _outside(self, at: int) -> bool:
        """A stretch that is not over yet may be too long already; it cannot be too short."""
        if not self.with_limits or not bool(self.lines.sigma_signal[at]):
            return False
        point = self.points[at]
        return point.counts or (point.aside == "so_far" and point.value > float(self.lines.ucl[at]))

    @property
    def told(self) -> Json:
        centre = self.lines.cl[self.base[0]] if self.base else math.nan
        told: Json = {
            "first": self.points[0].name,
            "last": self.points[-1].name,
            "centre": finite(float(centre)),
            "baseline": self._baseline() if self.with_limits else {},
            "points": sum(point.counts for point in self.points),
        }
        if self.crossings is not None:
            told["crossings"] = self.crossings
        if self.anew is not None:
            told |= {"anew_from": _key(self.anew), "reason": self.anew.reason, "who": self.anew.who}
            told["set_on"] = self.anew.set_on.isoformat()
        return told

    def _baseline(self) -> Json:
        """What the limits rest on; kept whole once it is frozen, so that the next release draws the same lines."""
        used = [self.points[at] for at in self.base]
        firm = len(used) >= FROZEN
        told: Json = {"first": used[0].name, "last": used[-1].name, "count": len(used), "frozen": firm}
        return told | {"points": [{"period": point.name, **point.kept} for point in used]} if firm else told


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


def finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def floats_of(points: Sequence[Point], name: str) -> npt.NDArray[np.float64]:
    """What every point keeps under a name."""
    return np.array([cast("float", point.kept[name]) for point in points], dtype=np.float64)
