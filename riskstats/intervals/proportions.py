"""Intervals of proportions.

References
----------
.. [1] Wilson EB. Probable inference, the law of succession, and statistical inference. JASA 1927;22:209-212.
.. [2] Clopper CJ, Pearson ES. The use of confidence or fiducial limits. Biometrika 1934;26:404-413.
.. [3] Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial proportion. Stat Sci 2001;16:101-133.
"""

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, Limits, between, counts_of
from riskstats._distributions import normal_quantile


def wilson(x: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> Limits:
    """Wilson score interval of a proportion, the default for proportions.

    Parameters
    ----------
    x, n : array_like of whole numbers
        Events and cases, shapes that broadcast, ``0 <= x <= n``.
    level : float
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Limits
        ``lo`` and ``hi``, proportions; (0, 1) where ``n = 0``.

    Raises
    ------
    ValueError
        NaN, empty, negative, broken numbers, or ``x > n``.

    Notes
    -----
    ``(2x + z^2 -+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2))`` [1]_.

    Examples
    --------
    >>> lo, hi = wilson(15, 148)
    >>> round(float(lo), 4), round(float(hi), 4)
    (0.0624, 0.1605)
    """
    events, cases = counts_of("x", x, "n", n)
    z = normal_quantile(level)
    share = np.divide(events, cases, out=np.zeros_like(events), where=cases > 0)
    spread = z * np.sqrt(z * z + 4 * events * (1 - share))
    scale = 2 * (cases + z * z)
    lo = np.where(events == 0, 0.0, (2 * events + z * z - spread) / scale)
    hi = np.where(events == cases, 1.0, (2 * events + z * z + spread) / scale)
    return Limits(lo, hi)


def clopper_pearson(x: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> Limits:
    """Exact (Clopper-Pearson) interval of a proportion: never too narrow, often too wide.

    Parameters
    ----------
    x, n : array_like of whole numbers
        Events and cases, shapes that broadcast, ``0 <= x <= n``.
    level : float
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Limits
        ``lo`` and ``hi``, proportions; (0, 1) where ``n = 0``.

    Raises
    ------
    ValueError
        NaN, empty, negative, broken numbers, or ``x > n``.

    Notes
    -----
    Beta quantiles: ``lo = B(a/2; x, n-x+1)``, ``hi = B(1-a/2; x+1, n-x)`` with ``a = 1 - level`` [2]_.

    Examples
    --------
    >>> lo, hi = clopper_pearson(0, 47)
    >>> float(lo), round(float(hi), 4)
    (0.0, 0.0755)
    """
    events, cases = counts_of("x", x, "n", n)
    return _beta_limits(events, cases, level, below=(0.0, 1.0), over=(1.0, 0.0))


def jeffreys(x: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> Limits:
    """Jeffreys interval of a proportion: equal-tailed posterior under Beta(1/2, 1/2).

    Parameters
    ----------
    x, n : array_like of whole numbers
        Events and cases, shapes that broadcast, ``0 <= x <= n``.
    level : float
        Probability, strictly between 0 and 1.

    Returns
    -------
    Limits
        ``lo`` and ``hi``, proportions; ``lo = 0`` where ``x = 0``, ``hi = 1`` where ``x = n``.

    Raises
    ------
    ValueError
        NaN, empty, negative, broken numbers, or ``x > n``.

    Notes
    -----
    Quantiles of Beta(x + 1/2, n - x + 1/2), with the ends moved to 0 and 1 as in [3]_.

    Examples
    --------
    >>> lo, hi = jeffreys(8, 119)
    >>> round(float(lo), 4), round(float(hi), 4)
    (0.0323, 0.1228)
    """
    events, cases = counts_of("x", x, "n", n)
    return _beta_limits(events, cases, level, below=(0.5, 0.5), over=(0.5, 0.5))


def _beta_limits(
    events: Floats, cases: Floats, level: float, below: tuple[float, float], over: tuple[float, float]
) -> Limits:
    tail = (1 - between("level", level)) / 2
    others = cases - events
    # Parameters of 0 give NaN where the limit is 0 or 1 anyway.
    lo = np.asarray(scipy.special.betaincinv(events + below[0], others + below[1], tail))
    hi = np.asarray(scipy.special.betainccinv(events + over[0], others + over[1], tail))
    return Limits(np.where(events == 0, 0.0, lo), np.where(others == 0, 1.0, hi))
