"""Control limits over volume, for the coordinating centre: exact, and widened for over-dispersion."""

from collections.abc import Mapping, Sequence

import numpy as np

from feedback.services.numbers.values import Json, SiteNumbers
from riskstats.funnel import Kind, exact_binomial_limits, exact_poisson_limits, overdispersed_limits, overdispersion
from riskstats.intervals import Limits


POINTS = 48  # of a curve
TAILS = {"95": 0.025, "998": 0.001}
NO_EVENTS = "Every or no case has the outcome, so there are no limits to draw."


def funnel(sites: Mapping[int, SiteNumbers], target: float | None, *, adjusted: bool) -> Json:
    """Limits on a grid of volumes, and which hospitals are beyond them."""
    shown = {key: site for key, site in sites.items() if site.denominator}
    if not shown or target is None or not 0 < target < 1:
        return {"note": NO_EVENTS}
    kind: Kind = "oe" if adjusted else "proportion"
    goal = 1.0 if adjusted else target
    volumes = [float(site.expected or 0) if adjusted else float(site.denominator) for site in shown.values()]
    observed = [site.observed for site in shown.values()]
    spread = overdispersion(kind, observed, volumes, goal)
    grid = _grid(volumes, whole=not adjusted)
    curves = {name: _curve(grid, goal, tail, adjusted=adjusted) for name, tail in TAILS.items()}
    wide = {name: _wide(grid, goal, spread.tau2, tail, adjusted=adjusted) for name, tail in TAILS.items()}
    assessed = len(shown) >= 10
    beyond = (
        _wide(volumes, goal, spread.tau2, TAILS["998"], adjusted=adjusted)
        if assessed
        else _curve(volumes, goal, TAILS["998"], adjusted=adjusted)
    )
    values = [count / volume for count, volume in zip(observed, volumes, strict=True)]
    return {
        "kind": kind,
        "target": goal,
        "grid": grid,
        "exact": curves,
        "overdispersed": wide if assessed else {},
        "phi": spread.phi,
        "tau2": spread.tau2,
        "flags": _flags(list(shown), values, beyond),
        "note": ""
        if assessed
        else f"{len(shown)} hospitals: over-dispersion was not assessed, at least 10 are needed.",
    }


def _grid(volumes: Sequence[float], *, whole: bool) -> list[float]:
    """Rising volumes, closer together where the limits bend."""
    low, high = max(min(volumes) / 2, 1.0 if whole else 0.05), max(volumes) * 1.05
    points = np.geomspace(low, max(high, low * 1.5), POINTS)
    return [float(point) for point in (np.unique(np.ceil(points)) if whole else points)]


def _curve(volumes: Sequence[float], goal: float, tail: float, *, adjusted: bool) -> Json:
    return _pair(exact_poisson_limits(volumes, tail) if adjusted else exact_binomial_limits(volumes, goal, tail))


def _wide(volumes: Sequence[float], goal: float, tau2: float, tail: float, *, adjusted: bool) -> Json:
    return _pair(overdispersed_limits("oe" if adjusted else "proportion", volumes, goal, tau2=tau2, tail=tail))


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
