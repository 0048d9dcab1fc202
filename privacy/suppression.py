"""Small counts in tables, hidden together with as many others as keep them from being worked out.

Rule R7 of STATISTICS 6.3 (BA-03 and BA-28 of SECURITY 4.6). Needs numpy and scipy: for workers, not for web processes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from privacy.disclosure import DisclosureRules


Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# What it costs a reader to lose a count, by the number of ways it sums over: a cell, a total, the grand total.
# A detour of two cells is better than hiding one total, and of eight better than hiding the grand total.
COSTS = (1.0, 3.0, 9.0)
# Hidden cells may move for next to nothing; not for nothing, so that solutions stay sparse.
HIDDEN_COST = 1e-4


@dataclass(frozen=True, kw_only=True, eq=False)
class Suppression:
    """Which counts of a table to hide.

    Attributes
    ----------
    mask
        True where the count must not be shown; shape of the table.
    warnings
        Sentences for whoever lays out the table; empty when all is well.
    """

    mask: Booleans
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Demand:
    """Readers must think it possible that `cell` holds `value` while every hidden count is at least `least`."""

    cell: int
    value: int
    least: int


def suppress_table(counts: npt.ArrayLike, rules: DisclosureRules) -> Suppression:
    """Choose the counts to hide, so that no small count can be worked out from what is left.

    Hidden first are the counts 1..t - 1 (t is `rules.minimum_cases`), totals among them; zero is shown. Then more are
    hidden until, over all tables of non-negative numbers that agree with what is shown, every small count could be 1 or
    less and could be anything in a range of t - 1 or wider.

    Readers know that zero is shown, so a hidden count is not zero for them. The range is therefore kept for these
    readers, too: over all tables whose hidden counts are 1 or more, a small count of one cell ranges from 1 to t or
    beyond, a small total from the number of its counts upwards. This is stricter than R7.

    Parameters
    ----------
    counts
        Whole numbers with their totals: one-way (k + 1,) with the total last, two-way (r + 1, c + 1) with the totals of
        rows in the last column and of columns in the last row.
    rules
        Rules of the collaborative.

    Returns
    -------
    Suppression
        The mask and warnings. The same table always gives the same mask.

    Raises
    ------
    ValueError
        If the table has another shape, holds anything but counts, or its totals are not the sums.

    Notes
    -----
    Fewest cells is NP-hard, so two heuristics stand in for it. First, for every small count and each end of its
    range in turn, a linear program finds the cheapest change of the table that gets there: change of shown counts
    costs, by kind of cell and a little by size, and the changed ones are hidden (a circuit of the table, as in Kelly
    et al.). Then each of them, dearest first, is shown again if no small count needs it. So no single count beyond
    the small ones is hidden in vain, but another choice may hide fewer. In one-way and two-way tables the bounds of
    linear programs are whole numbers: the constraints are totally unimodular.

    Counts that are not small may be worked out exactly. Several tables about the same cases need one table or the
    ledger (`privacy.ledger`), and a reader who knows some hidden counts, being the hospital they came from, knows more.

    References
    ----------
    Kelly, Golden, Assad 1992 Networks 22:397. Fischetti, Salazar 2001 Management Science 47:1008.
    HHS/CMS cell-size policy (no cell of 1 to 10, nor anything it can be derived from).

    Examples
    --------
    One small cell of a two-way table needs three more, never one.

    >>> table = [[3, 40, 43], [50, 60, 110], [70, 80, 150], [123, 180, 303]]
    >>> suppress_table(table, DisclosureRules()).mask.astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]]
    """
    table = _table(counts)
    small = (table > 0) & (table < rules.minimum_cases)
    hidden = small.ravel().copy()
    demands = _demands(table, small, rules.minimum_cases)
    search = _Search(table)
    ways: dict[_Demand, Floats] = {}
    for demand in demands:
        # What is hidden for an earlier demand costs this one next to nothing.
        ways[demand] = search.cheapest(demand, hidden)
        hidden |= ways[demand] != 0
    _show_what_nobody_needs(search, hidden, small.ravel(), ways)
    mask = hidden.reshape(table.shape)
    return Suppression(mask=mask, warnings=_warnings(table, small, mask))


class _Search:
    """Changes of one table that keep its totals the sums, its zeros, and its shown counts as far as possible."""

    def __init__(self, table: Integers) -> None:
        self.counts = table.ravel()
        self.sums = _sums(table.shape)
        grand = float(table.flat[-1])
        kinds = np.array(COSTS)[_ways_summed(table.shape).ravel()]
        # The larger a count, the more its reader loses; the position settles what is left.
        self.costs: Floats = kinds + 0.5 * self.counts / max(grand, 1) + 1e-6 * np.arange(self.counts.size)

    def change(self, demand: _Demand, free: Booleans, hidden: Booleans) -> Floats | None:
        """Cheapest change of `free` counts that meets the demand, or None if there is none."""
        from scipy.optimize import linprog  # noqa: PLC0415 - half a second, for those who suppress

        size = self.counts.size
        step = demand.value - int(self.counts[demand.cell])
        # Nothing moves further than the demanded cell: solutions are sums of circuits through it, all entries -1, 0, 1.
        up = np.where(free, abs(step), 0)
        down = np.where(free, np.minimum(self.counts - demand.least, abs(step)), 0)
        bounds = np.column_stack([np.zeros(2 * size), np.concatenate([up, down])])
        here = slice(demand.cell, None, size)
        bounds[here] = [[max(step, 0), max(step, 0)], [max(-step, 0), max(-step, 0)]]
        costs: Floats = np.tile(np.where(hidden, HIDDEN_COST * self.costs, self.costs), 2)
        both: Floats = np.hstack([self.sums, -self.sums])
        limits = [(low, high) for low, high in bounds.tolist()]
        answer = linprog(costs, A_eq=both, b_eq=np.zeros(len(both)), bounds=limits, method="highs")
        if answer.x is None or not answer.success:
            return None
        return np.round(answer.x[:size] - answer.x[size:], 6)

    def cheapest(self, demand: _Demand, hidden: Booleans) -> Floats:
        """Change that meets the demand and moves the cheapest shown counts; there is one for every demand."""
        way = self.change(demand, self.counts > 0, hidden)
        if way is None:
            # Hiding all but the zeros protects everything, so this is the solver's failure, never the table's.
            raise RuntimeError(f"expected a solution of the linear program for {demand!r}, but got none")
        return way


def _show_what_nobody_needs(search: _Search, hidden: Booleans, small: Booleans, ways: dict[_Demand, Floats]) -> None:
    """Show each further hidden count again, dearest first, unless a demand cannot be met without it; in place."""
    for cell in sorted(np.flatnonzero(hidden & ~small), key=lambda each: -search.costs[each]):
        hidden[cell] = False
        others: dict[_Demand, Floats] = {}
        for demand, way in ways.items():
            if way[cell]:
                other = search.change(demand, hidden, hidden)
                if other is None:
                    hidden[cell] = True
                    break
                others[demand] = other
        else:
            ways.update(others)


def _demands(table: Integers, small: Booleans, threshold: int) -> list[_Demand]:
    """Ends of the range that readers must think possible for each small count, smallest counts first."""
    addends = _addends(table).ravel()
    counts = table.ravel()
    demands: list[_Demand] = []
    for cell in sorted(np.flatnonzero(small), key=lambda each: (counts[each], each)):
        fewest = int(addends[cell])
        demands += [_Demand(int(cell), fewest, 1), _Demand(int(cell), fewest + threshold - 1, 1)]
        if fewest > 1:
            demands.append(_Demand(int(cell), 1, 0))
    return [demand for demand in demands if demand.value != counts[demand.cell]]


def _table(counts: npt.ArrayLike) -> Integers:
    """Counts with their totals as whole numbers, or an error that says what is wrong."""
    given = np.asarray(counts)
    if given.ndim not in {1, 2} or min(given.shape) < 2:
        raise ValueError(f"expected counts of one or two ways with their totals, but got the shape {given.shape}")
    if given.dtype.kind not in "iuf":
        raise ValueError(f"expected counts that are numbers, but got {given.dtype.name}")
    if not np.isfinite(given).all() or (given < 0).any() or (given != np.floor(given)).any():
        raise ValueError(f"expected counts of 0, 1, 2, …, but got {given.tolist()}")
    table = given.astype(np.int64)
    if (_sums(table.shape) @ table.ravel()).any():
        raise ValueError(f"expected totals in the last row and column that are the sums, but got {table.tolist()}")
    return table


def _sums(shape: Sequence[int]) -> Floats:
    """One row for every sum of the table: 1 for its addends, -1 for its total."""
    cells = np.arange(np.prod(shape)).reshape(shape)
    # A one-way table is one line; a two-way table has its rows and its columns, totals included.
    lines = [cells] if cells.ndim == 1 else [*cells, *cells.T]
    sums = np.zeros((len(lines), cells.size))
    for row, line in enumerate(lines):
        sums[row, line] = 1
        sums[row, line[-1]] = -1
    return sums


def _ways_summed(shape: Sequence[int]) -> Integers:
    """Over how many ways each cell sums: 0 for a cell proper, 2 for the grand total of a two-way table."""
    ends = [np.arange(length) == length - 1 for length in shape]
    return np.array([sum(at) for at in product(*ends)], dtype=np.int64).reshape(shape)


def _addends(table: Integers) -> Integers:
    """Of how many counts above zero each cell is made: 1 for a cell proper."""
    there = (table > 0).astype(np.int64)
    for axis in range(table.ndim):
        last = np.arange(table.shape[axis]) == table.shape[axis] - 1
        proper = np.compress(~last, there, axis=axis)
        there = np.concatenate([proper, proper.sum(axis=axis, keepdims=True)], axis=axis)
    return there


def _warnings(table: Integers, small: Booleans, mask: Booleans) -> tuple[str, ...]:
    """What the mask costs the reader."""
    warnings: list[str] = []
    totals = (mask & ~small)[_ways_summed(table.shape) > 0].sum()
    if totals:
        warnings.append(f"{totals} of the totals had to be hidden to protect smaller counts.")
    if mask.sum() > (table > 0).sum() / 2:
        warnings.append("More than half of the counts above zero are hidden; fewer, larger groups would show more.")
    return tuple(warnings)
