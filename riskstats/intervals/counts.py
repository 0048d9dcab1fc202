"""Intervals of counts, and of rates that are weighted sums of counts.

References
----------
.. [1] Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936;28:437-442.
.. [2] Breslow NE, Day NE. Statistical methods in cancer research II. IARC 1987, p. 69 (Byar).
.. [3] Cohen GR, Yang SY. Mid-P confidence intervals for the Poisson expectation. Stat Med 1994;13:2189-2203.
.. [4] Dobson AJ et al. Confidence intervals for weighted sums of Poisson parameters. Stat Med 1991;10:457-462.
"""

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Booleans, Floats, Limits, above, at_least, between, counts, numbers, same_length, vector
from riskstats._distributions import normal_quantile


@dataclasses.dataclass(frozen=True)
class StandardisedRate:
    """A directly standardised rate with its interval; ``value, lo, hi = result`` unpacks it.

    Attributes
    ----------
    value, lo, hi : float
        Rate and limits, per ``multiplier`` of the denominator's unit.
    warnings : tuple of str
        What the reader should know.
    """

    value: float
    lo: float
    hi: float
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[float]:
        return iter((self.value, self.lo, self.hi))


def poisson_exact(o: npt.ArrayLike, level: float = 0.95) -> Limits:
    """Exact (Garwood) interval of a Poisson count.

    Parameters
    ----------
    o : array_like of whole numbers
        Counts.
    level : float
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Limits
        ``lo`` and ``hi``, counts; ``lo = 0`` where ``o = 0``.

    Raises
    ------
    ValueError
        NaN, empty, negative or broken numbers.

    Notes
    -----
    ``chi2(a/2; 2o)/2`` and ``chi2(1-a/2; 2o+2)/2`` [1]_.

    Examples
    --------
    >>> lo, hi = poisson_exact(10)
    >>> round(float(lo), 6), round(float(hi), 6)
    (4.795389, 18.390356)
    """
    return _garwood(counts("o", o), level)


def _garwood(events: Floats, level: float) -> Limits:
    tail = (1 - between("level", level)) / 2
    lo = np.where(events == 0, 0.0, scipy.special.gammaincinv(np.where(events == 0, 1.0, events), tail))
    return Limits(lo, np.asarray(scipy.special.gammainccinv(events + 1, tail)))


def byar(o: npt.ArrayLike, level: float = 0.95, exact_below: float = 10) -> Limits:
    """Byar's approximate interval of a Poisson count, exact for small counts.

    Parameters
    ----------
    o : array_like of float
        Counts; need not be whole.
    level : float
        Confidence level, strictly between 0 and 1.
    exact_below : float
        Counts below this use the chi-square form of :func:`poisson_exact`, as the UK Health Security Agency
        does; 0 gives Byar throughout.

    Returns
    -------
    Limits
        ``lo`` and ``hi``, counts; ``lo = 0`` where ``o = 0``.

    Raises
    ------
    ValueError
        NaN, empty or negative numbers.

    Notes
    -----
    ``lo = o(1 - 1/(9o) - z/(3 sqrt o))^3``, ``hi = (o+1)(1 - 1/(9(o+1)) + z/(3 sqrt(o+1)))^3`` [2]_.

    Examples
    --------
    >>> lo, hi = byar(24)
    >>> round(float(lo), 2), round(float(hi), 2)
    (15.37, 35.71)
    """
    events = at_least("o", numbers("o", o), 0.0)
    z = normal_quantile(level)
    safe = np.where(events == 0, 1.0, events)
    # For tiny counts the cube of a negative number would fall below 0.
    lo = safe * np.maximum(1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe)), 0.0) ** 3
    hi = (events + 1) * (1 - 1 / (9 * (events + 1)) + z / (3 * np.sqrt(events + 1))) ** 3
    exact = _garwood(events, level)
    small = events < exact_below
    return Limits(np.where(events == 0, 0.0, np.where(small, exact.lo, lo)), np.where(small, exact.hi, hi))


def poisson_midp(o: npt.ArrayLike, level: float = 0.95) -> Limits:
    """Mid-p interval of a Poisson count: closer to its level than the exact one.

    Parameters
    ----------
    o : array_like of whole numbers
        Counts.
    level : float
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Limits
        ``lo`` and ``hi``, counts; ``lo = 0`` where ``o = 0``.

    Raises
    ------
    ValueError
        NaN, empty, negative or broken numbers.

    Notes
    -----
    The means at which ``P(Y > o) + P(Y = o)/2`` and ``P(Y < o) + P(Y = o)/2`` equal ``(1 - level)/2`` [3]_;
    found by bisection inside the exact interval.

    Examples
    --------
    >>> lo, hi = poisson_midp(10)
    >>> round(float(lo), 4), round(float(hi), 4)
    (5.0795, 17.8249)
    """
    events = counts("o", o)
    tail = (1 - between("level", level)) / 2
    exact = _garwood(events, level)
    safe = np.where(events == 0, 1.0, events)

    def too_high(mean: Floats) -> Booleans:
        at_least_one_more = scipy.special.gammainc(events + 1, mean)
        at_least_this = np.where(events == 0, 1.0, scipy.special.gammainc(safe, mean))
        return np.asarray((at_least_one_more + at_least_this) / 2 >= tail)

    def high_enough(mean: Floats) -> Booleans:
        at_most_this = scipy.special.gammaincc(events + 1, mean)
        at_most_one_less = np.where(events == 0, 0.0, scipy.special.gammaincc(safe, mean))
        return np.asarray((at_most_this + at_most_one_less) / 2 <= tail)

    lo = _bisect(too_high, exact.lo, exact.hi)
    return Limits(np.where(events == 0, 0.0, lo), _bisect(high_enough, exact.lo, exact.hi))


def _bisect(beyond: Callable[[Floats], Booleans], lo: Floats, hi: Floats) -> Floats:
    for _ in range(60):  # halves the bracket to the last bit of a float64
        middle = (lo + hi) / 2
        over = beyond(middle)
        lo, hi = np.where(over, lo, middle), np.where(over, middle, hi)
    return (lo + hi) / 2


def dobson(
    x_k: npt.ArrayLike, n_k: npt.ArrayLike, w_k: npt.ArrayLike, level: float = 0.95, multiplier: float = 1
) -> StandardisedRate:
    """Directly standardised rate with Dobson's interval.

    Parameters
    ----------
    x_k : array_like, shape (K,)
        Events in each stratum; need not be whole.
    n_k : array_like, shape (K,)
        Denominators of the strata (cases, days), above 0.
    w_k : array_like, shape (K,)
        Standard population or weights, at least 0, not all 0.
    level : float
        Confidence level, strictly between 0 and 1.
    multiplier : float
        Unit of the result: 1,000 gives a rate per 1,000.

    Returns
    -------
    StandardisedRate
        ``value``, ``lo``, ``hi``; without any event the upper limit is not defined: NaN, with a warning.

    Raises
    ------
    ValueError
        NaN, empty, negative numbers, different lengths, a denominator of 0, or weights that are all 0.

    Notes
    -----
    ``DSR = sum w x/n / sum w``, ``var = sum w^2 x/n^2 / (sum w)^2``,
    ``limit = DSR + sqrt(var/O) (byar(O) - O)`` with ``O = sum x`` [4]_.

    Examples
    --------
    >>> value, lo, hi = dobson([10, 25], [1000, 1200], [3, 1], multiplier=1000)
    >>> round(value, 2), round(lo, 2), round(hi, 2)
    (12.71, 8.06, 18.7)
    """
    events = at_least("x_k", vector("x_k", x_k), 0.0)
    bases = above("n_k", vector("n_k", n_k), 0.0)
    weights = at_least("w_k", vector("w_k", w_k), 0.0)
    same_length(x_k=events, n_k=bases, w_k=weights)
    if not weights.any():
        raise ValueError("expected w_k to hold a weight above 0, but got only 0")
    share = weights / weights.sum() / bases
    value = float(share @ events)
    total = float(events.sum())
    if total == 0:
        return StandardisedRate(0.0, 0.0, np.nan, ("no events: Dobson's upper limit is not defined",))
    unit = float(np.sqrt(share**2 @ events / total))
    lo, hi = byar(total, level)
    lower, upper = value + unit * (float(lo) - total), value + unit * (float(hi) - total)
    return StandardisedRate(value * multiplier, lower * multiplier, upper * multiplier)
