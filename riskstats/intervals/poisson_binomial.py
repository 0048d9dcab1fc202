"""The number of events when each case has its own chance: its distribution and the tails of an observed count.

References
----------
.. [1] Hong Y. On computing the distribution function for the Poisson binomial. CSDA 2013;59:41-51.
.. [2] Volkova AY. A refinement of the central limit theorem for sums of independent random indicators.
   Theory Probab Appl 1996;40:791-794.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, counts, probabilities
from riskstats._distributions import normal_density


EXACT_UP_TO = 20_000  # uncertain cases; the exact distribution beyond costs time and changes no digit that is shown
NEGLIGIBLE = 1e-290  # probabilities below are dropped: close to the smallest number a float64 holds


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
    The distribution is the one of [1]_.

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
    corrected for skewness [2]_, ``P(Y <= o) = Phi(x) + g (1 - x^2) phi(x)/6``, ``x = (o + 1/2 - mu)/sd``, with
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
