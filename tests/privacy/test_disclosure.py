"""What peers may be told of each other, against the rule said the long way: for every viewer, one by one."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.disclosure import (
    STEP_SIZES,
    Contribution,
    DisclosureRules,
    Step,
    Withheld,
    eligible,
    peer_view,
    pooled_share,
    rounded,
    told,
    withheld,
)


RULES = DisclosureRules()
volumes = st.lists(st.integers(0, 400), max_size=14)
skewed = st.lists(st.one_of(st.integers(0, 40), st.integers(0, 4000)), max_size=12)
shares = st.floats(0, 1)


def safe_for_every_viewer(denominators: list[int], rules: DisclosureRules) -> bool:
    """At least five others; none of them over half of what the others did, no two over four fifths."""
    for position in range(len(denominators)):
        others = sorted(denominators[:position] + denominators[position + 1 :], reverse=True)
        if len(others) < rules.minimum_peers:
            return False
        if others[0] > rules.largest_share * sum(others) or sum(others[:2]) > rules.largest_two_share * sum(others):
            return False
    return bool(denominators)


@given(st.one_of(volumes, skewed))
def test_hospitals_are_shown_exactly_when_every_viewer_is_safe(denominators: list[int]) -> None:
    assert (withheld(denominators, RULES) is None) == safe_for_every_viewer(denominators, RULES)


@given(
    st.lists(st.builds(Contribution, denominator=st.integers(0, 400), value=shares), max_size=14), st.integers(0, 60)
)
def test_peers_get_values_and_nothing_else(contributions: list[Contribution], minimum: int) -> None:
    view = peer_view(contributions, RULES, step=Step.PERCENT, minimum_cases=minimum)
    points = [each for each in contributions if each.denominator >= max(11, minimum)]

    if view.withheld:
        assert (view.values, view.hospitals) == ((), 0)
    else:
        assert safe_for_every_viewer([each.denominator for each in points], RULES)
        assert sorted(view.values) == list(view.values)
        assert [float(value) for value in view.values] == pytest.approx(
            sorted(each.value for each in points), abs=0.0051
        )
        assert all(value == value.quantize(Decimal("0.01")) for value in view.values)
        assert view.hospitals == len(points)


@given(st.permutations([Contribution(denominator=20 + each, value=each / 13) for each in range(9)]))
def test_the_order_of_hospitals_tells_nothing(contributions: list[Contribution]) -> None:
    in_order = sorted(contributions, key=str)

    assert peer_view(contributions, RULES, step=Step.RATIO) == peer_view(in_order, RULES, step=Step.RATIO)


@given(st.lists(shares, min_size=7, max_size=7), shares)
def test_poisoned_data_of_one_hospital_move_a_quantile_by_one_place_at_most(
    values: list[float], instead: float
) -> None:
    """BA-25: somebody who sends extreme data of their own learns no more than a neighbouring value."""
    before = peer_view([Contribution(denominator=50, value=each) for each in values], RULES, step=Step.PERCENT).values
    poisoned = [instead, *values[1:]]
    after = peer_view([Contribution(denominator=50, value=each) for each in poisoned], RULES, step=Step.PERCENT).values

    assert before[2] <= after[3] <= before[4]


def test_five_hospitals_are_too_few_and_six_enough() -> None:
    assert withheld([50] * 5, RULES) is Withheld.TOO_FEW_HOSPITALS
    assert withheld([50] * 6, RULES) is None
    assert withheld([50] * 7, DisclosureRules(minimum_peers=7)) is Withheld.TOO_FEW_HOSPITALS


def test_one_large_hospital_hides_everybody() -> None:
    """With the largest looking on, the second must not be over half of the rest, either."""
    assert withheld([300, 50, 50, 50, 50, 50], RULES) is Withheld.DOMINATED
    assert withheld([300, 260, 50, 50, 50, 50], RULES) is Withheld.DOMINATED
    assert withheld([60, 60, 50, 50, 50, 50], RULES) is None


@pytest.mark.parametrize(
    ("denominator", "minimum", "shown"), [(10, 0, False), (11, 0, True), (11, 12, False), (30, 30, True)]
)
def test_a_hospital_with_few_cases_is_no_point(denominator: int, minimum: int, shown: bool) -> None:  # noqa: FBT001
    assert eligible(Contribution(denominator=denominator, value=0.5), RULES, minimum_cases=minimum) is shown


@given(st.floats(-10, 1000), st.sampled_from(Step))
def test_a_value_is_told_to_the_step(value: float, step: Step) -> None:
    told = rounded(value, step)

    assert told % STEP_SIZES[step] == 0
    assert abs(float(told) - value) <= float(STEP_SIZES[step]) / 2 + 1e-9


def test_rounding_takes_numbers_of_numpy() -> None:
    assert rounded(np.float64(0.125), Step.PERCENT) == Decimal("0.12")
    assert rounded(np.float64(1.024), Step.RATIO) == Decimal("1.00")


@given(volumes, shares)
def test_a_pooled_share_never_stands_for_few(denominators: list[int], share: float) -> None:
    contributing = [each for each in denominators if each]
    told = pooled_share(round(share * sum(denominators)), denominators, RULES)

    assert (told is not None) == safe_for_every_viewer(contributing, RULES)
    if told is not None:
        assert told == told.quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    "weaker",
    [
        {"minimum_peers": 4},
        {"minimum_cases": 10},
        {"largest_share": 0.6},
        {"largest_share": 0},
        {"largest_two_share": 0.81},
    ],
)
def test_a_policy_below_the_floor_is_refused(weaker: dict[str, float]) -> None:
    (name,) = weaker

    with pytest.raises(ValueError, match=f"{name} must be .*but got"):
        DisclosureRules(**weaker)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("observed", "shrunken", "shown"),
    [
        (0, 0.04, 0.0),  # zero may be shown
        (1, 0.04, 0.04),
        (10, 0.04, 0.04),
        (11, 0.04, 0.055),
        (190, 0.94, 0.94),  # ten without the event are as few as ten with it
        (200, 0.97, 1.0),
        (5, None, None),
        (None, None, 0.5),  # a value of a model is not a count
    ],
)
def test_a_small_count_is_told_only_as_a_value_of_the_model(
    observed: int | None, shrunken: float | None, shown: float | None
) -> None:
    value = 0.5 if observed is None else observed / 200

    hospital = Contribution(denominator=200, value=value, observed=observed, shrunken=shrunken)

    assert told(hospital, RULES) == shown
    assert eligible(hospital, RULES) is (shown is not None)


def test_shares_on_the_ceiling_are_allowed_and_two_large_ones_are_not() -> None:
    # For the first, 40 of the 80 of the others; for the third, 80 of 100.
    assert withheld([40, 40, 20, 5, 5, 5, 5], RULES) is None
    assert withheld([40, 40, 40, 2, 2, 2], RULES) is Withheld.DOMINATED
    assert withheld([48, 33, 29, 5, 5, 5, 5], RULES) is Withheld.DOMINATED  # 81 of 101, for the third


def test_a_pooled_share_is_the_share_in_whole_percents() -> None:
    assert pooled_share(37, [50] * 6, RULES) == Decimal("0.12")
    assert pooled_share(0, [50] * 6, RULES) == Decimal("0.00")


def test_rounding_goes_to_the_even_neighbour() -> None:
    assert [rounded(value, Step.PERCENT) for value in (0.125, 0.135, 0.145)] == [
        Decimal("0.12"),
        Decimal("0.14"),
        Decimal("0.14"),
    ]


def test_small_counts_are_told_as_the_model_sees_them_under_the_rules_of_the_collaborative() -> None:
    six = [Contribution(denominator=100, value=0.15, observed=15, shrunken=0.20)] * 6

    assert set(peer_view(six, RULES, step=Step.PERCENT).values) == {Decimal("0.15")}
    assert set(peer_view(six, DisclosureRules(minimum_cases=16), step=Step.PERCENT).values) == {Decimal("0.20")}
