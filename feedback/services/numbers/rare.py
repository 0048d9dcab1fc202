"""The control chart of an outcome that happens a few times a year: event by event, because a month holds none or one.

g chart of the cases between one event and the next; t chart of the days between them, where the patients at risk are not
the cases (rates per exposure). STATISTICS 2.7 and 7.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

import numpy as np
import numpy.typing as npt

from feedback.selectors.slices import Sequenced
from feedback.services.numbers.monitoring import EPOCH
from feedback.services.numbers.phases import Plan, Point, carried_of, charted, joined
from feedback.services.numbers.values import Anew, Json
from riskstats.spc import Series, g_chart, t_chart


FEWEST_STRETCHES = 4  # fewer tell nothing yet: months it is
HALF_A_DAY = 0.5  # stands for none, where two events share a day

Kind = Literal["g", "t"]


def sequenced(days: npt.NDArray[np.int32], events: npt.NDArray[np.bool_], earlier: Sequenced) -> Sequenced:
    """Go on from earlier events with the cases of a window; on one day in the order they came in."""
    order = np.argsort(days, kind="stable")
    places = np.flatnonzero(events[order])
    between = np.diff(places, prepend=-1) - 1
    since = len(days) - 1 - int(places[-1]) if len(places) else len(days)
    gaps: list[int] = between.tolist()
    if gaps:
        gaps[0] += earlier.since
    else:
        since += earlier.since
    return Sequenced([*earlier.days, *days[order][places].tolist()], [*earlier.between, *gaps], since)


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What the chart is made of."""

    kind: Kind
    events: Sequenced
    last_day: date


def rare_chart(watched: Watched, *, before: Json | None = None, anew: Sequence[Anew] = ()) -> Json:
    """A point for each event after the first; nothing while there are too few.

    What lies before the first event of the records is no stretch between two. The stretch since the last event is drawn
    and not judged, unless it is longer than the limit already.
    """
    kind, events = watched.kind, watched.events
    carried = carried_of(before).read_as("event", kind)
    points = joined(_stretches(events, kind), carried, lambda row: _again(row, kind))
    if len(points) < FEWEST_STRETCHES:
        return {}
    points.append(_so_far(watched))
    return charted(points, Plan(chart=kind, unit="event", draw=_LINES[kind], carried=carried, anew=anew))


def _stretches(events: Sequenced, kind: Kind) -> list[Point]:
    """Those of one day are told apart by their place in it."""
    points: list[Point] = []
    for at in range(1, len(events.days)):
        days = events.days[at] - events.days[at - 1]
        place = sum(1 for other in events.days[:at] if other == events.days[at])
        name = f"{_day(events.days[at])}{f'.{place}' if place else ''}"
        points.append(_point(name, events.between[at], days, kind))
    return points


def _point(name: str, cases: int, days: int, kind: Kind) -> Point:
    kept: Json = {"denominator": cases + 1, "observed": 1, "between": cases, "days": days}
    return Point(name=name, value=float(cases) if kind == "g" else max(float(days), HALF_A_DAY), kept=kept)


def _again(row: Json, kind: Kind) -> Point:
    return _point(str(row["period"]), cast("int", row["between"]), cast("int", row["days"]), kind)


def _so_far(watched: Watched) -> Point:
    events = watched.events
    days = (watched.last_day - EPOCH).days - events.days[-1]
    kept: Json = {"denominator": events.since, "observed": 0, "between": events.since, "days": days}
    value = float(events.since) if watched.kind == "g" else max(float(days), HALF_A_DAY)
    return Point(name=f"{watched.last_day.isoformat()}~", value=value, kept=kept, aside="so_far")


def _day(day: int) -> str:
    return (EPOCH + timedelta(days=day)).isoformat()


def _g(points: Sequence[Point], left_out: Sequence[int]) -> Series:
    return g_chart([point.value for point in points], exclude=left_out)


def _t(points: Sequence[Point], left_out: Sequence[int]) -> Series:
    return t_chart([point.value for point in points], exclude=left_out)


_LINES = {"g": _g, "t": _t}
