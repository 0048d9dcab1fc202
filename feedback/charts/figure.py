"""Figures for plotly.js: exactly the points of the drawing, and nothing that could tell more.

Keys are built here one by one, from values that the drawing shows too. There is no `customdata`, no `ids`, no name and no
hover text of a point (SECURITY BA-07); colours come from the page's stylesheet.
"""

from collections.abc import Mapping, Sequence

from feedback.charts.scale import ValueFormat


Json = str | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
Figure = dict[str, Json]
DIGITS = 4
TRACE_KEYS = frozenset({"x", "y", "type", "mode", "marker"})
MARKER_KEYS = frozenset({"symbol", "size"})
LAYOUT_KEYS = frozenset({"xaxis", "yaxis", "shapes", "annotations"})


def marks_of(
    x: Sequence[float | str],
    y: Sequence[float | None],
    *,
    symbol: str | Sequence[str],
    size: int,
    joined: bool = False,
) -> Figure:
    """Marks, joined by a line or not."""
    mode = "lines+markers" if joined else "markers"
    return {"x": list(x), "y": _told(y), "type": "scatter", "mode": mode, "marker": {"symbol": symbol, "size": size}}


def line_of(x: Sequence[float | str], y: Sequence[float | None]) -> Figure:
    return {"x": list(x), "y": _told(y), "type": "scatter", "mode": "lines"}


def _told(values: Sequence[float | None]) -> list[float | None]:
    """No more digits than anybody could read off the drawing."""
    return [None if value is None else round(value, DIGITS) for value in values]


def level(value: float, name: str) -> tuple[Figure, Figure]:
    """A line across the plot with its words at the right end."""
    shape: Figure = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value}
    words: Figure = {"xref": "paper", "x": 1, "xanchor": "right", "y": value, "yanchor": "bottom", "text": name}
    return shape, {**words, "showarrow": False}


def figure(
    traces: Sequence[Figure], levels: Sequence[tuple[float, str]], form: ValueFormat, *, ordered: bool
) -> Figure:
    """Traces with their levels; `ordered` leaves the places across without words, since they only say the order."""
    drawn = [level(value, name) for value, name in levels]
    return {
        "data": list(traces),
        "layout": {
            "xaxis": {"showticklabels": not ordered, "type": "linear" if ordered else "category"},
            "yaxis": {"tickformat": _tick_format(form), "ticksuffix": "" if form.factor != 1.0 else form.suffix},
            "shapes": [shape for shape, _ in drawn],
            "annotations": [words for _, words in drawn],
        },
    }


def _tick_format(form: ValueFormat) -> str:
    """d3's format of a value as the drawing writes it."""
    return f".{form.decimals}%" if form.factor != 1.0 else f".{form.decimals}f"
