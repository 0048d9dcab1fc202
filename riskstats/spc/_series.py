"""What all control charts share: points with gaps, phases, baselines, and lines."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Booleans, Floats, floats


FEWEST_POINTS = 12  # below, limits should not be drawn
FIRM_POINTS = 20  # below, limits are provisional

ROUNDING = 1e-12
D2 = 1.128  # mean of a moving range of two, in standard deviations
RANGE_LIMIT = 3.267  # upper limit of a moving range, in mean moving ranges


@dataclasses.dataclass(frozen=True)
class Series:
    """A control chart: one value for each point.

    Attributes
    ----------
    y : ndarray
        Plotted values; NaN is a gap.
    cl : ndarray
        Centre line.
    lcl, ucl : ndarray
        Lower and upper limit (3 sigma); NaN where the chart has none.
    lcl2, ucl2 : ndarray
        Warning lines (2 sigma).
    sigma_signal : ndarray of bool
        Points outside the limits.
    warnings : tuple of str
        Says when limits rest on few points, and what was replaced.
    """

    y: Floats
    cl: Floats
    lcl: Floats
    ucl: Floats
    lcl2: Floats
    ucl2: Floats
    sigma_signal: Booleans
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Lines:
    """Lines of one phase, each a number or one value for each point."""

    cl: Floats | float
    lcl: Floats | float
    ucl: Floats | float
    lcl2: Floats | float
    ucl2: Floats | float

    @classmethod
    def around(cls, cl: Floats | float, sd: Floats | float, low: float = -np.inf, high: float = np.inf) -> "Lines":
        """Give back lines at 2 and 3 standard deviations, cut to what the measure can be."""
        lcl, lcl2 = np.maximum(cl - 3 * sd, low), np.maximum(cl - 2 * sd, low)
        ucl, ucl2 = np.minimum(cl + 3 * sd, high), np.minimum(cl + 2 * sd, high)
        return cls(cl, lcl, ucl, lcl2, ucl2)


@dataclasses.dataclass(frozen=True)
class Phases:
    """Which points make which limits.

    Attributes
    ----------
    baseline : int, optional
        Number of first points of each phase that its limits rest on; all if left out.
    exclude : sequence of int
        Positions that are plotted and judged but do not count for limits.
    parts : sequence of int
        Positions where a new phase begins.
    """

    baseline: int | None = None
    exclude: Sequence[int] = ()
    parts: Sequence[int] = ()

    def of(self, values: Floats) -> list[tuple[slice, Booleans]]:
        """Give back each phase with the points its limits rest on."""
        size = len(values)
        if self.baseline is not None and self.baseline < 2:
            raise ValueError(f"expected baseline to be at least 2 points, but got {self.baseline}")
        wrong = [place for place in self.exclude if not 0 <= place < size]
        if wrong:
            raise ValueError(f"expected exclude to hold positions from 0 to {size - 1}, but got {wrong[0]}")
        starts = list(self.parts)
        if any(not 0 < place < size for place in starts) or any(np.diff(starts) <= 0):
            raise ValueError(f"expected parts to rise from 1 to {size - 1}, but got {starts}")
        counted = ~np.isnan(values)
        counted[list(self.exclude)] = False
        phases: list[tuple[slice, Booleans]] = []
        for first, last in zip([0, *starts], [*starts, size], strict=True):
            base = counted[first:last].copy()
            base[last - first if self.baseline is None else self.baseline :] = False
            phases.append((slice(first, last), base))
        return phases


def points(name: str, values: npt.ArrayLike) -> Floats:
    """Give back a vector in which NaN is a gap; refuse it when empty, infinite or not a vector."""
    array = floats(name, values)
    if array.ndim != 1:
        raise ValueError(f"expected {name} to have one dimension, but got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"expected {name} to hold at least one point, but got an empty array")
    if np.isinf(array).any():
        raise ValueError(f"expected {name} to be finite, or NaN for a gap, but got {array[np.isinf(array)][0]}")
    return array


def not_negative(name: str, array: Floats) -> Floats:
    """Refuse points below 0; NaN passes."""
    if (array < 0).any():
        raise ValueError(f"expected {name} to be at least 0, but got {np.nanmin(array):g}")
    return array


def draw(
    values: Floats, phases: Phases, lines: Callable[[slice, Booleans], Lines], notes: Sequence[str] = ()
) -> Series:
    """Draw the lines of each phase and mark the points outside."""
    drawn = {name: np.full(len(values), np.nan) for name in ("cl", "lcl", "ucl", "lcl2", "ucl2")}
    warnings = list(notes)
    for rows, base in phases.of(values):
        used = int(base.sum())
        if used < FEWEST_POINTS:
            warnings.append(f"limits from point {rows.start} rest on {used} points: too few to judge by")
        elif used < FIRM_POINTS:
            warnings.append(f"limits from point {rows.start} rest on {used} points: provisional")
        if used:
            found = lines(rows, base)
            for name, line in drawn.items():
                line[rows] = getattr(found, name)
    outside = _clearly_below(values, drawn["lcl"]) | _clearly_below(-values, -drawn["ucl"])
    return Series(y=values, **drawn, sigma_signal=outside, warnings=tuple(warnings))


def _clearly_below(values: Floats, line: Floats) -> Booleans:
    # Points on a limit are inside, whatever the last bit says.
    return values < line - ROUNDING * np.abs(line)


def mean_range(values: Floats, base: Booleans, *, screen: bool) -> float:
    """Give back the mean of differences between neighbouring points that both count; NaN without any."""
    both = base[1:] & base[:-1]
    steps = np.abs(np.diff(values))[both]
    if steps.size == 0:
        return np.nan
    mean = float(steps.mean())
    if screen:
        mean = float(steps[steps <= RANGE_LIMIT * mean].mean())
    return mean
