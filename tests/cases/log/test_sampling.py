"""Draws that anybody can repeat, and whose fractions add up."""

import itertools
from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.log.definition.sampling import Drawn, Entry, Plan, Scheme, draw, random_number
from cases.log.errors import EmptyFrameError


START = datetime(2026, 1, 5, 7, 30)  # noqa: DTZ001 -- hospital time has no zone
CODES = ("44140", "49650", "47562")
PLANS = (
    Plan(scheme=Scheme.ALL),
    Plan(scheme=Scheme.FRACTION, fraction=Fraction(3, 10)),
    Plan(scheme=Scheme.EIGHT_DAY, quota=12, caps={"49650": 3}),
    Plan(scheme=Scheme.SYSTEMATIC, quota=12, caps={"49650": 3}),
)


def _log(count: int) -> list[Entry]:
    return [
        Entry(
            number=f"L-{number:03d}",
            at=START + timedelta(minutes=137 * number),
            procedure=CODES[number % 3],
            stratum="urgent" if number % 5 == 0 else "elective",
        )
        for number in range(count)
    ]


def _taken(sample: tuple[Drawn, ...]) -> list[str]:
    return [each.entry.number for each in sample if each.taken]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.scheme.value)
@given(entries=st.permutations(_log(40)), seed=st.text(max_size=20))
def test_the_order_of_the_file_does_not_matter(plan: Plan, entries: list[Entry], seed: str) -> None:
    assert draw(plan, entries, seed) == draw(plan, _log(40), seed)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.scheme.value)
@given(count=st.integers(1, 80), seed=st.text(max_size=20))
def test_achieved_fractions_reconcile_with_the_log(plan: Plan, count: int, seed: str) -> None:
    sample = draw(plan, _log(count), seed)
    cells = Counter(
        (each.entry.procedure if each.entry.procedure in plan.caps else each.entry.stratum) for each in sample
    )
    weights = sum(1 / each.fraction for each in sample if each.taken)
    untouched = sum(
        count
        for cell, count in cells.items()
        if not any(
            each.taken
            for each in sample
            if (each.entry.procedure if each.entry.procedure in plan.caps else each.entry.stratum) == cell
        )
    )
    assert len(sample) == count
    assert weights + untouched == count
    assert all(each.taken is (each.reason == "") for each in sample)


def test_another_seed_gives_another_sample() -> None:
    plan = PLANS[1]
    assert _taken(draw(plan, _log(200), "2026-1")) != _taken(draw(plan, _log(200), "2026-2"))


def test_a_late_entry_does_not_shuffle_a_fraction() -> None:
    plan = Plan(scheme=Scheme.FRACTION, fraction=Fraction(1, 2))
    before = {*_taken(draw(plan, _log(40), "seed"))}
    after = {*_taken(draw(plan, _log(41), "seed"))}
    assert len(before - after) <= 1


def test_a_fraction_is_met_on_average() -> None:
    plan = Plan(scheme=Scheme.FRACTION, fraction=Fraction(3, 10))
    entries = [Entry(number=str(number), at=START) for number in range(11)]  # 3.3 of 11
    counts = [len(_taken(draw(plan, entries, f"seed {seed}"))) for seed in range(2000)]
    assert {*counts} == {3, 4}
    assert sum(counts) / len(counts) == pytest.approx(3.3, abs=0.04)  # four standard errors of 0.46 / sqrt 2000


def test_eight_days_take_the_first_and_no_more_than_the_cap() -> None:
    sample = draw(PLANS[2], _log(40), "any seed")
    taken = [each.entry for each in sample if each.taken]
    assert len(taken) == 12
    assert [entry.number for entry in taken if entry.procedure == "49650"] == ["L-001", "L-004", "L-007"]
    assert sample[10].reason == "already 3 of procedure 49650 in this cycle"
    assert sample[-1].reason == "the quota of 12 was full"


def test_systematic_takes_all_of_a_small_log_but_what_a_cap_leaves_out() -> None:
    sample = draw(PLANS[3], _log(12), "seed")
    assert [each.reason for each in sample if not each.taken] == ["already 3 of procedure 49650 in this cycle"]


def test_systematic_spreads_over_the_cycle() -> None:
    plan = Plan(scheme=Scheme.SYSTEMATIC, quota=10)
    places = [int(number[2:]) for number in _taken(draw(plan, _log(100), "seed"))]
    assert len(places) == 10
    assert {later - earlier for earlier, later in itertools.pairwise(places)} == {10}


def test_nothing_can_be_drawn_from_nothing() -> None:
    with pytest.raises(EmptyFrameError, match="nothing to draw"):
        draw(PLANS[0], [], "seed")


def test_random_numbers_are_spread_evenly() -> None:
    numbers = [random_number("seed", str(number)) for number in range(10_000)]
    tenths = Counter(int(number * 10) for number in numbers)
    chi_square = sum((count - 1000) ** 2 / 1000 for count in tenths.values())
    assert chi_square < 27.9  # 99.9 % point of chi-square with 9 degrees of freedom
