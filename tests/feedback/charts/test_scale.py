import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.charts.scale import DAYS, PERCENT, RATIO, axis


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [(PERCENT, 0.0837, "8.4%"), (RATIO, 1.358, "1.36"), (DAYS, 4.26, "4.3 days"), (PERCENT, 1.0, "100.0%")],
)
def test_value_is_written_as_the_measure_is_read(form, value, written):
    assert form.write(value) == written


@pytest.mark.parametrize(
    ("form", "peer", "written"),
    [
        (PERCENT, 0.0837, "8%"),
        (PERCENT, 0.085, "9%"),
        (PERCENT, 0.004, "0%"),
        (RATIO, 1.374, "1.35"),
        (RATIO, 1.376, "1.40"),
        (DAYS, 4.26, "4.5 days"),
    ],
)
def test_peer_is_written_in_steps_only(form, peer, written):
    assert form.write_peer(peer) == written


@pytest.mark.parametrize(
    ("form", "said"), [(PERCENT, "whole per cent"), (RATIO, "steps of 0.05"), (DAYS, "steps of 0.5 days")]
)
def test_step_of_peers_is_said(form, said):
    assert form.write_step() == said


@given(st.floats(0, 1))
def test_peer_rounded_twice_is_the_peer_rounded_once(peer):
    once = PERCENT.blind(peer)

    assert PERCENT.blind(once) == once
    assert abs(once - peer) <= 0.005 + 1e-12


def test_axis_of_small_rates_starts_at_zero_with_round_ticks():
    scale = axis([0.02, 0.124], ceiling=1.0)

    assert (scale.low, [round(tick, 9) for tick in scale.ticks]) == (0.0, [0.0, 0.04, 0.08, 0.12])


def test_axis_of_high_rates_does_not_start_at_zero_and_ends_at_its_ceiling():
    scale = axis([0.88, 0.99], ceiling=1.0)

    assert scale.low == pytest.approx(0.8712)
    assert scale.high == pytest.approx(0.9988)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_axis_holds_its_values_and_has_a_few_ticks(values):
    scale = axis(values)

    assert all(-1e-9 <= scale(value) <= 1 + 1e-9 for value in values)
    assert 1 <= len(scale.ticks) <= 12


@pytest.mark.parametrize("values", [[], [math.nan], [1.0, math.inf]])
def test_axis_refuses_what_cannot_be_drawn(values):
    with pytest.raises(ValueError, match="an axis needs finite values"):
        axis(values)
