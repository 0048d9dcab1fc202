"""Small counts in tables, against a reader with linear programs of their own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from privacy.disclosure import DisclosureRules
from privacy.suppression import suppress_table


RULES = DisclosureRules()
# Mostly small counts and zeros, as in tables of complications.
counts = st.one_of(st.just(0), st.integers(1, 10), st.integers(0, 40), st.integers(0, 5000))
one_way = st.lists(counts, min_size=1, max_size=7)
two_way = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(st.lists(counts, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0])
)


def with_totals(cells):
    """The table with its totals, one way or two."""
    table = np.array(cells)
    for axis in range(table.ndim):
        table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
    return table


def totals_from_cells(shape):
    """One row for every number of the table, totals too: which cells proper it sums."""
    proper = [length - 1 for length in shape]
    rows = []
    for at in np.ndindex(*shape):
        there = np.ones(proper, dtype=bool)
        for axis, index in enumerate(at):
            if index < proper[axis]:
                there &= np.indices(proper)[axis] == index
        rows.append(there.ravel())
    return np.array(rows, dtype=float)


def what_readers_know(table, mask, least=0):
    """For every small count the lowest and highest value in any table that agrees with what is shown.

    Written apart from the code under test: unknown are the cells proper, every number shown is an equation.
    """
    design, values, shown = totals_from_cells(table.shape), table.ravel(), ~mask.ravel()
    bounds = []
    for row in design[np.flatnonzero((values > 0) & (values < RULES.minimum_cases))]:
        ends = [
            optimize.linprog(
                sign * row,
                A_eq=design[shown] if shown.any() else None,
                b_eq=values[shown] if shown.any() else None,
                A_ub=-design[~shown],
                b_ub=np.full((~shown).sum(), -least),
                bounds=(0, None),
            )
            for sign in (1, -1)
        ]
        low, high = ends
        bounds.append((low.fun, np.inf if high.status == 3 else -high.fun))
    return np.round(np.array(bounds).reshape(-1, 2), 6)


@pytest.mark.parametrize("table", [[0, 0], [11, 11], [0, 0, 0], [0, 30, 30], [[0, 0], [0, 0]], [[40, 40], [40, 40]]])
def test_a_table_without_small_counts_is_shown_whole(table):
    suppression = suppress_table(table, RULES)

    assert suppression.mask.shape == np.shape(table)
    assert not suppression.mask.any()
    assert suppression.warnings == ()


@pytest.mark.parametrize(
    ("table", "mask"),
    [
        ([3, 3], [1, 1]),  # alone, the total is the count
        ([5, 0, 0, 5], [1, 0, 0, 1]),  # zero is shown, always
        ([10, 50, 60, 120], [1, 1, 0, 0]),
        ([1, 50, 60, 111], [1, 1, 0, 0]),
        ([3, 4, 100, 107], [1, 1, 1, 0]),  # two small counts that sum to 7: a range of 7 is too narrow
        ([6, 6, 100, 112], [1, 1, 0, 0]),  # two that sum to 12: 1 to 11 each, as the rule asks
        ([5, 6, 100, 111], [1, 1, 1, 0]),  # two that sum to 11: 10 at the most, for readers who know they are not 0
        ([2, 3, 5], [1, 1, 1]),
        ([[4, 4], [4, 4]], [[1, 1], [1, 1]]),
    ],
)
def test_small_counts_take_others_with_them(table, mask):
    assert suppress_table(table, RULES).mask.astype(int).tolist() == mask


def test_one_small_cell_of_a_two_way_table_needs_three_more():
    """STATISTICS R7: one extra cell in the row is not enough."""
    table = with_totals([[3, 40, 25], [50, 60, 70], [70, 80, 90]])

    assert suppress_table(table, RULES).mask.sum() == 4


def test_totals_are_shown_where_cells_can_be_hidden_instead():
    table = with_totals([[3, 900, 800], [700, 900, 800]])
    suppression = suppress_table(table, RULES)

    assert not suppression.mask[-1].any()
    assert not suppression.mask[:, -1].any()
    assert suppression.warnings == ()


def test_of_two_ways_the_one_that_keeps_the_large_counts_is_taken():
    """Shown again first is what costs most: the 12 stays hidden, the total of 402 in its place does not."""
    table = with_totals([[400, 2], [12, 3], [1, 2], [2, 400]])

    assert suppress_table(table, RULES).mask.astype(int).tolist() == [
        [1, 1, 0],
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 0],
        [0, 0, 0],
    ]


def test_what_the_reader_loses_is_said():
    assert suppress_table([5, 0, 0, 60, 0, 65], RULES).warnings == (
        "More than half of the counts above zero are hidden; fewer, larger groups would show more.",
    )
    assert suppress_table(with_totals([[5, 0, 0], [0, 60, 50], [0, 70, 90]]), RULES).warnings == (
        "2 of the totals had to be hidden to protect smaller counts.",
    )


def test_a_collaborative_may_ask_for_more():
    table = [15, 50, 60, 125]

    assert not suppress_table(table, RULES).mask.any()
    assert suppress_table(table, DisclosureRules(minimum_cases=20)).mask.tolist() == [True, True, False, False]


def test_totals_that_are_small_are_hidden_too():
    """A row of 2 and 3 sums to 5: all three are small, and the sum could be 1 for readers who forget that zero is shown."""
    table = with_totals([[2, 3], [40, 50], [60, 70]])
    mask = suppress_table(table, RULES).mask

    assert mask[0].all()
    np.testing.assert_array_less(what_readers_know(table, mask)[:, 0], 1 + 1e-6)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ([], "expected counts of one or two ways with their totals, but got the shape (0,)"),
        ([3], "expected counts of one or two ways with their totals, but got the shape (1,)"),
        (3, "expected counts of one or two ways with their totals, but got the shape ()"),
        (np.zeros((2, 2, 2)), "expected counts of one or two ways with their totals, but got the shape (2, 2, 2)"),
        ([[3, 3]], "expected counts of one or two ways with their totals, but got the shape (1, 2)"),
        (["3", "3"], "expected counts that are numbers, but got str"),
        ([True, True], "expected counts that are numbers, but got bool"),
        ([np.nan, 3], "expected counts of 0, 1, 2, …, but got [nan, 3.0]"),
        ([-3, -3], "expected counts of 0, 1, 2, …, but got [-3, -3]"),
        ([2.5, 2.5], "expected counts of 0, 1, 2, …, but got [2.5, 2.5]"),
        ([3, 4, 8], "expected totals in the last row and column that are the sums, but got [3, 4, 8]"),
        (
            [[3, 3], [3, 4]],
            "expected totals in the last row and column that are the sums, but got [[3, 3], [3, 4]]",
        ),
    ],
)
def test_anything_but_a_table_of_counts_is_refused(table, expected):
    with pytest.raises(ValueError, match="expected") as refusal:
        suppress_table(table, RULES)

    assert expected in str(refusal.value)


def test_a_solver_that_fails_shows_nothing(monkeypatch):
    def give_up(*_args, **_options):
        return optimize.OptimizeResult(success=False, x=None)

    monkeypatch.setattr(optimize, "linprog", give_up)

    with pytest.raises(RuntimeError, match="expected a solution of the linear program"):
        suppress_table([3, 50, 53], RULES)


@settings(deadline=None, max_examples=60)
@given(st.one_of(one_way, two_way).map(with_totals))
def test_no_small_count_can_be_worked_out(table):
    """BA-03 and BA-28: linear programs over all tables that agree with what is shown."""
    mask = suppress_table(table, RULES).mask
    bounds = what_readers_know(table, mask)

    assert mask[(table > 0) & (table < 11)].all()
    assert not mask[table == 0].any()
    assert (bounds[:, 0] <= 1).all()
    assert (bounds[:, 1] - bounds[:, 0] >= 10).all()


@settings(deadline=None, max_examples=40)
@given(st.one_of(one_way, two_way).map(with_totals))
def test_nor_by_readers_who_know_that_zero_is_shown(table):
    bounds = what_readers_know(table, suppress_table(table, RULES).mask, least=1)

    assert (bounds[:, 1] - bounds[:, 0] >= 10).all()


@settings(deadline=None, max_examples=30)
@given(st.one_of(one_way, two_way).map(with_totals))
def test_nothing_is_hidden_in_vain(table):
    """Each count hidden for the sake of others is needed: shown again, some small count could be narrowed."""
    mask = suppress_table(table, RULES).mask
    for cell in np.argwhere(mask & (table >= 11)):
        less = mask.copy()
        less[tuple(cell)] = False
        loose, tight = what_readers_know(table, less), what_readers_know(table, less, least=1)
        widths = tight[:, 1] - tight[:, 0]
        fewest = totals_from_cells(table.shape) @ (table[tuple(slice(-1) for _ in table.shape)] > 0).ravel()
        lowest = fewest[((table > 0) & (table < 11)).ravel()]

        assert (loose[:, 0] > 1).any() or (widths < 10).any() or (tight[:, 0] > lowest).any()


@settings(deadline=None, max_examples=20)
@given(two_way.map(with_totals))
def test_the_same_table_gives_the_same_mask(table):
    assert suppress_table(table, RULES).mask.tolist() == suppress_table(table.tolist(), RULES).mask.tolist()
