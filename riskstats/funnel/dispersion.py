"""Limits of a funnel when hospitals scatter more than chance alone would make them.

References
----------
.. [1] Spiegelhalter DJ. Handling over-dispersion of performance indicators. Qual Saf Health Care 2005;14:347-351.
.. [2] Spiegelhalter DJ et al. Statistical methods for healthcare regulation. JRSS A 2012;175:1-47.
.. [3] NHS England. Summary Hospital-level Mortality Indicator (SHMI), methodology specification.
"""

import dataclasses
from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import (
    Booleans,
    Floats,
    Limits,
    above,
    at_least,
    between,
    counts_of,
    numbers,
    same_length,
    together,
    vector,
)


FEWEST_UNITS = 10  # below, over-dispersion is not estimated

Kind = Literal["oe", "proportion", "ratio_of_counts"]
Transform = Literal["sqrt", "log", "arcsine"]


@dataclasses.dataclass(frozen=True)
class Overdispersion:
    """How much more the units scatter than chance alone would make them.

    Attributes
    ----------
    Y, s : ndarray, shape (I,)
        Transformed value and its standard error by chance alone.
    z : ndarray, shape (I,)
        ``(Y - target)/s`` before trimming; NaN where Y does not exist.
    kept : ndarray of bool, shape (I,)
        Units that phi and tau2 are estimated from.
    phi : float
        Mean of the squared (winsorised) z; 1 when not assessed.
    tau2 : float
        Variance between units on the transformed scale; 0 when none is seen or none was assessed.
    target : float
        The target on the natural scale.
    warnings : tuple of str
        Says when over-dispersion was not assessed, and which units have no value.
    """

    Y: Floats
    s: Floats
    z: Floats
    kept: Booleans
    phi: float
    tau2: float
    target: float
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Scale:
    """A scale on which values scatter about normally around a target."""

    forward: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]


_SCALES = {
    "sqrt": _Scale(np.sqrt, lambda y: np.maximum(y, 0.0) ** 2),
    "log": _Scale(np.log, np.exp),
    "arcsine": _Scale(lambda x: np.arcsin(np.sqrt(x)), lambda y: np.sin(np.clip(y, 0.0, np.pi / 2)) ** 2),
}
_TRANSFORMS: dict[str, tuple[Transform, ...]] = {
    "oe": ("sqrt", "log"),  # the first is the default
    "proportion": ("arcsine",),
    "ratio_of_counts": ("log",),
}


def _settle_transform(kind: str, transform: str | None) -> Transform:
    if kind not in _TRANSFORMS:
        raise ValueError(f"expected kind to be one of {', '.join(_TRANSFORMS)}, but got {kind!r}")
    allowed = _TRANSFORMS[kind]
    for each in allowed:
        if transform in {None, each}:
            return each
    raise ValueError(f"expected transform of {kind} to be one of {', '.join(allowed)}, but got {transform!r}")


def _standard_error(kind: str, transform: Transform, den: Floats, num: Floats) -> Floats:
    if kind == "ratio_of_counts":
        return np.sqrt(num / (num + 0.5) ** 2 + den / (den + 0.5) ** 2)
    return 1 / np.sqrt(den) if transform == "log" else 1 / (2 * np.sqrt(den))


def _settle_target(kind: str, target: float | None, num: Floats, den: Floats) -> float:
    if target is None:
        return 1.0 if kind == "oe" else float(num.sum() / den.sum())
    return between("target", target, 0.0, 1.0 if kind == "proportion" else np.inf)


def overdispersion(
    kind: Kind,
    num: npt.ArrayLike,
    den: npt.ArrayLike,
    target: float | None = None,
    transform: Transform | None = None,
    trim: float = 0.10,
    method: Literal["winsorise", "truncate"] = "winsorise",
) -> Overdispersion:
    """Estimate how much more units scatter than chance alone would make them.

    Parameters
    ----------
    kind : {"oe", "proportion", "ratio_of_counts"}
        Observed over expected events; events over cases; one count over another.
    num, den : array_like, shape (I,)
        Numerators and denominators of the units; denominators above 0.
    target : float, optional
        On the natural scale; left out: 1 for ``oe``, else sum over sum.
    transform : {"sqrt", "log", "arcsine"}, optional
        ``oe``: ``sqrt`` (Care Quality Commission, default) or ``log`` (SHMI); ``proportion``: ``arcsine``;
        ``ratio_of_counts``: ``log``.
    trim : float
        Share at each end that is winsorised or truncated, 0 to below 0.5.
    method : {"winsorise", "truncate"}
        Set extreme z values to the 10th and 90th percentile, or leave the units out as SHMI does.

    Returns
    -------
    Overdispersion
        ``Y``, ``s``, ``z``, ``kept``, ``phi``, ``tau2``; with fewer than 10 units phi = 1 and tau2 = 0, with a warning.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, negative numbers, a denominator of 0, a proportion above 1, or a kind,
        transform, trim or method that does not exist.

    Notes
    -----
    ``oe``: ``Y = sqrt(O/E)``, ``s = 1/(2 sqrt E)``, or ``Y = log(O/E)``, ``s = 1/sqrt E``. ``proportion``: ``Y = arcsin sqrt(O/n)``,
    ``s = 1/(2 sqrt n)``. ``ratio_of_counts``: ``Y = log((O + .5)/(n + .5))``, ``s^2 = O/(O + .5)^2 + n/(n + .5)^2``.
    ``z = (Y - target)/s``; percentiles are of type 7; truncation by rank group ``floor(rank k/(I + 1))``, ``k = 1/trim``,
    first and last left out [3]_. ``phi = sum z^2/I``; additive variance ``tau2 = max(0, (I phi - (I - 1)) /
    (sum w - sum w^2/sum w))``, ``w = 1/s^2``, over the I kept units [1]_ [2]_. For ``log`` and no events Y is that of half an
    event, for display only, and the unit is not kept.

    Examples
    --------
    >>> result = overdispersion("oe", [12, 30, 55, 20, 8, 41, 33, 70, 15, 26], [20, 22, 50, 21, 10, 25, 35, 60, 16, 40])
    >>> round(result.phi, 3), round(result.tau2, 4)
    (1.636, 0.007)
    """
    chosen = _settle_transform(kind, transform)
    tops, bottoms = at_least("num", vector("num", num), 0.0), above("den", vector("den", den), 0.0)
    if kind == "proportion":
        counts_of("num", tops, "den", bottoms)
    size = same_length(num=tops, den=bottoms)
    if method not in {"winsorise", "truncate"}:
        raise ValueError(f"expected method to be winsorise or truncate, but got {method!r}")
    if not 0 <= trim < 0.5:
        raise ValueError(f"expected trim to be at least 0 and below 0.5, but got {trim!r}")
    goal = _settle_target(kind, target, tops, bottoms)
    empty = (tops == 0) & (chosen == "log") & (kind == "oe")
    value = (tops + 0.5) / (bottoms + 0.5) if kind == "ratio_of_counts" else np.where(empty, 0.5, tops) / bottoms
    forward = _SCALES[chosen].forward
    transformed, error = forward(value), _standard_error(kind, chosen, bottoms, tops)
    z = (transformed - forward(np.asarray(goal))) / error
    notes = [f"unit {place}: no events, no logarithm" for place in np.flatnonzero(empty)]
    kept, squared = _trimmed(np.where(empty, np.nan, z), trim, method)
    if kept.sum() < FEWEST_UNITS and size - empty.sum() < FEWEST_UNITS:
        notes.append(
            f"{size - empty.sum()} units: over-dispersion was not assessed, at least {FEWEST_UNITS} are needed"
        )
        return Overdispersion(transformed, error, z, kept, 1.0, 0.0, goal, tuple(notes))
    phi, tau2 = _dispersion(squared, error[kept])
    return Overdispersion(transformed, error, z, kept, phi, tau2, goal, tuple(notes))


def _trimmed(z: Floats, trim: float, method: str) -> tuple[Booleans, Floats]:
    """Give back the units kept and their squared, winsorised z values; NaN is never kept."""
    there = ~np.isnan(z)
    present = z[there]
    if method == "winsorise":
        low, high = np.quantile(present, [trim, 1 - trim]) if present.size else (0.0, 0.0)
        return there, np.clip(present, low, high) ** 2
    kept = there.copy()
    if trim > 0:
        groups = round(1 / trim)
        rank = np.argsort(np.argsort(present, kind="stable")) + 1
        group = rank * groups // (len(present) + 1)
        kept[there] = (group > 0) & (group < groups - 1)
    return kept, z[kept] ** 2


def _dispersion(squared: Floats, error: Floats) -> tuple[float, float]:
    units, total = len(squared), float(squared.sum())
    weight = 1 / error**2
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    return total / units, max(0.0, (total - (units - 1)) / room)


def overdispersed_limits(
    kind: Kind,
    den: npt.ArrayLike,
    target: float,
    tau2: float | None = None,
    phi: float | None = None,
    tail: float = 0.001,
    transform: Transform | None = None,
) -> Limits:
    """Limits of a funnel that allow for over-dispersion, on the natural scale.

    Parameters
    ----------
    kind : {"oe", "proportion", "ratio_of_counts"}
        As in :func:`overdispersion`.
    den : array_like of float
        Denominators at which to draw, above 0.
    target : float
        On the natural scale: 1 for O/E.
    tau2 : float, optional
        Additive variance (Spiegelhalter's preference); give either this or ``phi``.
    phi : float, optional
        Multiplicative factor; used only where above 1.
    tail : float
        Probability beyond each limit.
    transform : {"sqrt", "log", "arcsine"}, optional
        As in :func:`overdispersion`.

    Returns
    -------
    Limits
        ``lo`` and ``hi``; proportions stay within 0 and 1, ratios above 0.

    Raises
    ------
    ValueError
        NaN, empty, a denominator not above 0, both or neither of tau2 and phi, a negative one, or an unknown kind.

    Notes
    -----
    Additive ``target -+ z sqrt(s^2 + tau2)``, multiplicative ``target -+ z s sqrt(phi)``, transformed back [1]_. For ratios of counts
    the standard error is that of a unit with ``num = target * den``.

    Examples
    --------
    >>> lo, hi = overdispersed_limits("oe", [10, 100], 1.0, tau2=0.0167, tail=0.001)
    >>> lo.round(3), hi.round(3)
    (array([0.136, 0.327]), array([2.66, 2.04]))
    """
    chosen = _settle_transform(kind, transform)
    bottoms = above("den", numbers("den", den), 0.0)
    goal = _settle_target(kind, target, bottoms, bottoms)
    between("tail", tail)
    if (tau2 is None) == (phi is None):
        raise ValueError(f"expected either tau2 or phi, but got tau2={tau2!r} and phi={phi!r}")
    extra = float(at_least("tau2", numbers("tau2", tau2 or 0.0), 0.0))
    factor = max(1.0, float(at_least("phi", numbers("phi", 1.0 if phi is None else phi), 0.0)))
    error = _standard_error(kind, chosen, *together(den=bottoms, num=goal * bottoms))
    reach = -scipy.special.ndtri(tail) * np.sqrt(error**2 * factor + extra)
    middle, back = _SCALES[chosen].forward(np.asarray(goal)), _SCALES[chosen].back
    return Limits(back(middle - reach), back(middle + reach))
