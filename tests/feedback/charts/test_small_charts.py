"""Strips and sparklines: the charts of a table's cells."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.charts import PERCENT, Sparkline, Strip, draw_sparkline, draw_strip


def strip(**changed):
    values = {
        "key": "ssi-strip",
        "title": "Surgical-site infection among peers",
        "form": PERCENT,
        "peers": (0.04, 0.05, 0.05, 0.06),
        "own": 0.087,
        "collaborative": 0.062,
        "benchmark": 0.038,
    }
    return Strip(**{**values, **changed})


def spark(**changed):
    values = {
        "key": "ssi-spark",
        "title": "Surgical-site infection, last quarters",
        "form": PERCENT,
        "labels": ("Q1", "Q2", "Q3", "Q4"),
        "values": (0.08, 0.07, None, 0.06),
    }
    return Sparkline(**{**values, **changed})


def test_strip_says_what_it_shows():
    assert draw_strip(strip()).description == (
        "Your hospital 8.7%; Collaborative 6.2%; Achievable benchmark 3.8%; 4 blinded peers from 4% to 6%."
    )


def test_strip_gives_the_same_numbers_as_a_table():
    assert draw_strip(strip()).table.rows == (
        ("Your hospital", "8.7%", ""),
        ("Collaborative", "6.2%", ""),
        ("Achievable benchmark", "3.8%", ""),
        ("Peers, blinded", "4%", "1"),
        ("Peers, blinded", "5%", "2"),
        ("Peers, blinded", "6%", "1"),
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_strip_shows_each_peer_once_and_inside(peers):
    svg = draw_strip(strip(peers=tuple(peers))).svg
    dots = [(float(x), float(y)) for x, y in re.findall(r"M([0-9.]+) ([0-9.]+)h0", svg)]

    assert len(dots) == len(peers)
    assert all(0 <= x <= 1000 and 2 <= y <= 28 for x, y in dots)
    assert dots == sorted(dots)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_strip_knows_peers_by_their_rounded_values_only(peers):
    rounded = tuple(PERCENT.blind(peer) for peer in reversed(peers))

    assert draw_strip(strip(peers=tuple(peers))) == draw_strip(strip(peers=rounded))


def test_strip_without_own_result_or_peers_is_still_drawn():
    drawing = draw_strip(strip(own=None, peers=()))

    assert "own-mark" not in drawing.svg
    assert drawing.description == "Collaborative 6.2%; Achievable benchmark 3.8%."


def test_strip_of_peers_alone_is_drawn():
    drawing = draw_strip(strip(own=None, collaborative=None, benchmark=None))

    assert drawing.description == "4 blinded peers from 4% to 6%."


def test_sparkline_breaks_where_a_value_is_missing():
    drawing = draw_sparkline(spark())

    assert drawing.svg.count("<polyline") == 1
    assert drawing.description == "From 8.0% in Q1 to 6.0% in Q4, between 6.0% and 8.0%."
    assert drawing.table.rows == (("Q1", "8.0%"), ("Q2", "7.0%"), ("Q3", "no cases"), ("Q4", "6.0%"))


def test_sparkline_of_one_value_is_a_point():
    drawing = draw_sparkline(spark(labels=("Q1",), values=(0.08,), target=0.04))

    assert (drawing.svg.count("<polyline"), drawing.svg.count("<circle")) == (0, 1)
    assert drawing.description == "8.0% in Q1."


def test_wide_sparkline_of_the_collaborative_has_its_own_class_and_target():
    drawing = draw_sparkline(spark(whose="collaborative", size="wide", target=0.04))

    assert 'class="spark collaborative"' in drawing.svg
    assert 'width="100%" height="64"' in drawing.svg
    assert drawing.description.endswith("Target 4.0%.")


@pytest.mark.parametrize(("labels", "values"), [((), ()), (("Q1",), (None,)), (("Q1", "Q2"), (0.1,))])
def test_sparkline_of_nothing_or_without_labels_is_refused(labels, values):
    with pytest.raises(ValueError, match="a value and a label for each"):
        draw_sparkline(spark(labels=labels, values=values))
