"""Charts that name hospitals or show models: for the coordinating centre."""

from dataclasses import replace

from feedback.charts import (
    Calibration,
    CalibrationGroup,
    Funnel,
    FunnelCurve,
    FunnelPoint,
    draw_calibration,
    draw_funnel,
)
from feedback.charts.scale import PERCENT


VOLUMES = (50.0, 200.0, 400.0, 600.0)
FUNNEL = Funnel(
    key="ssi-funnel",
    title="All hospitals by volume",
    value_name="Infection rate",
    volume_name="operations",
    form=PERCENT,
    target=0.062,
    points=(
        FunnelPoint("Alder Valley", 300, 0.06),
        FunnelPoint("Northgate", 287, 0.15, "high"),
        FunnelPoint("Westmoor", 550, 0.01, "low"),
    ),
    curves=(
        FunnelCurve(
            name="95%", kind="exact", volumes=VOLUMES, lower=(0, 0.02, 0.03, 0.04), upper=(0.2, 0.1, 0.09, 0.08)
        ),
        FunnelCurve(
            name="99.8%", kind="overdispersed", volumes=VOLUMES, lower=(0, 0, 0.01, 0.02), upper=(0.4, 0.2, 0.14, 0.12)
        ),
    ),
)
GROUPS = (
    CalibrationGroup(cases=1200, expected=0.02, observed=0.021, low=0.01, high=0.03),
    CalibrationGroup(cases=1200, expected=0.10, observed=0.14, low=0.12, high=0.16),
)


def test_funnel_says_who_is_beyond_the_limits():
    assert draw_funnel(FUNNEL).description == (
        "Infection rate of 3 hospitals by operations. The collaborative is at 6.2%. "
        "Above the limits: Northgate. Below the limits: Westmoor."
    )


def test_funnel_marks_and_names_hospitals_beyond_the_limits():
    svg = draw_funnel(FUNNEL).svg

    assert (svg.count("<circle"), svg.count('class="flagged"')) == (1, 2)
    assert svg.count('class="name"') == 2


def test_funnel_tells_its_two_kinds_of_limits_apart():
    drawing = draw_funnel(FUNNEL)

    assert (drawing.svg.count('"curve exact"'), drawing.svg.count('"curve overdispersed"')) == (2, 2)
    assert drawing.caption == (
        "thin lines: exact limits; dashed: limits widened for overdispersion; ▲ above, ▼ below the limits"
    )


def test_funnel_table_is_sorted_by_value():
    assert draw_funnel(FUNNEL).table.rows == (
        ("Northgate", "287", "15.0%", "above the limits"),
        ("Alder Valley", "300", "6.0%", "within the limits"),
        ("Westmoor", "550", "1.0%", "below the limits"),
    )


def test_funnel_leaves_out_names_that_would_lie_upon_others():
    crowd = tuple(FunnelPoint(f"Hospital number {n}", 300 + n, 0.15, "high") for n in range(20))
    drawing = draw_funnel(replace(FUNNEL, points=crowd))

    assert 1 <= drawing.svg.count('class="name"') < 20
    assert len(drawing.table.rows) == 20


def test_funnel_without_limits_has_no_caption():
    quiet = replace(FUNNEL, curves=(), points=FUNNEL.points[:1])

    assert draw_funnel(quiet).caption == ""


def test_calibration_counts_the_groups_whose_interval_holds_the_prediction():
    drawing = draw_calibration(Calibration(key="cal", title="Calibration", groups=GROUPS, outcome="infection"))

    assert drawing.description == (
        "Observed against expected infection rate in 2 groups of rising risk. "
        "Lowest group: expected 2.0%, observed 2.1%. Highest group: expected 10.0%, observed 14.0%. "
        "The interval holds the expected rate in 1 of 2 groups."
    )
    assert drawing.table.rows[1] == ("2", "1,200", "10.0%", "14.0%", "12.0% to 16.0%")


def test_calibration_can_be_drawn_without_intervals():
    groups = tuple(replace(group, low=None, high=None) for group in GROUPS)
    drawing = draw_calibration(Calibration(key="cal", title="Calibration", groups=groups))

    assert drawing.svg.count('class="interval"') == 0
    assert drawing.table.rows[0][-1] == ""
    assert "interval" not in drawing.description
