"""What plotly.js is given: the points of the drawing, the keys allowed, nothing packed (BA-07)."""

import base64
import json
import struct
from collections.abc import Iterator

import plotly.graph_objects as go
import pytest

from feedback.charts import PERCENT, Dots, Own, Trend, TrendPoint, draw_dots, draw_trend
from feedback.charts.figure import LAYOUT_KEYS, MARKER_KEYS, TRACE_KEYS


PEERS = (0.02, 0.03, 0.03, 0.041, 0.05, 0.06, 0.09)
DOTS = draw_dots(
    Dots(
        key="compare",
        title="Your hospital among 7 blinded peers",
        value_name="Rate",
        form=PERCENT,
        peers=PEERS,
        own=Own(name="Northgate", value=0.0437, low=0.02, high=0.08),
        collaborative=0.04,
        benchmark=0.02,
    )
)
TREND = draw_trend(
    Trend(
        key="trend",
        title="Your hospital by month",
        value_name="Rate",
        form=PERCENT,
        points=tuple(
            TrendPoint(label=f"M{at}", value=value, low=0.0, high=0.2, signal="outside" if value == 0.3 else "")
            for at, value in enumerate((0.1, None, 0.3, 0.123456))
        ),
        centre=0.11,
    )
)
ALLOWED = TRACE_KEYS | MARKER_KEYS | LAYOUT_KEYS | {"data", "layout"}
AXIS_KEYS = {"showticklabels", "type", "tickformat", "ticksuffix"}
LEVEL_KEYS = {"type", "xref", "x0", "x1", "y0", "y1", "x", "xanchor", "y", "yanchor", "text", "showarrow"}


def keys_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inside in value.values():
            yield from keys_of(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from keys_of(inside)


def numbers_of(values: object) -> list[float]:
    """A list of numbers, also where plotly packed it."""
    if isinstance(values, dict):
        data = base64.b64decode(values["bdata"])
        return [number for (number,) in struct.iter_unpack(f"<{values['dtype'][-1]}", data)]
    assert isinstance(values, list)
    return values


@pytest.mark.parametrize("drawing", [DOTS, TREND], ids=["dots", "trend"])
def test_figure_has_only_the_keys_allowed(drawing):
    assert set(keys_of(drawing.figure)) <= ALLOWED | AXIS_KEYS | LEVEL_KEYS
    assert {key for trace in drawing.figure["data"] for key in trace} <= TRACE_KEYS
    assert set(drawing.figure["layout"]) == LAYOUT_KEYS


@pytest.mark.parametrize("drawing", [DOTS, TREND], ids=["dots", "trend"])
def test_figure_is_one_of_plotly_and_packs_nothing(drawing):
    text = go.Figure(json.loads(json.dumps(drawing.figure))).to_json()

    assert "bdata" not in text
    assert "customdata" not in text


def test_peers_are_rounded_and_in_the_order_of_their_values():
    peers, own = DOTS.figure["data"]

    assert numbers_of(peers["y"]) == [0.02, 0.03, 0.03, 0.04, 0.05, 0.06, 0.09]
    assert len(peers["x"]) + len(own["x"]) == 8
    assert numbers_of(own["y"]) == [0.0437]
    assert peers["marker"] == {"symbol": "circle", "size": 9}


def test_trend_marks_signals_by_shape_and_leaves_gaps():
    low, high, own = TREND.figure["data"]

    assert own["y"] == [0.1, None, 0.3, 0.1235]
    assert own["marker"]["symbol"] == ["circle", "circle", "square", "circle"]
    assert (low["y"][0], high["y"][0]) == (0.0, 0.2)


def test_levels_are_named_in_words():
    assert [words["text"] for words in DOTS.figure["layout"]["annotations"]] == [
        "achievable benchmark 2.0%",
        "collaborative 4.0%",
    ] or [words["text"] for words in DOTS.figure["layout"]["annotations"]] == [
        "collaborative 4.0%",
        "achievable benchmark 2.0%",
    ]
