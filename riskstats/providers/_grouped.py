"""Cases sorted by hospital, on scaled columns, in blocks of whole hospitals that fit the cache."""

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Floats, Integers, at_least, codes, counts, matrix, same_length, vector
from riskstats._distributions import log_binomial
from riskstats._scaling import Scaling, column_labels, settle_columns
from riskstats.errors import SeparationError


BLOCK = 32_000  # rows worked at once; a bigger hospital is its own block

Result = TypeVar("Result")


@dataclasses.dataclass(frozen=True)
class Block:
    """Neighbouring hospitals and their rows.

    Attributes
    ----------
    hospitals, rows : slice
        Which of the hospitals present, and which of the sorted rows.
    starts : ndarray of int
        First row of each hospital, counted from the first row of the block.
    at : ndarray of int
        Hospital of each row, counted from the first hospital of the block.
    """

    hospitals: slice
    rows: slice
    starts: Integers
    at: Integers

    def sums(self, values: Floats) -> Floats:
        """Give back the sum of each hospital, over rows."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=0))


@dataclasses.dataclass(frozen=True)
class Grouped:
    """Cases of the hospitals present, rows sorted by hospital.

    Attributes
    ----------
    z : ndarray, shape (n, k + 1)
        A column of ones and the kept columns, centred and scaled.
    events, trials, offset : ndarray, shape (n,)
        Outcome, trials, offset.
    present : ndarray of int
        Codes of the hospitals with cases, rising.
    hospitals : int
        Largest code + 1.
    blocks : tuple of Block
        All rows, in order.
    scaling : Scaling
        From the columns of X to those of z.
    names : tuple of str
        Names of the columns of X.
    dropped : tuple of int
        Columns of X left out.
    warnings : tuple of str
        Why, and which hospitals have no case.
    """

    z: Floats
    events: Floats
    trials: Floats
    offset: Floats
    present: Integers
    hospitals: int
    blocks: tuple[Block, ...]
    scaling: Scaling
    names: tuple[str, ...]
    dropped: tuple[int, ...]
    warnings: tuple[str, ...]

    def each(self, work: Callable[[Block], Result], threads: int = 1) -> list[Result]:
        """Do the work of every block; the results come in order, so that sums repeat to the last bit."""
        if threads == 1:
            return [work(block) for block in self.blocks]
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(work, self.blocks))

    def everywhere(self, values: Floats, elsewhere: float) -> Floats:
        """Spread values of the hospitals present over all codes."""
        spread = np.full(self.hospitals, elsewhere)
        spread[self.present] = values
        return spread

    @property
    def binomial_constant(self) -> float:
        """Sum of the logarithms of the binomial coefficients; 0 for single cases."""
        return 0.0 if (self.trials == 1).all() else log_binomial(self.trials, self.events)


def grouped(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    group: npt.ArrayLike,
    m: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> Grouped:
    """Check and sort the cases of a model of binary outcomes."""
    events = at_least("y", vector("y", y), 0.0)
    trials = np.ones(len(events)) if m is None else at_least("m", counts("m", m), 1.0)
    same_length(y=events, m=trials)
    if (events > trials).any():
        raise ValueError(f"expected y to be at most m, but got {events[events > trials][0]:g}")
    total, cases = events.sum(), trials.sum()
    if total in {0, cases}:
        raise SeparationError(f"expected both events and non-events, but got {total:g} events in {cases:g} cases")
    return sorted_by_hospital(X, events, group, trials, offset, names)


def sorted_by_hospital(
    X: npt.ArrayLike,
    outcome: Floats,
    group: npt.ArrayLike,
    trials: Floats,
    offset: npt.ArrayLike | None,
    names: Sequence[str] | None,
) -> Grouped:
    """Sort cases by hospital and scale their columns."""
    columns, hospital = matrix("X", X, rows=len(outcome)), codes("group", group)
    shift = np.zeros(len(outcome)) if offset is None else vector("offset", offset)
    same_length(y=outcome, group=hospital, offset=shift)
    labels = column_labels(names, columns.shape[1])
    scaling, dropped, notes = settle_columns(columns, labels)
    order = np.argsort(hospital, kind="stable")
    present, sizes = np.unique(hospital, return_counts=True)
    z = np.empty((len(outcome), len(scaling.kept) + 1))
    z[:, 0] = 1.0
    for start in range(0, len(outcome), BLOCK):
        rows = order[start : start + BLOCK]
        z[start : start + BLOCK, 1:] = scaling.scaled(columns[rows])
    hospitals = int(hospital.max()) + 1
    absent = sorted(set(range(hospitals)) - {int(code) for code in present})
    return Grouped(
        z=z,
        events=outcome[order],
        trials=trials[order],
        offset=shift[order],
        present=present,
        hospitals=hospitals,
        blocks=_blocks(sizes),
        scaling=scaling,
        names=labels,
        dropped=dropped,
        warnings=(*notes, *(f"hospital {code} has no case" for code in absent)),
    )


def _blocks(sizes: npt.NDArray[np.intp]) -> tuple[Block, ...]:
    ends = np.cumsum(sizes)
    blocks: list[Block] = []
    first, row = 0, 0
    for last in range(len(sizes)):
        is_end = last + 1 == len(sizes)
        if is_end or ends[last + 1] - row > BLOCK:
            own = sizes[first : last + 1]
            starts = np.concatenate([[0], np.cumsum(own)[:-1]])
            at = np.repeat(np.arange(len(own)), own)
            blocks.append(Block(slice(first, last + 1), slice(row, int(ends[last])), starts, at))
            first, row = last + 1, int(ends[last])
    return tuple(blocks)
