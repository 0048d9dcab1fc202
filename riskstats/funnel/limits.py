"""Limits of a funnel when hospitals scatter by chance alone.

A funnel has a target (a proportion, or 1 for O/E) and limits at 95 % and 99.8 %, that is ``tail`` 0.025 and 0.001.

References
----------
.. [1] Spiegelhalter DJ. Funnel plots for comparing institutional performance. Stat Med 2005;24:1185-1202.
.. [2] UK Health Security Agency. Fingertips technical guidance: funnel plots (PHEindicatormethods).
"""

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, Limits, above, at_least, between, counts, numbers, same_length, vector
from riskstats._distributions import normal_quantile
from riskstats.intervals import byar


class RatioClass(StrEnum):
    """Where a ratio lies against 1, in the words of the UK Health Security Agency."""

    LOW_998 = "Low (0.001)"
    LOW_95 = "Low (0.025)"
    NOT_SIGNIFICANT = "Not significant"
    HIGH_95 = "High (0.025)"
    HIGH_998 = "High (0.001)"


def exact_binomial_limits(n: npt.ArrayLike, target: float, tail: float = 0.001, *, paper2005: bool = False) -> Limits:
    """Exact limits of a proportion around a target, interpolated so that they fall smoothly with n.

    Parameters
    ----------
    n : array_like of whole numbers
        Cases, at least 1.
    target : float
        Proportion, strictly between 0 and 1.
    tail : float
        Probability beyond each limit: 0.001 for 99.8 % limits, 0.025 for 95 %.
    paper2005 : bool
        Upper limit as printed in 2005, ``(r - a)/n``, instead of the later ``(r + 1 - a)/n``.

    Returns
    -------
    Limits
        ``lo`` and ``hi``, proportions within 0 and 1.

    Raises
    ------
    ValueError
        NaN, empty, broken numbers, n below 1, target or tail not inside (0, 1).

    Notes
    -----
    ``r`` is the smallest count with ``F(r) >= p``, ``a = (F(r) - p)/f(r)``, limit ``(r - a)/n`` ([1]_, appendix), at
    ``p = tail`` and ``p = 1 - tail``. On the high side the author's later code adds 1/n: it is the form whose tail
    is ``P(Y >= y)``, and the one to flag by.

    Examples
    --------
    >>> lo, hi = exact_binomial_limits([143, 482], 0.11961, tail=0.001)
    >>> lo.round(3), hi.round(3)
    (array([0.04 , 0.075]), array([0.214, 0.168]))
    """
    cases = at_least("n", counts("n", n), 1.0)
    between("target", target)
    between("tail", tail)
    low, high = _interpolated(cases, target, tail), _interpolated(cases, target, 1 - tail)
    lo, hi = low / cases, (high if paper2005 else high + 1) / cases
    return Limits(np.clip(lo, 0, 1), np.clip(hi, 0, 1))


def _interpolated(n: Floats, target: float, p: float) -> Floats:
    def cumulative(k: Floats) -> Floats:
        inside = scipy.special.betainc(np.maximum(n - k, 1.0), np.maximum(k, 0.0) + 1, 1 - target)
        return np.where(k < 0, 0.0, np.where(k >= n, 1.0, inside))

    # The smallest r with F(r) >= p lies in (below, r].
    below, r = np.full(n.shape, -1.0), n.copy()
    while (r - below > 1).any():
        middle = np.floor((below + r) / 2)
        enough = cumulative(middle) >= p
        below, r = np.where(enough, below, middle), np.where(enough, middle, r)
    log_choose = scipy.special.gammaln(n + 1) - scipy.special.gammaln(r + 1) - scipy.special.gammaln(n - r + 1)
    chance = np.exp(log_choose + r * np.log(target) + (n - r) * np.log1p(-target))
    return np.asarray(r - (cumulative(r) - p) / chance)


def exact_poisson_limits(e: npt.ArrayLike, tail: float = 0.001) -> Limits:
    """Exact limits of O/E around 1 at a given number of expected events, smooth in E.

    Parameters
    ----------
    e : array_like of float
        Expected events, above 0.
    tail : float
        Probability beyond each limit: 0.001 for 99.8 % limits, 0.025 for 95 %.

    Returns
    -------
    Limits
        ``lo`` and ``hi``, ratios.

    Raises
    ------
    ValueError
        NaN, empty, e not above 0, tail not inside (0, 1).

    Notes
    -----
    ``lo = chi2(tail; 2E)/(2E)``, ``hi = chi2(1 - tail; 2(E + 1))/(2E)``.

    Examples
    --------
    >>> lo, hi = exact_poisson_limits([5, 50], tail=0.025)
    >>> lo.round(3), hi.round(3)
    (array([0.325, 0.742]), array([2.334, 1.318]))
    """
    expected = above("e", numbers("e", e), 0.0)
    between("tail", tail)
    lo = scipy.special.gammaincinv(expected, tail) / expected
    hi = scipy.special.gammainccinv(expected + 1, tail) / expected
    return Limits(np.asarray(lo), np.asarray(hi))


def wilson_limits(n: npt.ArrayLike, target: float, level: float = 0.998) -> Limits:
    """Wilson-type limits of a proportion around a target, as Fingertips of the UK Health Security Agency draws them.

    Parameters
    ----------
    n : array_like of float
        Cases, above 0.
    target : float
        Proportion, strictly between 0 and 1.
    level : float
        0.998 or 0.95.

    Returns
    -------
    Limits
        ``lo`` and ``hi``, the proportions whose own Wilson interval ends at the target, cut to 0 and 1.

    Raises
    ------
    ValueError
        NaN, empty, n not above 0, target or level not inside (0, 1).

    Notes
    -----
    ``target -+ z sqrt(target (1 - target)/n)``: where the score test of the target is just significant. The longer formula
    of [2]_ is the root of the same quadratic.

    Examples
    --------
    >>> lo, hi = wilson_limits([100, 400], 0.2, level=0.95)
    >>> lo.round(4), hi.round(4)
    (array([0.1216, 0.1608]), array([0.2784, 0.2392]))
    """
    cases = above("n", numbers("n", n), 0.0)
    between("target", target)
    reach = normal_quantile(level) * np.sqrt(target * (1 - target) / cases)
    return Limits(np.maximum(target - reach, 0.0), np.minimum(target + reach, 1.0))


def classify_ratio(o: npt.ArrayLike, e: npt.ArrayLike) -> tuple[RatioClass, ...]:
    """Say of each O/E whether its own 95 % or 99.8 % interval excludes 1.

    Parameters
    ----------
    o : array_like of float, shape (H,)
        Observed events.
    e : array_like of float, shape (H,)
        Expected events, above 0.

    Returns
    -------
    tuple of RatioClass
        ``Low (0.001)``, ``Low (0.025)``, ``Not significant``, ``High (0.025)`` or ``High (0.001)``.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, negative o, e not above 0.

    Notes
    -----
    Byar's limits of O (exact below 10 events) over E against 1, as in [2]_.

    Examples
    --------
    >>> [str(each) for each in classify_ratio([5, 20, 40], [15, 15, 20])]
    ['Low (0.025)', 'Not significant', 'High (0.001)']
    """
    observed, expected = at_least("o", vector("o", o), 0.0), above("e", vector("e", e), 0.0)
    same_length(o=observed, e=expected)
    (lo_95, hi_95), (lo_998, hi_998) = byar(observed, 0.95), byar(observed, 0.998)
    place = np.select([lo_998 > expected, lo_95 > expected, hi_998 < expected, hi_95 < expected], [4, 3, 0, 1], 2)
    classes = list(RatioClass)
    return tuple(classes[each] for each in place)
