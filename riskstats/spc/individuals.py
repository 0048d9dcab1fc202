"""Charts of single values: XmR, moving range, and I' for values of unequal weight.

References
----------
.. [1] Wheeler DJ. Understanding variation. 2nd ed. SPC Press 2000.
.. [2] Nelson LS. Control charts for individual measurements. J Qual Technol 1982;14:172-173 (screening).
.. [3] Taylor WA. Normalized individuals (IN) chart. 2018; as I' in Anhoej J, Olesen AV, qicharts2.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Booleans, ratio, same_length
from riskstats.spc._series import RANGE_LIMIT, Lines, Phases, Series, draw, mean_range, not_negative, points


E2 = 2.66  # 3/1.128, as printed everywhere


def xmr_chart(
    y: npt.ArrayLike,
    *,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
    screen: bool = False,
) -> Series:
    """Individuals (XmR) chart: one measurement for each month, whatever it is.

    Parameters
    ----------
    y : array_like, shape (n,)
        Values in order of time; NaN is a gap.
    baseline : int, optional
        Limits rest on this many first points of each phase.
    exclude : sequence of int
        Positions that do not count for limits.
    parts : sequence of int
        Positions where a new phase begins.
    screen : bool
        Leave out moving ranges above 3.267 times their mean, once, as the NHS does by default.

    Returns
    -------
    Series
        Lines and points outside them.

    Raises
    ------
    ValueError
        Empty, infinite, or positions that do not exist.

    Notes
    -----
    ``mean -+ 2.66 mR`` with the mean moving range mR [1]_; screening [2]_. A moving range counts when both of its neighbouring points do.

    Examples
    --------
    >>> chart = xmr_chart([12, 14, 11, 13, 12, 15, 13, 12, 14, 13, 12, 25])
    >>> chart.cl[0].round(2), chart.ucl[0].round(2), np.flatnonzero(chart.sigma_signal)
    (np.float64(13.83), np.float64(21.33), array([11]))
    """
    values = points("y", y)

    def lines(rows: slice, base: Booleans) -> Lines:
        own = values[rows]
        return Lines.around(float(own[base].mean()), E2 / 3 * mean_range(own, base, screen=screen))

    return draw(values, Phases(baseline, exclude, parts), lines)


def mr_chart(
    y: npt.ArrayLike,
    *,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
    screen: bool = False,
) -> Series:
    """Moving range chart: the steps from one value to the next.

    Parameters
    ----------
    y : array_like, shape (n,)
        Values in order of time, not ranges; NaN is a gap.
    baseline, exclude, parts, screen
        As in :func:`xmr_chart`.

    Returns
    -------
    Series
        ``y`` holds the moving ranges; the first point of each phase has none.

    Raises
    ------
    ValueError
        Empty, infinite, or positions that do not exist.

    Notes
    -----
    Centre mR, upper limit 3.267 mR [1]_, lower limit 0.

    Examples
    --------
    >>> chart = mr_chart([12, 14, 11, 13, 12, 15, 13, 12, 14, 13, 12, 25])
    >>> chart.ucl[0].round(2), np.flatnonzero(chart.sigma_signal)
    (np.float64(9.21), array([11]))
    """
    values = points("y", y)
    phases = Phases(baseline, exclude, parts)
    steps = np.concatenate([[np.nan], np.abs(np.diff(values))])
    counted = {}
    for rows, base in phases.of(values):
        steps[rows.start] = np.nan
        counted[rows.start] = mean_range(values[rows], base, screen=screen)

    def lines(rows: slice, base: Booleans) -> Lines:  # noqa: ARG001 - the ranges rest on points, not on ranges
        centre = counted[rows.start]
        return Lines(centre, 0.0, RANGE_LIMIT * centre, 0.0, centre + (RANGE_LIMIT - 1) * 2 / 3 * centre)

    return draw(steps, phases, lines)


def i_prime_chart(
    y: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
    screen: bool = False,
) -> Series:
    """I' chart: single values whose weight differs from point to point.

    Parameters
    ----------
    y, n : array_like, shape (n,)
        Numerators and denominators in order of time, n at least 0; ``y/n`` is plotted, NaN or ``n = 0`` is a gap.
    baseline, exclude, parts
        As in :func:`xmr_chart`.
    screen : bool
        Leave out normalised ranges above 3.267 times their mean, once.

    Returns
    -------
    Series
        Lines that widen where the denominator is small.

    Raises
    ------
    ValueError
        Empty, infinite, negative n, different lengths, or positions that do not exist.

    Notes
    -----
    ``s_k = sqrt(pi/2) |y_k - y_(k-1)| / sqrt(1/n_k + 1/n_(k-1))``, limits ``cl -+ 3 mean(s)/sqrt n`` around the weighted mean [3]_.

    Examples
    --------
    >>> chart = i_prime_chart([120, 180, 95, 260, 130, 220], [10, 16, 9, 20, 11, 19])
    >>> chart.cl[0].round(3), chart.ucl.round(2)
    (np.float64(11.824), array([15.01, 14.34, 15.18, 14.08, 14.86, 14.13]))
    """
    tops, sizes = points("y", y), not_negative("n", points("n", n))
    same_length(y=tops, n=sizes)
    values = ratio(tops, sizes)

    def lines(rows: slice, base: Booleans) -> Lines:
        weight = np.where(sizes[rows] > 0, sizes[rows], np.nan)
        # In units in which every step has the same spread.
        step = np.abs(np.diff(values[rows])) / np.sqrt(1 / weight[1:] + 1 / weight[:-1])
        steps = step[base[1:] & base[:-1]]
        if screen and steps.size:
            steps = steps[steps <= RANGE_LIMIT * steps.mean()]
        spread = np.sqrt(np.pi / 2) * steps.mean() if steps.size else np.nan
        centre = float(tops[rows][base].sum() / sizes[rows][base].sum())
        return Lines.around(centre, spread / np.sqrt(weight))

    return draw(values, Phases(baseline, exclude, parts), lines)
