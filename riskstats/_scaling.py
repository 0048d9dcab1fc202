"""Which columns of a matrix carry information, and in which units to work with them."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from riskstats._arrays import Floats, Integers
from riskstats.errors import SeparationError


BLOCK = 32_768
CONSTANT = 1e-12  # standard deviation, relative to the largest value
LARGEST_COEFFICIENT = 10.0  # for one standard deviation, or from 0 to 1: an odds ratio of 22,000
LARGEST_STANDARD_ERROR = 50.0
DEPENDENT = 1e-10  # share of a column's variance that earlier columns leave unexplained


@dataclasses.dataclass(frozen=True)
class Scaling:
    """Centre and scale of the columns that are kept.

    Attributes
    ----------
    kept : ndarray of int, shape (k,)
        Columns of the original matrix.
    mean, scale : ndarray, shape (k,)
        Scaled columns are ``(x - mean)/scale``.
    step : ndarray, shape (k,)
        What a coefficient is judged over, in scaled units: one standard deviation, or the whole step of a
        column with two values.
    width : int
        Columns of the original matrix.
    """

    kept: Integers
    mean: Floats
    scale: Floats
    step: Floats
    width: int

    def scaled(self, columns: Floats) -> Floats:
        """Give back the kept columns, centred and scaled."""
        chosen = columns if len(self.kept) == columns.shape[1] else columns[:, self.kept]
        return np.asarray((chosen - self.mean) / self.scale)

    def back(self, beta: Floats, cov: Floats) -> tuple[Floats, Floats]:
        """Give back intercept, coefficients and covariance in the units of the original matrix, dropped ones 0."""
        turn = np.zeros((self.width + 1, len(self.kept) + 1))
        turn[0, 0] = 1.0
        turn[0, 1:] = -self.mean / self.scale
        turn[self.kept + 1, np.arange(len(self.kept)) + 1] = 1 / self.scale
        return turn @ beta, turn @ cov @ turn.T


def settle_columns(columns: Floats, labels: tuple[str, ...]) -> tuple[Scaling, tuple[int, ...], tuple[str, ...]]:
    """Choose the columns to keep: not constant, not a combination of earlier ones.

    Returns
    -------
    scaling : Scaling
        Of the kept columns.
    dropped : tuple of int
        Columns left out, rising.
    notes : tuple of str
        One sentence for each.
    """
    width = columns.shape[1]
    low, high = columns.min(axis=0), columns.max(axis=0)
    # One pass: sums around the mean of the first block, moved to the mean of all.
    near = columns[:BLOCK].mean(axis=0)
    total, cross = np.zeros(width), np.zeros((width, width))
    two_valued = np.ones(width, dtype=np.bool_)
    for start in range(0, len(columns), BLOCK):
        block = columns[start : start + BLOCK]
        if two_valued.any():
            some = block[:, two_valued]
            two_valued[two_valued] = ((some == low[two_valued]) | (some == high[two_valued])).all(axis=0)
        away = block - near
        total += away.sum(axis=0)
        cross += away.T @ away
    mean = near + total / len(columns)
    cross -= np.outer(total, total) / len(columns)
    sd = np.sqrt(np.maximum(np.diag(cross), 0.0) / len(columns))
    constant = sd <= CONSTANT * np.maximum(np.abs(low), np.abs(high))
    scale = np.where(constant, 1.0, sd)
    dependent = _dependent(cross / np.outer(scale, scale) / len(columns), constant)
    kept = np.flatnonzero(~constant & ~dependent)
    notes = [f"{labels[place]} is the same in every case and was left out" for place in np.flatnonzero(constant)]
    notes += [f"{labels[place]} follows from earlier columns and was left out" for place in np.flatnonzero(dependent)]
    step = np.where(two_valued, (high - low) / scale, 1.0)
    scaling = Scaling(kept, mean[kept], scale[kept], step[kept], width)
    return scaling, tuple(int(place) for place in np.flatnonzero(constant | dependent)), tuple(notes)


def _dependent(
    correlation: Floats, skip: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mark columns that earlier ones explain: a Cholesky decomposition that leaves them out as it meets them."""
    rest = correlation.copy()
    marked = np.zeros(len(rest), dtype=np.bool_)
    for place in np.flatnonzero(~skip):
        pivot = rest[place, place]
        if pivot < DEPENDENT:
            marked[place] = True
            continue
        rest -= np.outer(rest[:, place], rest[place]) / pivot
    return marked


def column_labels(names: Sequence[str] | None, columns: int) -> tuple[str, ...]:
    """Give back the names of the columns, "column 0" … when there are none."""
    if names is None:
        return tuple(f"column {place}" for place in range(columns))
    if len(names) != columns:
        raise ValueError(f"expected {columns} names, one for each column, but got {len(names)}")
    return tuple(names)


def refuse_separation(scaling: Scaling, beta: Floats, se: Floats, labels: tuple[str, ...]) -> None:
    """Refuse estimates that run away, and name their covariates; the intercept comes first in ``beta`` and ``se``."""
    steep = np.abs(beta[1:]) * scaling.step > LARGEST_COEFFICIENT
    loose = se[1:] * scaling.step > LARGEST_STANDARD_ERROR
    blamed = tuple(labels[place] for place in scaling.kept[steep | loose])
    if blamed:
        raise SeparationError(
            f"expected estimates that exist, but got covariates that predict the outcome perfectly: {', '.join(blamed)}; "
            "join rare levels, or leave the covariate out",
            blamed,
        )
