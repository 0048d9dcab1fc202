import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskstats.abc import achievable_benchmark, risk_adjusted_benchmark


def test_one_hospital_is_its_own_benchmark():
    result = achievable_benchmark([3], [10])

    assert (result.benchmark, result.selected.tolist(), result.share) == (0.3, [True], 1)


def test_hospitals_without_cases_are_left_out():
    result = achievable_benchmark([0, 5, 2], [0, 10, 10])

    assert result.selected.tolist() == [False, True, False]
    assert result.warnings == ("1 hospitals without cases were left out",)


def test_hospital_with_one_perfect_case_does_not_lead():
    # Adjusted performance fractions 2/3, 91/102, 51/102.
    result = achievable_benchmark([1, 90, 50], [1, 100, 100], share=0.3)

    assert result.selected.tolist() == [False, True, False]
    assert result.benchmark == 0.9


def test_shortest_leading_group_with_the_share_is_taken():
    x, d = [19, 18, 85, 300], [20, 20, 100, 860]

    exactly, more = achievable_benchmark(x, d, share=0.04), achievable_benchmark(x, d, share=0.041)

    assert (exactly.selected.sum(), exactly.share) == (2, 0.04)
    assert more.selected.sum() == 3
    assert exactly.benchmark == 37 / 40


def test_lower_is_better_ranks_by_what_did_not_happen():
    result = achievable_benchmark([1, 30, 0], [100, 100, 2], share=0.1, higher_is_better=False)

    assert result.selected.tolist() == [True, False, False]
    assert result.benchmark == 0.01


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_of_equal_fractions_the_larger_hospital_comes_first(order):
    # (1 + 1)/(2 + 2) = (4 + 1)/(8 + 2)
    x, d = np.array([1, 4])[order], np.array([2, 8])[order]

    assert achievable_benchmark(x, d).selected.tolist() == (d == 8).tolist()


def test_risk_adjusted_benchmark_follows_the_shrunken_effect():
    effect, observed, expected, n = [-0.1, -0.5, 0.2, -0.9], [10, 8, 30, 0], [12, 16, 20, 0], [100, 120, 200, 0]

    best, most = (risk_adjusted_benchmark(effect, observed, expected, n, share=share) for share in (0.1, 0.5))
    worst = risk_adjusted_benchmark(effect, observed, expected, n, higher_is_better=True)

    assert (best.benchmark, best.selected.tolist()) == (0.5, [False, True, False, False])
    assert (most.benchmark, most.selected.tolist()) == (18 / 28, [True, True, False, False])
    assert worst.benchmark == 1.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: achievable_benchmark([0, 0], [0, 0]), "expected at least one case, but got none in any hospital"),
        (lambda: achievable_benchmark([], []), "expected x to hold at least one value"),
        (lambda: achievable_benchmark([2], [1]), "expected x to be at most d, but got 2 of 1"),
        (lambda: achievable_benchmark([1], [2], share=0), "expected share to lie strictly between 0 and 1, but got 0"),
        (lambda: achievable_benchmark([np.nan], [2]), "expected x to be finite"),
        (lambda: risk_adjusted_benchmark([0], [1], [0], [5]), "expected expected to be above 0, but got 0"),
        (lambda: risk_adjusted_benchmark([0], [1], [1], [0]), "expected at least one case, but got none"),
        (
            lambda: risk_adjusted_benchmark([0], [1], [1, 1], [5]),
            "same length, but got effect 1, observed 1, expected 2, n 1",
        ),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1), st.floats(0.01, 0.99))
def test_selected_hospitals_care_for_the_share_and_none_could_be_spared(pairs, share):
    d = np.array([sum(pair) for pair in pairs])
    x = np.array([pair[0] for pair in pairs])
    if d.sum() == 0:
        return

    result = achievable_benchmark(x, d, share)

    fraction = (x + 1) / (d + 2)
    last = result.selected & (fraction == fraction[result.selected].min())
    assert result.share >= share * (1 - 1e-9)
    assert (d[result.selected].sum() - d[last].min()) / d.sum() < share
    assert result.benchmark == x[result.selected].sum() / d[result.selected].sum()


def test_hospital_of_one_case_counts():
    result = achievable_benchmark([1, 5, 20], [1, 40, 100])
    adjusted = risk_adjusted_benchmark([0.9, 0.1], [1, 5], [0.5, 5.0], [1, 40], higher_is_better=True)

    assert result.selected.tolist()[0] is True
    assert adjusted.selected.tolist()[0] is True
    with pytest.raises(ValueError, match="expected expected to be above 0, but got 0"):
        risk_adjusted_benchmark([0.9, 0.1], [1, 5], [0.0, 5.0], [1, 40])


def test_complete_hospitals_leave_no_note():
    assert achievable_benchmark([3, 5], [30, 40]).warnings == ()
