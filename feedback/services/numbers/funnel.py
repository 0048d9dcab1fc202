"""Control limits over volume, for the coordinating centre: exact, and widened for over-dispersion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback.services.numbers.values import Json, SiteNumbers
from riskstats.funnel import (
    Kind,
    Overdispersion,
    exact_binomial_limits,
    exact_poisson_limits,
    overdispersed_limits,
    overdispersion,
)
from riskstats.intervals import Limits


POINTS = 48  # of a curve
TAILS = {"95": 0.025, "998": 0.001}
FLAGGED = TAILS["998"]
FEWEST_UNITS = 10  # below, over-dispersion is not assessed
NOT_ASSESSED = "over-dispersion was not assessed, at least 10 are needed."
NO_EVENTS_BY_EXPOSURE = "No case has the outcome, so there are no limits to draw."
NO_EVENTS = "Every or no case has the outcome, so there are no limits to draw."


def funnel(sites: Mapping[int, SiteNumbers], target: float | None, *, adjusted: bool) -> Json:
    """Limits on a grid of volumes, and which hospitals are beyond them."""
    shown = {key: site for key, site in sites.items() if site.denominator}
    if not shown or target is None or not 0 < target < 1:
        return {"note": NO_EVENTS}
    volumes = [float(site.expected or 0) if adjusted else float(site.denominator) for site in shown.values()]
    observed = [site.observed for site in shown.values()]
    kind: Kind = "oe" if adjusted else "proportion"
    goal = 1.0 if adjusted else target
    limits = _Limits(kind, goal, overdispersion(kind, observed, volumes, goal))
    assessed = len(shown) >= FEWEST_UNITS
    grid = _grid(volumes, whole=not adjusted)
    beyond = limits.wide(volumes, FLAGGED) if assessed else limits.exact(volumes, FLAGGED)
    values = [count / volume for count, volume in zip(observed, volumes, strict=True)]
    return {
        "kind": kind,
        "target": limits.goal,
        "grid": grid,
        "exact": {name: limits.exact(grid, tail) for name, tail in TAILS.items()},
        "overdispersed": {name: limits.wide(grid, tail) for name, tail in TAILS.items()} if assessed else {},
        "phi": limits.spread.phi,
        "tau2": limits.spread.tau2,
        "flags": _flags(list(shown), values, beyond),
        "note": "" if assessed else f"{len(shown)} hospitals: {NOT_ASSESSED}",
    }


def rate_funnel(sites: Mapping[int, SiteNumbers], rate: float | None) -> Json:
    """Of events by exposure: exact Poisson limits around the rate of all hospitals, over exposure."""
    shown = {key: site for key, site in sites.items() if site.rate is not None}
    if not shown or not rate:
        return {"note": NO_EVENTS_BY_EXPOSURE}
    expected = [float(str(site.values["total"])) * rate for site in shown.values()]
    observed = [site.observed for site in shown.values()]
    limits = _Limits("oe", 1.0, overdispersion("oe", observed, expected, 1.0))
    assessed, grid = len(shown) >= FEWEST_UNITS, _grid(expected, whole=False)
    beyond = limits.wide(expected, FLAGGED) if assessed else limits.exact(expected, FLAGGED)
    ratios = [count / mean for count, mean in zip(observed, expected, strict=True)]
    return {
        "kind": "rate",
        "target": rate,
        "grid": [volume / rate for volume in grid],
        "exact": {name: _times(limits.exact(grid, tail), rate) for name, tail in TAILS.items()},
        "overdispersed": {name: _times(limits.wide(grid, tail), rate) for name, tail in TAILS.items()}
        if assessed
        else {},
        "phi": limits.spread.phi,
        "tau2": limits.spread.tau2,
        "flags": _flags(list(shown), ratios, beyond),
        "note": "" if assessed else f"{len(shown)} hospitals: {NOT_ASSESSED}",
    }


def _times(limits: Json, rate: float) -> Json:
    return {side: [float(value) * rate for value in values] for side, values in limits.items()}  # type: ignore[attr-defined]  # lists of floats


@dataclass(frozen=True)
class _Limits:
    """The two kinds of limits around one target."""

    kind: Kind
    goal: float
    spread: Overdispersion

    def exact(self, volumes: Sequence[float], tail: float) -> Json:
        if self.kind == "oe":
            return _pair(exact_poisson_limits(volumes, tail))
        return _pair(exact_binomial_limits(volumes, self.goal, tail))

    def wide(self, volumes: Sequence[float], tail: float) -> Json:
        return _pair(overdispersed_limits(self.kind, volumes, self.goal, tau2=self.spread.tau2, tail=tail))


def _grid(volumes: Sequence[float], *, whole: bool) -> list[float]:
    """Rising volumes, closer together where the limits bend."""
    low, high = max(min(volumes) / 2, 1.0 if whole else 0.05), max(volumes) * 1.05
    points = np.geomspace(low, max(high, low * 1.5), POINTS)
    return [float(point) for point in (np.unique(np.ceil(points)) if whole else points)]


def _pair(limits: Limits) -> Json:
    return {"low": limits.lo.tolist(), "high": limits.hi.tolist()}


def _flags(keys: Sequence[int], values: Sequence[float], limits: Json) -> dict[str, str]:
    flags = {}
    for key, value, low, high in zip(keys, values, limits["low"], limits["high"], strict=True):  # type: ignore[call-overload]  # lists of floats
        if value > high:
            flags[str(key)] = "high"
        elif value < low:
            flags[str(key)] = "low"
    return flags
