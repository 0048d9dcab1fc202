"""The rules of the NHS programme Making Data Count: variation and assurance of a monthly measure.

References
----------
.. [1] NHS England. Making Data Count: getting started; strengthening your decisions. 2019.
.. [2] Reading C et al. NHSRplotthedots, R package (rules as implemented for the programme).
"""

import dataclasses
from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Booleans, Floats, numbers
from riskstats.spc._patterns import trend, windows
from riskstats.spc._series import Series
from riskstats.spc.individuals import xmr_chart


RUN = 7  # points of a shift and of a trend


class PointType(StrEnum):
    """Pattern that a point belongs to; the first that applies, in this order."""

    ABOVE_LIMIT = "above the upper limit"
    BELOW_LIMIT = "below the lower limit"
    RISING = "seven points rising"
    FALLING = "seven points falling"
    NEAR_UPPER = "two of three near the upper limit"
    NEAR_LOWER = "two of three near the lower limit"
    SHIFT_UP = "seven points above the mean"
    SHIFT_DOWN = "seven points below the mean"
    COMMON = "common cause"


class Variation(StrEnum):
    """What a pattern means for the measure."""

    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL = "neutral"
    COMMON = "common cause"


class Assurance(StrEnum):
    """Whether the process as it runs will meet its target."""

    PASSING = "consistently passing"
    FAILING = "consistently failing"
    INCONSISTENT = "inconsistent"


@dataclasses.dataclass(frozen=True)
class NhsChart:
    """A chart in the terms of Making Data Count.

    Attributes
    ----------
    mean, lpl, upl : ndarray, shape (n,)
        Mean and process limits.
    type : tuple of PointType
        Pattern of each point.
    variation : tuple of Variation
        Meaning of each point; neutral when no direction is better.
    assurance : Assurance or None
        Target against the latest limits; None without a target, a better direction, or limits.
    warnings : tuple of str
        Says when limits rest on few points.
    """

    mean: Floats
    lpl: Floats
    upl: Floats
    type: tuple[PointType, ...]
    variation: tuple[Variation, ...]
    assurance: Assurance | None
    warnings: tuple[str, ...] = ()


_UP = {PointType.ABOVE_LIMIT, PointType.RISING, PointType.NEAR_UPPER, PointType.SHIFT_UP}


def nhs_mdc(
    y: npt.ArrayLike,
    baseline: int | None = None,
    rebase: Sequence[int] = (),
    direction: Literal["higher", "lower", "neutral"] = "neutral",
    target: float | None = None,
    *,
    screen: bool = True,
) -> NhsChart:
    """Judge a monthly series by the rules of Making Data Count.

    Parameters
    ----------
    y : array_like, shape (n,)
        Values in order of time; NaN is a gap and breaks every pattern.
    baseline : int, optional
        Limits rest on this many first points of each phase.
    rebase : sequence of int
        Positions where a new phase begins; patterns do not reach across.
    direction : {"higher", "lower", "neutral"}
        Which way is better.
    target : float, optional
        Target of the measure.
    screen : bool
        Leave out moving ranges above 3.267 times their mean, once.

    Returns
    -------
    NhsChart
        Limits, the pattern and the meaning of each point, and assurance.

    Raises
    ------
    ValueError
        Empty, infinite, positions that do not exist, or an unknown direction.

    Notes
    -----
    XmR limits. Patterns [1]_ [2]_: a point outside; seven rising or falling; two of three on one side of the mean beyond two thirds of the limit
    but not outside it; seven on one side. All points of a pattern are marked (of two of three, the two), by the first pattern that
    applies in that order. Where a rising and a falling row meet, the point belongs to the later one.

    Examples
    --------
    >>> chart = nhs_mdc([5, 6, 5, 7, 6, 5, 6, 7, 5, 6, 7, 8, 7, 7, 8, 7, 7], direction="lower", baseline=10)
    >>> chart.variation[-1], chart.type[-1], chart.variation[0]
    (<Variation.CONCERN: 'concern'>, <PointType.SHIFT_UP: 'seven points above the mean'>, <Variation.COMMON: 'common cause'>)
    """
    if direction not in {"higher", "lower", "neutral"}:
        raise ValueError(f"expected direction to be higher, lower or neutral, but got {direction!r}")
    chart = xmr_chart(y, baseline=baseline, parts=rebase, screen=screen)
    types: list[PointType] = []
    for first, last in zip([0, *rebase], [*rebase, len(chart.y)], strict=True):
        types += _types(chart, slice(first, last))
    better = {"higher": True, "lower": False}.get(direction)
    aim = None if target is None else float(numbers("target", target))
    return NhsChart(
        mean=chart.cl,
        lpl=chart.lcl,
        upl=chart.ucl,
        type=tuple(types),
        variation=tuple(_variation(each, better) for each in types),
        assurance=_assurance(chart, better, aim),
        warnings=chart.warnings,
    )


def _types(chart: Series, rows: slice) -> list[PointType]:
    y, cl, lcl, ucl = (each[rows] for each in (chart.y, chart.cl, chart.lcl, chart.ucl))
    outside = chart.sigma_signal[rows]
    above, below = y > cl, y < cl
    rising, falling = trend(y, RUN)
    # The end of one row can be the start of the next.
    follows_down = np.append(np.diff(y) < 0, np.zeros(1, dtype=np.bool_))
    both = rising & falling
    near_upper = above & (y > cl + (ucl - cl) * 2 / 3) & ~outside
    near_lower = below & (y < cl - (cl - lcl) * 2 / 3) & ~outside
    patterns = {
        PointType.ABOVE_LIMIT: outside & above,
        PointType.BELOW_LIMIT: outside & below,
        PointType.RISING: rising & ~(both & follows_down),
        PointType.FALLING: falling,
        PointType.NEAR_UPPER: _two_of_three(near_upper, above),
        PointType.NEAR_LOWER: _two_of_three(near_lower, below),
        PointType.SHIFT_UP: windows(above, RUN, RUN),
        PointType.SHIFT_DOWN: windows(below, RUN, RUN),
    }
    kinds = [*patterns, PointType.COMMON]
    found = np.argmax(np.vstack([*patterns.values(), np.ones(len(y), dtype=np.bool_)]), axis=0)
    return [kinds[each] for each in found]


def _two_of_three(near: Booleans, side: Booleans) -> Booleans:
    marked = np.zeros(len(near), dtype=np.bool_)
    for first in range(len(near) - 2):
        window = slice(first, first + 3)
        if side[window].all() and near[window].sum() >= 2:
            marked[window] |= near[window]
    return marked


def _variation(kind: PointType, higher_is_better: bool | None) -> Variation:  # noqa: FBT001 - three answers
    if kind is PointType.COMMON:
        return Variation.COMMON
    if higher_is_better is None:
        return Variation.NEUTRAL
    return Variation.IMPROVEMENT if (kind in _UP) == higher_is_better else Variation.CONCERN


def _assurance(chart: Series, higher_is_better: bool | None, aim: float | None) -> Assurance | None:  # noqa: FBT001
    low, high = chart.lcl[-1], chart.ucl[-1]
    if aim is None or higher_is_better is None or np.isnan(low):
        return None
    if low <= aim <= high:
        return Assurance.INCONSISTENT
    return Assurance.PASSING if (aim < low) == higher_is_better else Assurance.FAILING
