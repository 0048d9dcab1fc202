"""Sorted dots: exact about the own hospital, and silent about the peers beyond their rounded values."""

import random
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.charts import PERCENT, RATIO, Dots, Own, draw_dots


PEERS = tuple(n / 100 for n in [2, 3, *[4] * 4, *[5] * 8, *[6] * 11, *[7] * 4, *[8] * 3, *[9] * 3, *[10] * 2])
NORTHGATE = Own(name="Northgate", value=0.084, low=0.054, high=0.124)


def dots(**changed):
    given_values = {
        "key": "ssi-dots",
        "title": "Your hospital among 37 blinded peers",
        "value_name": "Risk-adjusted infection rate",
        "form": PERCENT,
        "peers": PEERS,
        "own": NORTHGATE,
        "collaborative": 0.062,
        "benchmark": 0.038,
    }
    return Dots(**{**given_values, **changed})


def places(drawing):
    """Give the peers' places across, in per cent."""
    return [float(x) for x in re.findall(r'<circle cx="([0-9.]+)%"', drawing.svg)]


def test_dots_of_forty_hospitals_are_small():
    assert len(draw_dots(dots(peers=(*PEERS, 0.05, 0.06))).svg.encode()) < 12_000


def test_dots_are_one_image_with_a_name_and_a_description():
    drawing = draw_dots(dots())
    root = ET.fromstring(drawing.svg)  # noqa: S314 - our own text

    assert (root.get("role"), root.get("aria-labelledby"), root.get("aria-describedby")) == (
        "img",
        "ssi-dots-title",
        "ssi-dots-description",
    )
    assert [child.text for child in root][:2] == [drawing.title, drawing.description]


def test_dots_have_no_inline_style():
    assert "style" not in draw_dots(dots()).svg


def test_words_agree_with_the_picture():
    drawing = draw_dots(dots())

    assert drawing.description == (
        "Risk-adjusted infection rate of 38 hospitals from lowest to highest, peers blinded and rounded. "
        "Northgate is at 8.4% (95% interval 5.4% to 12.4%), in the highest quarter. "
        "The collaborative is at 6.2%. The achievable benchmark is 3.8%."
    )
    assert drawing.caption == (
        "38 hospitals, lowest to highest (peers rounded to whole per cent; volumes and intervals of peers are never shown)"
    )


def test_table_holds_the_same_numbers():
    table = draw_dots(dots(peers=(0.04, 0.061, 0.059))).table

    assert table.headers == ("Who", "Risk-adjusted infection rate", "95% interval", "Hospitals")
    assert table.rows == (
        ("Northgate (your hospital)", "8.4%", "5.4% to 12.4%", "1"),
        ("Collaborative", "6.2%", "", ""),
        ("Achievable benchmark", "3.8%", "", ""),
        ("Peers, blinded", "4%", "not shown", "1"),
        ("Peers, blinded", "6%", "not shown", "2"),
    )


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0, 1), st.randoms(use_true_random=False))
def test_nothing_of_the_peers_but_their_rounded_values_can_be_drawn(peers, own, dice):
    shuffled = list(peers)
    dice.shuffle(shuffled)
    rounded = [PERCENT.blind(peer) for peer in shuffled]
    mine = Own(name="Northgate", value=own)

    assert draw_dots(dots(peers=tuple(peers), own=mine)) == draw_dots(dots(peers=tuple(rounded), own=mine))


def test_exact_peer_values_do_not_reach_the_page():
    drawing = draw_dots(dots(peers=(0.0611111, 0.0622222), own=None))

    assert "611" not in str(drawing)
    assert "622" not in str(drawing)


def test_own_place_says_nothing_about_peers_of_the_same_rounded_value():
    below = draw_dots(dots(peers=(0.05, 0.081, 0.09)))
    above = draw_dots(dots(peers=(0.05, 0.0849, 0.09)))

    assert below == above
    assert places(below) == [12.5, 37.5, 87.5]


def test_dots_leave_one_place_for_the_own_hospital():
    xs = places(draw_dots(dots(peers=(0.01, 0.02, 0.2))))

    assert xs == [12.5, 37.5, 87.5]


def test_dots_can_be_drawn_without_an_own_result():
    drawing = draw_dots(dots(own=None))

    assert "own-mark" not in drawing.svg
    assert drawing.description.startswith("Risk-adjusted infection rate of 37 hospitals")
    assert drawing.table.rows[0][0] == "Collaborative"


def test_own_result_alone_is_drawn_without_a_quarter():
    drawing = draw_dots(dots(peers=(), collaborative=None, benchmark=None))

    assert drawing.description.endswith("Northgate is at 8.4% (95% interval 5.4% to 12.4%).")


def test_very_wide_interval_ends_in_an_arrow_and_leaves_the_dots_their_room():
    wide = draw_dots(dots(own=Own(name="Northgate", value=0.084, low=0.001, high=0.95)))
    narrow = draw_dots(dots())

    assert (wide.svg.count("own-mark"), narrow.svg.count("own-mark")) == (2, 1)
    assert "95.0%" in wide.description


def test_wide_interval_of_a_high_rate_ends_in_an_arrow_below():
    high = dots(peers=(0.95, 0.96, 0.97), own=Own(name="Northgate", value=0.96, low=0.1, high=0.99), benchmark=0.98)

    assert draw_dots(replace(high, collaborative=0.96)).svg.count("own-mark") == 2


def test_hospital_among_equals_is_in_no_quarter():
    drawing = draw_dots(dots(peers=(0.0,) * 20 + (0.02,) * 5, own=Own(name="Northgate", value=0.0)))

    assert "Northgate is at 0.0%, level with most peers." in drawing.description


@pytest.mark.parametrize(
    ("value", "quarter"),
    [(0.01, "lowest quarter"), (0.04, "lowest quarter"), (0.05, "second lowest quarter"), (0.2, "highest quarter")],
)
def test_quarter_is_all_that_is_said_of_the_rank(value, quarter):
    drawing = draw_dots(dots(own=Own(name="Northgate", value=value)))

    assert f"in the {quarter}." in drawing.description


def test_names_are_escaped():
    drawing = draw_dots(dots(own=Own(name="<St Anne & co>", value=0.05)))

    assert "<St Anne" not in drawing.svg
    assert "&lt;St Anne &amp; co&gt; 5.0%" in drawing.svg


@pytest.mark.parametrize("seed", range(20))
def test_labels_lie_on_no_dot(seed):
    dice = random.Random(seed)  # noqa: S311 - a picture, not a secret
    drawing = draw_dots(
        dots(
            form=RATIO,
            peers=tuple(dice.gauss(1, 0.2) for _ in range(36)),
            own=Own(name="Northgate", value=dice.gauss(1, 0.2)),
            collaborative=1.0,
            benchmark=0.75,
        )
    )
    root = ET.fromstring(drawing.svg)  # noqa: S314 - our own text
    labels = [text for text in root.iter("text") if text.get("class")]
    assert len(labels) == 3
    assert [_covered(label, root) for label in labels] == [0, 0, 0]


def _covered(label, root):
    width = 6.0 * len(label.text)
    at = 6.2 * float(label.get("x").rstrip("%")) + float(label.get("dx", 0))
    left, right = (at - width, at) if label.get("text-anchor") == "end" else (at, at + width)
    top, bottom = float(label.get("y")) - 9, float(label.get("y")) + 2
    circles = [(6.2 * float(c.get("cx").rstrip("%")), float(c.get("cy"))) for c in root.iter("circle")]
    return sum(left < x < right and top < y < bottom for x, y in circles)


def test_dots_of_nothing_are_refused():
    with pytest.raises(ValueError, match="at least one value"):
        draw_dots(dots(peers=(), own=None, collaborative=None, benchmark=None))


def test_key_must_do_as_an_id():
    with pytest.raises(ValueError, match="lower-case letters, digits and hyphens"):
        draw_dots(dots(key="SSI dots"))
