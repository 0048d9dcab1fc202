"""Patterns of points in a row, for the rules of every school."""

import numpy as np

from riskstats._arrays import Booleans, Floats


def windows(condition: Booleans, length: int, enough: int, there: Booleans | None = None) -> Booleans:
    """Mark the points that fulfil a condition in any window in which at least ``enough`` of ``length`` points do.

    A window with a gap, a point that is not ``there``, does not count.
    """
    complete = np.ones(len(condition), dtype=np.bool_) if there is None else there
    marked = np.zeros(len(condition), dtype=np.bool_)
    for first in range(len(condition) - length + 1):
        window = condition[first : first + length]
        if window.sum() >= enough and complete[first : first + length].all():
            marked[first : first + length] |= window
    return marked


def trend(values: Floats, length: int) -> tuple[Booleans, Booleans]:
    """Mark the points of rising and of falling rows of ``length`` points."""
    step = np.diff(values)
    marked = []
    for sign in (1.0, -1.0):
        steps = windows(np.sign(step) == sign, length - 1, length - 1)
        ends = np.zeros(len(values), dtype=np.bool_)
        ends[:-1] |= steps
        ends[1:] |= steps
        marked.append(ends)
    return marked[0], marked[1]
