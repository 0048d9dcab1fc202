"""Parts beside a whole: every part, and what is left over by any of them, has enough others in it."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.disclosure import DisclosureRules, Withheld, withheld
from privacy.ledger import Tally
from privacy.strata import shown_parts


RULES = DisclosureRules()


def hospitals(*numbers: int, n: int = 40, o: int = 20) -> dict[str, Tally]:
    return {f"h{number}": Tally(n, o) for number in numbers}


def test_two_large_groups_are_both_shown():
    first, second = hospitals(*range(8)), hospitals(*range(8, 16))

    assert shown_parts(first | second, {"a": first, "b": second}, RULES) == {"a": None, "b": None}


def test_group_is_withheld_when_too_few_are_left_outside_it():
    first, second = hospitals(*range(12)), hospitals(12, 13, 14)

    found = shown_parts(first | second, {"a": first, "b": second}, RULES)

    assert found == {"a": Withheld.TOO_FEW_HOSPITALS, "b": Withheld.TOO_FEW_HOSPITALS}


def test_smallest_shown_group_is_withheld_with_one_that_is_too_small():
    large, middle, small = hospitals(*range(12)), hospitals(*range(12, 20)), hospitals(20, 21)
    whole = large | middle | small

    found = shown_parts(whole, {"large": large, "middle": middle, "small": small}, RULES)

    assert found == {"large": None, "middle": Withheld.TOO_FEW_HOSPITALS, "small": Withheld.TOO_FEW_HOSPITALS}


def test_stratum_is_withheld_when_few_cases_have_no_stratum():
    most = {f"h{at}": Tally(40, 20) for at in range(10)}
    whole = most | {"h0": Tally(43, 20)}

    assert shown_parts(whole, {"a": most}, RULES) == {"a": Withheld.TOO_FEW_HOSPITALS}


def test_dominated_group_is_withheld():
    group = hospitals(*range(6)) | {"big": Tally(4000, 2000)}

    assert shown_parts(group | hospitals(*range(10, 20)), {"a": group}, RULES)["a"] is Withheld.DOMINATED


def may_be_shown(part: dict[str, Tally]) -> bool:
    return not part or withheld([tally.n for tally in part.values()], RULES) is None


def left(whole: dict[str, Tally], taken: list[dict[str, Tally]]) -> dict[str, Tally]:
    rest = dict(whole)
    for part in taken:
        for hospital, tally in part.items():
            rest[hospital] = rest[hospital] - tally
    return {hospital: tally for hospital, tally in rest.items() if tally.n}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, Tally], dict[str, dict[str, Tally]]]:
    """Hospitals at random in three parts and none, as groups (each in one) or as strata (some cases in each)."""
    count, grouped = draw(st.integers(2, 24)), draw(st.booleans())
    parts: dict[str, dict[str, Tally]] = {"a": {}, "b": {}, "c": {}}
    rest: dict[str, Tally] = {}
    for at in range(count):
        places = [draw(st.sampled_from("abc-"))] if grouped else [*draw(st.sets(st.sampled_from("abc-"), min_size=1))]
        for place in places:
            n = draw(st.sampled_from([1, 5, 11, 30, 60, 400]))
            (rest if place == "-" else parts[place])[f"h{at}"] = Tally(n, draw(st.integers(0, n)))
    whole: dict[str, Tally] = {}
    for part in (*parts.values(), rest):
        for hospital, tally in part.items():
            whole[hospital] = whole.get(hospital, Tally(0, 0)) + tally
    return whole, parts


@settings(max_examples=400)
@given(worlds())
def test_every_shown_part_and_every_rest_of_it_has_five_others(world):
    whole, parts = world
    found = shown_parts(whole, parts, RULES)
    shown = [parts[name] for name, reason in found.items() if reason is None]

    for size in range(1, len(shown) + 1):
        for some in combinations(shown, size):
            rest = left(whole, list(some))
            assert all(may_be_shown(part) for part in some)
            assert may_be_shown(rest)
            assert not rest or len(rest) >= RULES.minimum_peers + 1
            assert not sum(rest.values(), Tally(0, 0)).few(RULES.minimum_cases)


@pytest.mark.parametrize("count", [5, 6])
def test_group_needs_five_others_for_each_of_its_hospitals(count):
    group, others = hospitals(*range(count)), hospitals(*range(100, 112))

    assert (shown_parts(group | others, {"a": group}, RULES)["a"] is None) is (count == 6)
