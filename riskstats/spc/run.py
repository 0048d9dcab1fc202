"""Run charts: a median and Anhoej's two rules for shifts, from about ten points on.

References
----------
.. [1] Anhoej J, Olesen AV. Run charts revisited: a simulation study of run chart rules for detection of non-random
   variation in health care processes. PLoS ONE 2014;9:e113825.
.. [2] Anhoej J. Diagnostic value of run chart analysis. PLoS ONE 2015;10:e0121349.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Booleans, Floats, Integers, floats
from riskstats.spc._series import Lines, Phases, Series, draw, points


FEWEST_USEFUL = 10


@dataclasses.dataclass(frozen=True)
class Anhoej:
    """Runs and crossings of a chart.

    Attributes
    ----------
    useful : int
        Points off the centre line.
    longest, longest_max : int
        Longest run on one side, and the longest that chance would make.
    crossings, crossings_min : int
        Crossings of the centre line, and the fewest that chance would make.
    signal : bool or None
        Whether either rule is broken; None with fewer than 10 useful points.
    run : ndarray of bool
        Points of the longest run, if it is too long.
    warnings : tuple of str
        Says when there are too few points.
    """

    useful: int
    longest: int
    longest_max: int
    crossings: int
    crossings_min: int
    signal: bool | None
    run: Booleans
    warnings: tuple[str, ...] = ()


def run_chart(
    y: npt.ArrayLike, *, baseline: int | None = None, exclude: Sequence[int] = (), parts: Sequence[int] = ()
) -> Series:
    """Run chart: the median and no limits.

    Parameters
    ----------
    y : array_like, shape (n,)
        Values in order of time; NaN is a gap.
    baseline : int, optional
        The median rests on this many first points of each phase.
    exclude : sequence of int
        Positions that do not count for the median.
    parts : sequence of int
        Positions where a new phase begins.

    Returns
    -------
    Series
        Limits are NaN; judge it with :func:`anhoej`.

    Raises
    ------
    ValueError
        Empty, infinite, or positions that do not exist.

    Notes
    -----
    Works for any measure that can be ordered [1]_.

    Examples
    --------
    >>> run_chart([3, 5, 4, 8, 6, 7, 9, 4, 5, 6, 7, 8]).cl[0]
    np.float64(6.0)
    """
    values = points("y", y)

    def lines(rows: slice, base: Booleans) -> Lines:
        return Lines(float(np.median(values[rows][base])), np.nan, np.nan, np.nan, np.nan)

    return draw(values, Phases(baseline, exclude, parts), lines)


def anhoej(y: npt.ArrayLike, cl: npt.ArrayLike) -> Anhoej:
    """Judge a chart by unusually long runs and unusually few crossings.

    Parameters
    ----------
    y : array_like, shape (n,)
        Values in order of time; NaN is a gap.
    cl : array_like, shape (n,) or ()
        Centre line.

    Returns
    -------
    Anhoej
        Counts, bounds and the verdict.

    Raises
    ------
    ValueError
        Empty, infinite, or a centre line of another length.

    Notes
    -----
    Points on the line and gaps do not count. A run is too long above ``round(log2(useful)) + 3``; crossings are too few below the 5 %
    quantile of Binomial(useful - 1, 1/2) [1]_ [2]_.

    Examples
    --------
    >>> result = anhoej([3, 4, 2, 4, 3, 4, 2, 3, 8, 9, 7, 9, 8, 8, 9, 7], 6)
    >>> result.longest, result.longest_max, result.crossings, result.crossings_min, result.signal
    (8, 7, 1, 4, True)
    """
    values = points("y", y)
    centre = floats("cl", cl)
    if centre.shape not in {(), values.shape}:
        raise ValueError(
            f"expected cl to be one number or as long as y, but got shape {centre.shape} for {len(values)} points"
        )
    side: Floats = np.sign(values - centre)
    places = np.flatnonzero(~np.isnan(side) & (side != 0))
    useful = len(places)
    longest, first, crossings = _runs(side[places])
    longest_max = int(np.rint(np.log2(useful))) + 3 if useful else 0
    crossings_min = _quantile(useful - 1)
    run = np.zeros(len(values), dtype=np.bool_)
    if useful < FEWEST_USEFUL:
        note = f"{useful} useful points: at least {FEWEST_USEFUL} are needed to judge"
        return Anhoej(useful, longest, longest_max, crossings, crossings_min, None, run, (note,))
    if longest > longest_max:
        run[places[first : first + longest]] = True
    signal = longest > longest_max or crossings < crossings_min
    return Anhoej(useful, longest, longest_max, crossings, crossings_min, signal, run)


def _runs(side: Floats) -> tuple[int, int, int]:
    """Give back the longest run, where it begins, and the number of crossings."""
    if len(side) == 0:
        return 0, 0, 0
    starts: Integers = np.concatenate([[0], np.flatnonzero(np.diff(side)) + 1])
    lengths = np.diff([*starts, len(side)])
    which = int(np.argmax(lengths))
    return int(lengths[which]), int(starts[which]), len(starts) - 1


def _quantile(trials: int) -> int:
    """5 % quantile of a binomial distribution with chance one half."""
    if trials < 1:
        return 0
    k = np.arange(trials + 1)
    upto = scipy.special.betainc(np.maximum(trials - k, 1), k + 1, 0.5)
    return int(np.argmax((upto >= 0.05) | (k == trials)))
