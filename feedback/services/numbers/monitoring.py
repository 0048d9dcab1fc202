"""One hospital case by case: expected less observed events (VLAD), and the risk-adjusted CUSUM with its signals.

STATISTICS 2.8. The risk of a case comes from a model, or a rate, that was frozen before the case happened.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from feedback.services.numbers.values import Json
from measures.definition.spec import Domain
from riskstats.cusum import arl, cusum, llr, vlad


Floats = npt.NDArray[np.float64]
EPOCH = date(1970, 1, 1)
RARE = 10.0  # expected events a year; below it a rate by month says little
WATCHED = frozenset({Domain.OUTCOME, Domain.BALANCING})  # what is done for every patient has no case-by-case evidence
TWICE, HALF = 2.0, 0.5  # odds that the two charts are to detect
YEARS, FEWEST_CASES = 10, 1000  # of the run length in control
MOST_POINTS = 150
FEWEST_TO_DRAW = 5
RISK_GROUPS = 60
COARSE, FINE = 60, 120  # states of the Markov chain
CLOSE = 0.002  # of the logarithm of the run length
LEAST_RISK = 1e-6


@dataclass(frozen=True)
class MonitoredCases:
    """Cases by day since 1970, with the risk that was frozen before each and what happened; in any order."""

    days: npt.NDArray[np.int32]
    risks: Floats
    events: npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Watch:
    """How to read the cases: whether an event is what one wants, how many cases a year has, who froze the risks."""

    higher_is_better: bool
    cases_a_year: float
    source: str


def no_chart(reason: str) -> Json:
    """Why there is none yet, for the page."""
    return {"reason": reason}


def monitored(cases: MonitoredCases, watch: Watch) -> Json:
    """The paths of both charts as they are kept with the release, thinned for drawing; signals are never thinned out."""
    count = len(cases.days)
    if count < FEWEST_TO_DRAW:
        return no_chart(f"There are {count} cases since the risks were frozen; the chart begins at {FEWEST_TO_DRAW}.")
    order = np.argsort(cases.days, kind="stable")
    days = cases.days[order].tolist()
    risks = np.clip(cases.risks[order], LEAST_RISK, 1 - LEAST_RISK)
    events = cases.events[order].astype(np.float64)
    in_control = _rounded_up(max(float(FEWEST_CASES), YEARS * watch.cases_a_year))
    worse, better = (HALF, TWICE) if watch.higher_is_better else (TWICE, HALF)
    paths = {name: _path(risks, events, ratio, in_control) for name, ratio in (("worse", worse), ("better", better))}
    gained = vlad(events, risks) * (-1 if watch.higher_is_better else 1)
    signals = _signals(paths, days)
    return {
        "source": watch.source,
        "cases": count,
        "observed": int(events.sum()),
        "expected": float(risks.sum()),
        "run_length": in_control,
        "limits": {name: path.limit for name, path in paths.items()},
        "signals": signals,
        "points": _points(paths, days, gained, {int(str(each["case"])) - 1 for each in signals}),
    }


def _signals(paths: Mapping[str, "_Path"], days: Sequence[int]) -> list[Json]:
    """In the order of the cases that brought a sum to its limit."""
    found: list[tuple[int, str]] = [
        (at, name) for name, path in paths.items() for at in np.flatnonzero(path.signal).tolist()
    ]
    return [{"kind": name, "case": at + 1, "day": _iso(days[at])} for at, name in sorted(found, key=itemgetter(0))]


def _points(paths: Mapping[str, "_Path"], days: Sequence[int], gained: Floats, signals: set[int]) -> list[Json]:
    """The sums after each case that is drawn."""
    return [
        {
            "case": at + 1,
            "day": _iso(days[at]),
            "gained": round(float(gained[at]), 4),
            **{name: round(float(path.sums[at]), 4) for name, path in paths.items()},
        }
        for at in _thinned(len(days), signals)
    ]


def _rounded_up(cases: float) -> float:
    """To two digits: nobody waits for a false signal to the case, and hospitals of like size share a limit."""
    step = 10.0 ** (math.floor(math.log10(cases)) - 1)
    return math.ceil(cases / step) * step


@dataclass(frozen=True)
class _Path:
    limit: float
    sums: Floats
    signal: npt.NDArray[np.bool_]


def _path(risks: Floats, events: Floats, ratio: float, in_control: float) -> _Path:
    limit = limit_of(risks, ratio, in_control)
    found = cusum(llr(events, risks, ratio), limit)
    return _Path(limit, found.s, found.signal)


def limit_of(risks: Floats, ratio: float, in_control: float) -> float:
    """The limit with this average run length in control, for the mix of risks of the hospital.

    The error of a chain falls with the square of its states, so two small chains tell what an endless one would: within
    two per cent of all cases and 600 states, in a fiftieth of the time. A release needs thousands of limits.
    """
    groups = np.array_split(np.sort(risks), min(RISK_GROUPS, len(risks)))
    mix = tuple((round(float(group.mean()), 6), len(group)) for group in groups)
    if len({risk for risk, _ in mix}) == 1:
        mix = ((mix[0][0], 1),)
    return _limit(mix, ratio, in_control)


@lru_cache(maxsize=4096)
def _limit(mix: tuple[tuple[float, int], ...], ratio: float, in_control: float) -> float:
    """Regula falsi on the logarithm of the run length, which is nearly a straight line in the limit."""
    risks, weights = [risk for risk, _ in mix], [weight for _, weight in mix]
    aim = math.log(in_control)

    def beyond(limit: float) -> float:
        coarse, fine = (math.log(arl(risks, weights, limit, ratio, states=states)) for states in (COARSE, FINE))
        return (4 * fine - coarse) / 3 - aim

    low, high = 0.25, 3.0
    at_low, at_high = beyond(low), beyond(high)
    while at_high < 0:
        low, at_low, high = high, at_high, high + 1.5
        at_high = beyond(high)
    while at_high > CLOSE and high - low > 1e-6:
        middle = low - at_low * (high - low) / (at_high - at_low) if at_low < 0 else high
        middle = min(max(middle, low + 0.02 * (high - low)), high)
        at = beyond(middle)
        if abs(at) <= CLOSE:
            return middle
        if at < 0:
            low, at_low = middle, at
        else:
            high, at_high = middle, at
    return high


def _thinned(cases: int, kept: set[int]) -> list[int]:
    """At most so many places that a screen can show, the first, the last and those to keep among them."""
    if cases <= MOST_POINTS:
        return list(range(cases))
    evenly = {round(place) for place in np.linspace(0, cases - 1, MOST_POINTS).tolist()}
    after = {at + 1 for at in kept if at + 1 < cases}
    return sorted(evenly | kept | after)


def _iso(day: int) -> str:
    return (EPOCH + timedelta(days=day)).isoformat()
