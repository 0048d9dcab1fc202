"""Charts for rare events: cases between events (g) and time between events (t).

References
----------
.. [1] Benneyan JC. Number-between g-type statistical quality control charts for monitoring adverse events.
   Health Care Manag Sci 2001;4:305-318.
.. [2] Montgomery DC. Introduction to statistical quality control. 6th ed. Wiley 2009, section 7.3.5 (t chart).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Booleans, between
from riskstats.spc._series import Lines, Phases, Series, draw, mean_range, not_negative, points
from riskstats.spc.individuals import E2


POWER = 3.6  # makes exponential times about normal
THEORETICAL_MEDIAN = 0.693  # of the mean, for a geometric count


def g_chart(
    y: npt.ArrayLike,
    *,
    mean: float | None = None,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
) -> Series:
    """Chart of the number of cases between events.

    Parameters
    ----------
    y : array_like, shape (n,)
        Cases between one event and the next, at least 0; NaN is a gap.
    mean : float, optional
        Known mean, above 0; left out: the mean of the points that count.
    baseline : int, optional
        Limits rest on this many first points of each phase.
    exclude : sequence of int
        Positions that do not count for limits.
    parts : sequence of int
        Positions where a new phase begins.

    Returns
    -------
    Series
        Centre line at the median; the lower limit is 0.

    Raises
    ------
    ValueError
        Empty, infinite, negative, mean not above 0, or positions that do not exist.

    Notes
    -----
    ``m -+ 3 sqrt(m (m + 1))`` [1]_. Counts between events are so skewed that a centre at the mean would make long runs below it: the
    centre is the median of the points, or 0.693 m for a known mean.

    Examples
    --------
    >>> chart = g_chart([12, 30, 5, 44, 21, 9, 61, 3])
    >>> chart.cl[0], chart.lcl[0], chart.ucl[0].round(2)
    (np.float64(16.5), np.float64(0.0), np.float64(93.98))
    """
    values = not_negative("y", points("y", y))
    known = None if mean is None else between("mean", mean, 0.0, np.inf)

    def lines(rows: slice, base: Booleans) -> Lines:
        own = values[rows][base]
        middle = float(own.mean()) if known is None else known
        spread = Lines.around(middle, float(np.sqrt(middle * (middle + 1))), 0.0)
        centre = float(np.median(own)) if known is None else THEORETICAL_MEDIAN * known
        return Lines(centre, spread.lcl, spread.ucl, spread.lcl2, spread.ucl2)

    return draw(values, Phases(baseline, exclude, parts), lines)


def t_chart(
    y: npt.ArrayLike,
    *,
    unit: float = 1.0,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
    screen: bool = False,
) -> Series:
    """Chart of the time between events.

    Parameters
    ----------
    y : array_like, shape (n,)
        Time from one event to the next, at least 0; NaN is a gap.
    unit : float
        Unit that times are recorded in, above 0: a time of 0 is plotted as half of it.
    baseline, exclude, parts
        As in :func:`g_chart`.
    screen : bool
        Leave out moving ranges above 3.267 times their mean, once.

    Returns
    -------
    Series
        With a warning when times of 0 were replaced.

    Raises
    ------
    ValueError
        Empty, infinite, negative, unit not above 0, or positions that do not exist.

    Notes
    -----
    XmR limits of ``y^(1/3.6)``, raised back to the power 3.6 [2]_; the lower one is at least 0.

    Examples
    --------
    >>> chart = t_chart([12.0, 30, 5, 44, 21, 9, 61, 3])
    >>> chart.cl[0].round(2), chart.ucl[0].round(1)
    (np.float64(17.27), np.float64(295.4))
    """
    between("unit", unit, 0.0, np.inf)
    given = not_negative("y", points("y", y))
    instant = int((given == 0).sum())
    values = np.where(given == 0, unit / 2, given)
    scaled = values ** (1 / POWER)

    def lines(rows: slice, base: Booleans) -> Lines:
        own = scaled[rows]
        around = Lines.around(float(own[base].mean()), E2 / 3 * mean_range(own, base, screen=screen), 0.0)
        return Lines(
            *(np.asarray(line) ** POWER for line in (around.cl, around.lcl, around.ucl, around.lcl2, around.ucl2))
        )

    notes = [f"{instant} times of 0 are plotted as {unit / 2:g}"] if instant else []
    return draw(values, Phases(baseline, exclude, parts), lines, notes)
