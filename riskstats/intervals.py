"""Intervals for proportions, counts and standardised rates, and tails of sums of unequal chances.

Every interval is two-sided at ``level`` and comes back as :class:`Limits`, in the shape of its inputs.

References
----------
.. [1] Wilson EB. Probable inference, the law of succession, and statistical inference. JASA 1927;22:209-212.
.. [2] Clopper CJ, Pearson ES. The use of confidence or fiducial limits. Biometrika 1934;26:404-413.
.. [3] Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial proportion. Stat Sci 2001;16:101-133.
.. [4] Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936;28:437-442.
.. [5] Breslow NE, Day NE. Statistical methods in cancer research II. IARC 1987, p. 69 (Byar).
.. [6] Cohen GR, Yang SY. Mid-P confidence intervals for the Poisson expectation. Stat Med 1994;13:2189-2203.
.. [7] Dobson AJ et al. Confidence intervals for weighted sums of Poisson parameters. Stat Med 1991;10:457-462.
.. [8] Hong Y. On computing the distribution function for the Poisson binomial. CSDA 2013;59:41-51.
.. [9] Volkova AY. A refinement of the central limit theorem for sums of independent random indicators.
   Theory Probab Appl 1996;40:791-794.
"""

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import (
    Floats,
    Limits,
    above,
    at_least,
    between,
    counts,
    counts_of,
    numbers,
    probabilities,
    same_length,
    vector,
)
from riskstats._distributions import normal_density, normal_quantile


EXACT_UP_TO = 20_000  # uncertain cases; the exact distribution beyond costs time and changes no digit that is shown
NEGLIGIBLE = 1e-290  # probabilities below are dropped: close to the smallest number a float64 holds


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


@dataclasses.dataclass(frozen=True)
class Tails:
    """Tail probabilities of a count; ``p_ge, p_le, mid_two = result`` unpacks it.

    Attributes
    ----------
    p_ge, p_le : float
        ``P(Y >= o)`` and ``P(Y <= o)``.
    mid_two : float
        Two-sided mid-p value, at most 1.
    warnings : tuple of str
        Says when the normal approximation was used.
    """

    p_ge: float
    p_le: float
    mid_two: float
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[float]:
        return iter((self.p_ge, self.p_le, self.mid_two))


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
    ``chi2(a/2; 2o)/2`` and ``chi2(1-a/2; 2o+2)/2`` [4]_.

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
    ``lo = o(1 - 1/(9o) - z/(3 sqrt o))^3``, ``hi = (o+1)(1 - 1/(9(o+1)) + z/(3 sqrt(o+1)))^3`` [5]_.

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
    The means at which ``P(Y > o) + P(Y = o)/2`` and ``P(Y < o) + P(Y = o)/2`` equal ``(1 - level)/2`` [6]_;
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

    def too_high(mean: Floats) -> npt.NDArray[np.bool_]:
        at_least_one_more = scipy.special.gammainc(events + 1, mean)
        at_least_this = np.where(events == 0, 1.0, scipy.special.gammainc(safe, mean))
        return np.asarray((at_least_one_more + at_least_this) / 2 >= tail)

    def high_enough(mean: Floats) -> npt.NDArray[np.bool_]:
        at_most_this = scipy.special.gammaincc(events + 1, mean)
        at_most_one_less = np.where(events == 0, 0.0, scipy.special.gammaincc(safe, mean))
        return np.asarray((at_most_this + at_most_one_less) / 2 <= tail)

    lo = _bisect(too_high, exact.lo, exact.hi)
    return Limits(np.where(events == 0, 0.0, lo), _bisect(high_enough, exact.lo, exact.hi))


def _bisect(beyond: Callable[[Floats], npt.NDArray[np.bool_]], lo: Floats, hi: Floats) -> Floats:
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
    ``limit = DSR + sqrt(var/O) (byar(O) - O)`` with ``O = sum x`` [7]_.

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


def poisson_binomial_pmf(p: npt.ArrayLike) -> Floats:
    """Exact distribution of the number of events when each case has its own chance.

    Parameters
    ----------
    p : array_like, shape (n,)
        Chance of each case, 0 to 1.

    Returns
    -------
    ndarray, shape (n + 1,)
        ``P(Y = k)`` for k = 0..n; sums to 1 within 1e-12.

    Raises
    ------
    ValueError
        NaN, empty, or a value outside 0 to 1.

    Notes
    -----
    Neighbouring distributions are convolved pairwise, directly rather than by Fourier transform: all terms are
    positive, so that even a tail of 1e-100 keeps its digits. Terms below 1e-290 are dropped.
    The distribution is the one of [8]_.

    Examples
    --------
    >>> poisson_binomial_pmf([0.1, 0.2, 0.5]).round(3)
    array([0.36, 0.49, 0.14, 0.01])
    """
    chances = probabilities("p", p)
    certain = int((chances == 1).sum())
    start, body = _convolve_all(chances[(chances > 0) & (chances < 1)])
    pmf = np.zeros(len(chances) + 1)
    first = certain + start
    pmf[first : first + len(body)] = body
    return pmf


def _convolve_all(chances: Floats) -> tuple[int, Floats]:
    """Give back the offset and the non-negligible part of the distribution."""
    if len(chances) == 0:
        return 0, np.ones(1)
    # Up to 64 cases a row: all rows grow together.
    rows = np.stack([1 - chances, chances], axis=1)
    while rows.shape[1] <= 64 and len(rows) > 1:
        if len(rows) % 2:
            rows = np.concatenate([rows, np.eye(1, rows.shape[1])])
        left, right = rows[0::2], rows[1::2]
        size = rows.shape[1]
        rows = np.zeros((len(left), 2 * size - 1))
        for shift in range(size):
            rows[:, shift : shift + size] += left[:, shift : shift + 1] * right
    parts = [_trim(0, row) for row in rows]
    while len(parts) > 1:
        pairs = [
            _trim(first[0] + second[0], np.convolve(first[1], second[1]))
            for first, second in zip(parts[0::2], parts[1::2], strict=False)
        ]
        parts = pairs + parts[len(pairs) * 2 :]
    return parts[0]


def _trim(start: int, pmf: Floats) -> tuple[int, Floats]:
    kept = np.flatnonzero(pmf > NEGLIGIBLE)
    return start + int(kept[0]), pmf[kept[0] : kept[-1] + 1]


def poisson_binomial_tails(o: int, p: npt.ArrayLike) -> Tails:
    """Tail probabilities of an observed count, given each case's own chance.

    Parameters
    ----------
    o : int
        Observed events, 0 to n.
    p : array_like, shape (n,)
        Chance of each case, 0 to 1.

    Returns
    -------
    Tails
        ``p_ge``, ``p_le`` and the two-sided mid-p value ``mid_two``.

    Raises
    ------
    ValueError
        NaN, empty, a chance outside 0 to 1, or ``o`` not a whole number from 0 to n.

    Notes
    -----
    Exact while at most 20,000 cases have a chance strictly between 0 and 1; beyond, the normal distribution
    corrected for skewness [9]_, ``P(Y <= o) = Phi(x) + g (1 - x^2) phi(x)/6``, ``x = (o + 1/2 - mu)/sd``, with
    a warning. ``mid_two = min(1, 2 min(P(Y > o) + P(Y = o)/2, P(Y < o) + P(Y = o)/2))``.

    Examples
    --------
    >>> p_ge, p_le, mid_two = poisson_binomial_tails(2, [0.1, 0.2, 0.5])
    >>> round(p_ge, 3), round(p_le, 3), round(mid_two, 3)
    (0.15, 0.99, 0.16)
    """
    chances = probabilities("p", p)
    observed = int(counts("o", o))
    if observed > len(chances):
        raise ValueError(f"expected o to be at most the {len(chances)} cases, but got {observed}")
    certain = int((chances == 1).sum())
    uncertain = chances[(chances > 0) & (chances < 1)]
    if len(uncertain) > EXACT_UP_TO:
        below, upto = _refined_normal(observed - certain - 1, uncertain), _refined_normal(observed - certain, uncertain)
        tails = 1 - below, upto, (2 - below - upto) / 2, (below + upto) / 2
        note: tuple[str, ...] = (f"{len(uncertain):,} cases: normal distribution corrected for skewness",)
    else:
        pmf = poisson_binomial_pmf(chances)
        less, equal, more = pmf[:observed].sum(), pmf[observed], pmf[observed + 1 :].sum()
        tails = equal + more, less + equal, more + equal / 2, less + equal / 2
        note = ()
    p_ge, p_le, mid_more, mid_less = (min(1.0, float(tail)) for tail in tails)
    return Tails(p_ge, p_le, min(1.0, 2 * min(mid_more, mid_less)), note)


def _refined_normal(o: int, chances: Floats) -> float:
    variance = (chances * (1 - chances)).sum()
    skewness = (chances * (1 - chances) * (1 - 2 * chances)).sum() / variance**1.5
    x = (o + 0.5 - chances.sum()) / np.sqrt(variance)
    return float(np.clip(scipy.special.ndtr(x) + skewness * (1 - x * x) * normal_density(x) / 6, 0.0, 1.0))
