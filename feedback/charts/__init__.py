"""Charts drawn on the server from plain values: numbers in, an SVG with its words and its table out.

Peers are values only. Nothing here knows a hospital, a case or a row.
"""

from feedback.charts.calibration import Calibration, CalibrationGroup, draw_calibration
from feedback.charts.caterpillar import Bar, Caterpillar, draw_caterpillar
from feedback.charts.cumulative import Cumulative, Step, draw_cusum, draw_vlad
from feedback.charts.dots import Dots, Own, draw_dots
from feedback.charts.drawing import Drawing, Table
from feedback.charts.funnel import Funnel, FunnelCurve, FunnelPoint, draw_funnel
from feedback.charts.icons import Icons, draw_icons
from feedback.charts.scale import DAYS, PERCENT, RATIO, ValueFormat
from feedback.charts.sparkline import Sparkline, draw_sparkline
from feedback.charts.strip import Strip, draw_strip
from feedback.charts.svg import Svg
from feedback.charts.trend import Baseline, Change, Note, Phase, Signal, Trend, TrendPoint, draw_trend


__all__ = [
    "DAYS",
    "PERCENT",
    "RATIO",
    "Bar",
    "Baseline",
    "Calibration",
    "CalibrationGroup",
    "Caterpillar",
    "Change",
    "Cumulative",
    "Dots",
    "Drawing",
    "Funnel",
    "FunnelCurve",
    "FunnelPoint",
    "Icons",
    "Note",
    "Own",
    "Phase",
    "Signal",
    "Sparkline",
    "Step",
    "Strip",
    "Svg",
    "Table",
    "Trend",
    "TrendPoint",
    "ValueFormat",
    "draw_calibration",
    "draw_caterpillar",
    "draw_cusum",
    "draw_dots",
    "draw_funnel",
    "draw_icons",
    "draw_sparkline",
    "draw_strip",
    "draw_trend",
    "draw_vlad",
]
