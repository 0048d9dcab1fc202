"""Charts of counts: p and u with their primed versions for large denominators, and c.

References
----------
.. [1] Montgomery DC. Introduction to statistical quality control. 6th ed. Wiley 2009, chapter 7.
.. [2] Laney DB. Improved control charts for attributes. Qual Eng 2002;14:531-537.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Booleans, Floats, ratio, same_length
from riskstats.spc._series import D2, Lines, Phases, Series, draw, mean_range, not_negative, points


def p_chart(
    y: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
) -> Series:
    """Chart of proportions.

    Parameters
    ----------
    y, n : array_like, shape (n,)
        Events and cases in order of time, ``0 <= y <= n``; ``y/n`` is plotted, NaN or ``n = 0`` is a gap.
    baseline : int, optional
        Limits rest on this many first points of each phase.
    exclude : sequence of int
        Positions that do not count for limits.
    parts : sequence of int
        Positions where a new phase begins.

    Returns
    -------
    Series
        Lines within 0 and 1.

    Raises
    ------
    ValueError
        Empty, infinite, negative, y above n, different lengths, or positions that do not exist.

    Notes
    -----
    ``pbar -+ 3 sqrt(pbar (1 - pbar)/n)``, pbar the sum of events over the sum of cases [1]_.

    Examples
    --------
    >>> chart = p_chart([12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6], [50] * 12)
    >>> chart.cl[0].round(4), chart.lcl[0].round(4), chart.ucl[0].round(4)
    (np.float64(0.1933), np.float64(0.0258), np.float64(0.3609))
    """
    return _rates(y, n, _binomial, Phases(baseline, exclude, parts))


def u_chart(
    y: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
) -> Series:
    """Chart of rates: events per patient day, or per 1,000.

    Parameters
    ----------
    y, n : array_like, shape (n,)
        Events and exposure in order of time, at least 0; ``y/n`` is plotted, NaN or ``n = 0`` is a gap.
    baseline, exclude, parts
        As in :func:`p_chart`.

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
    ``ubar -+ 3 sqrt(ubar/n)``, ubar the sum of events over the sum of exposure [1]_.

    Examples
    --------
    >>> u_chart([4, 6, 3, 8], [100, 120, 90, 150]).ucl.round(4)
    array([0.1098, 0.1042, 0.1132, 0.098 ])
    """
    return _rates(y, n, _poisson, Phases(baseline, exclude, parts))


def c_chart(
    y: npt.ArrayLike, *, baseline: int | None = None, exclude: Sequence[int] = (), parts: Sequence[int] = ()
) -> Series:
    """Chart of counts from equal opportunities.

    Parameters
    ----------
    y : array_like, shape (n,)
        Counts in order of time, at least 0; NaN is a gap.
    baseline, exclude, parts
        As in :func:`p_chart`.

    Returns
    -------
    Series
        Lines at 0 or above.

    Raises
    ------
    ValueError
        Empty, infinite, negative, or positions that do not exist.

    Notes
    -----
    ``cbar -+ 3 sqrt cbar`` [1]_.

    Examples
    --------
    >>> c_chart([21, 24, 16, 12, 15]).ucl[0].round(2)
    np.float64(30.19)
    """
    values = not_negative("y", points("y", y))
    return _rates(values, np.ones(len(values)), _poisson, Phases(baseline, exclude, parts))


def p_prime_chart(
    y: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
    screen: bool = False,
) -> Series:
    """Laney's p' chart: proportions that vary from month to month by more than chance.

    Parameters
    ----------
    y, n : array_like, shape (n,)
        As in :func:`p_chart`.
    baseline, exclude, parts
        As in :func:`p_chart`.
    screen : bool
        Leave out moving ranges of z above 3.267 times their mean, once.

    Returns
    -------
    Series
        Lines within 0 and 1.

    Raises
    ------
    ValueError
        As :func:`p_chart`.

    Notes
    -----
    ``z = (y/n - pbar)/sd``, ``sigma_z = mean |z_k - z_(k-1)| / 1.128``, limits ``pbar -+ 3 sd sigma_z`` [2]_.

    Examples
    --------
    >>> p_prime_chart([300, 420, 380, 510], [10000, 12000, 11000, 13000]).ucl.round(4)
    array([0.0446, 0.0437, 0.0441, 0.0434])
    """
    return _rates(y, n, _binomial, Phases(baseline, exclude, parts), laney=True, screen=screen)


def u_prime_chart(
    y: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    parts: Sequence[int] = (),
    screen: bool = False,
) -> Series:
    """Laney's u' chart: rates that vary from month to month by more than chance.

    Parameters
    ----------
    y, n : array_like, shape (n,)
        As in :func:`u_chart`.
    baseline, exclude, parts
        As in :func:`p_chart`.
    screen : bool
        Leave out moving ranges of z above 3.267 times their mean, once.

    Returns
    -------
    Series
        Lines at 0 or above.

    Raises
    ------
    ValueError
        As :func:`u_chart`.

    Notes
    -----
    As :func:`p_prime_chart` with ``sd = sqrt(ubar/n)`` [2]_.

    Examples
    --------
    >>> u_prime_chart([300, 420, 380, 510], [10000, 12000, 11000, 13000]).ucl.round(4)
    array([0.0446, 0.0437, 0.0441, 0.0434])
    """
    return _rates(y, n, _poisson, Phases(baseline, exclude, parts), laney=True, screen=screen)


def _binomial(centre: float, sizes: Floats) -> tuple[Floats, float]:
    return np.sqrt(centre * (1 - centre) / sizes), 1.0


def _poisson(centre: float, sizes: Floats) -> tuple[Floats, float]:
    return np.sqrt(centre / sizes), np.inf


def _rates(
    y: npt.ArrayLike,
    n: npt.ArrayLike,
    chance: Callable[[float, Floats], tuple[Floats, float]],
    phases: Phases,
    *,
    laney: bool = False,
    screen: bool = False,
) -> Series:
    events, sizes = not_negative("y", points("y", y)), not_negative("n", points("n", n))
    same_length(y=events, n=sizes)
    if chance is _binomial and (events > sizes).any():
        where = int(np.flatnonzero(events > sizes)[0])
        raise ValueError(
            f"expected y to be at most n, but got {events[where]:g} of {sizes[where]:g} at position {where}"
        )
    values = ratio(events, sizes)

    def lines(rows: slice, base: Booleans) -> Lines:
        own, weight = values[rows], np.where(sizes[rows] > 0, sizes[rows], np.nan)
        centre = float(events[rows][base].sum() / weight[base].sum())
        sd, most = chance(centre, weight)
        if laney:
            z = ratio(own - centre, sd)
            sd = sd * mean_range(z, base & ~np.isnan(z), screen=screen) / D2
        return Lines.around(centre, sd, 0.0, most)

    return draw(values, phases, lines)
