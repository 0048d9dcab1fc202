"""Charts of subgroup means and standard deviations.

References
----------
.. [1] Montgomery DC. Introduction to statistical quality control. 6th ed. Wiley 2009, section 6.3.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Booleans, Floats, same_length
from riskstats.spc._series import Lines, Phases, Series, draw, not_negative, points


def xbar_chart(
    mean: npt.ArrayLike,
    sd: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
) -> Series:
    """Chart of subgroup means, such as the mean length of stay of each month.

    Parameters
    ----------
    mean, sd, n : array_like, shape (n,)
        Mean, standard deviation (divisor n - 1) and size of each subgroup; subgroups of fewer than 2 are gaps.
    baseline : int, optional
        Limits rest on this many first points of each phase.
    exclude : sequence of int
        Positions that do not count for limits.
    parts : sequence of int
        Positions where a new phase begins.

    Returns
    -------
    Series
        Lines that follow the size of the subgroup.

    Raises
    ------
    ValueError
        Empty, infinite, a negative sd or n, different lengths, or positions that do not exist.

    Notes
    -----
    Weighted mean ``-+ A3 sbar``, ``A3 = 3/(c4 sqrt n)``, ``sbar^2 = sum (n-1) sd^2 / sum (n-1)``, exact c4 [1]_.

    Examples
    --------
    >>> chart = xbar_chart([5.1, 4.8, 5.6], [1.2, 0.9, 1.4], [10, 12, 9])
    >>> chart.cl[0].round(3), chart.ucl.round(3)
    (np.float64(5.129), array([6.259, 6.155, 6.324]))
    """
    means = points("mean", mean)
    spreads, sizes = _subgroups(sd, n)
    same_length(mean=means, sd=spreads, n=sizes)
    means = np.where(np.isnan(sizes), np.nan, means)

    def lines(rows: slice, base: Booleans) -> Lines:
        size = sizes[rows]
        centre = float((size * means[rows])[base].sum() / size[base].sum())
        return Lines.around(centre, _pooled(spreads[rows], size, base) / (_c4(size) * np.sqrt(size)))

    return draw(means, Phases(baseline, exclude, parts), lines)


def s_chart(
    sd: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
) -> Series:
    """Chart of subgroup standard deviations.

    Parameters
    ----------
    sd, n : array_like, shape (n,)
        Standard deviation (divisor n - 1) and size of each subgroup; subgroups of fewer than 2 are gaps.
    baseline, exclude, parts
        As in :func:`xbar_chart`.

    Returns
    -------
    Series
        Lines at 0 or above.

    Raises
    ------
    ValueError
        Empty, infinite, negative, different lengths, or positions that do not exist.

    Notes
    -----
    ``B3 sbar`` and ``B4 sbar``, ``B = 1 -+ 3 sqrt(1 - c4^2)/c4`` [1]_.

    Examples
    --------
    >>> s_chart([1.2, 0.9, 1.4], [5, 5, 5]).ucl.round(3)
    array([2.475, 2.475, 2.475])
    """
    spreads, sizes = _subgroups(sd, n)

    def lines(rows: slice, base: Booleans) -> Lines:
        centre = _pooled(spreads[rows], sizes[rows], base)
        c4 = _c4(sizes[rows])
        return Lines.around(centre, centre * np.sqrt(1 - c4**2) / c4, 0.0)

    return draw(spreads, Phases(baseline, exclude, parts), lines)


def _subgroups(sd: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    spreads, sizes = not_negative("sd", points("sd", sd)), not_negative("n", points("n", n))
    same_length(sd=spreads, n=sizes)
    usable = (sizes >= 2) & ~np.isnan(spreads)
    return np.where(usable, spreads, np.nan), np.where(usable, sizes, np.nan)


def _pooled(spreads: Floats, sizes: Floats, base: Booleans) -> float:
    freedom = sizes[base] - 1
    return float(np.sqrt((freedom * spreads[base] ** 2).sum() / freedom.sum()))


def _c4(sizes: Floats) -> Floats:
    """Mean of a standard deviation of n normal values, in true standard deviations."""
    half = sizes / 2
    return np.asarray(
        np.sqrt(1 / (half - 0.5)) * np.exp(scipy.special.gammaln(half) - scipy.special.gammaln(half - 0.5))
    )
