from dataclasses import replace

import pytest

from feedback.charts import PERCENT, Baseline, Change, Note, Phase, Trend, TrendPoint, draw_trend


POINTS = tuple(
    TrendPoint(label=f"Month {n}", value=value, detail=f"{n} of 20", low=0.0, high=0.2, band_low=0.05, band_high=0.08)
    for n, value in enumerate((0.06, 0.05, 0.25, None, 0.04, 0.04), start=1)
)
TREND = Trend(
    key="ssi-trend",
    title="Northgate over time",
    value_name="Infection rate",
    form=PERCENT,
    points=POINTS,
    centre=0.065,
    target=0.06,
)


def marked(**signals):
    points = tuple(replace(point, signal=signals.get(f"m{n}", "")) for n, point in enumerate(POINTS, start=1))
    return replace(TREND, points=points)


def test_line_breaks_where_there_were_no_cases():
    assert draw_trend(TREND).svg.count('class="own-line"') == 2


def test_trend_without_special_cause_says_so():
    assert draw_trend(TREND).description == (
        "Infection rate from 6.0% in Month 1 to 4.0% in Month 6. The average is 6.5%. "
        "No special cause: the values vary as chance would have it."
    )


def test_special_causes_differ_by_shape_and_are_named():
    drawing = draw_trend(marked(m3="outside", m5="shift", m6="shift"))

    assert (drawing.svg.count("<path"), drawing.svg.count("<circle")) == (3, 2)
    assert (
        "Special causes: Month 3 (outside the limits), Month 5 to Month 6 (run on one side of the average)."
        in drawing.description
    )
    assert drawing.caption == (
        "dashed: limits of common-cause variation; shaded: middle half of hospitals; "
        "■ outside the limits; ▲ part of a pattern that chance rarely makes"
    )


def test_change_of_definition_is_drawn_and_named():
    drawing = draw_trend(replace(TREND, changes=(Change(1, "definition v2"), Change(4, "definition v3"))))

    assert drawing.svg.count('<line class="change"') == 2
    assert drawing.description.endswith("From Month 2: definition v2. From Month 5: definition v3.")


def test_table_has_a_row_for_every_period():
    table = draw_trend(marked(m3="outside")).table

    assert table.headers == ("Period", "Infection rate", "Cases", "Limits", "Special cause")
    assert table.rows[2:4] == (
        ("Month 3", "25.0%", "3 of 20", "0.0% to 20.0%", "outside the limits"),
        ("Month 4", "no cases", "4 of 20", "0.0% to 20.0%", ""),
    )


def test_names_of_near_levels_lie_apart():
    svg = draw_trend(TREND).svg
    heights = [float(part.split('"')[0]) for part in svg.split('x="100%" y="')[1:]]

    assert heights[0] - heights[1] >= 15


@pytest.mark.parametrize(("periods", "labels"), [(6, 6), (24, 8), (60, 8)])
def test_no_more_labels_than_fit(periods, labels):
    points = tuple(TrendPoint(label=f"P{n}", value=0.05) for n in range(periods))

    assert draw_trend(replace(TREND, points=points)).svg.count(">P") == labels


def test_plain_trend_has_no_caption():
    points = tuple(TrendPoint(label=f"P{n}", value=0.05) for n in range(3))
    drawing = draw_trend(replace(TREND, points=points, centre=None, target=None))

    assert drawing.caption == ""
    assert drawing.description == "Infection rate from 5.0% in P0 to 5.0% in P2."


def test_trend_without_any_value_says_so():
    points = tuple(TrendPoint(label=f"P{n}", value=None) for n in range(3))

    assert draw_trend(replace(TREND, points=points)).description == "Infection rate: no values yet."


def test_notes_are_numbered_flags_with_their_words_below_and_in_the_table():
    drawing = draw_trend(
        replace(
            TREND, notes=(Note(1, "new order set", "your hospital"), Note(4, "bundle agreed", "coordinating centre"))
        )
    )

    assert drawing.svg.count('<circle class="note"') == 2
    assert drawing.caption.endswith(
        "1 Month 2: new order set (your hospital); 2 Month 5: bundle agreed (coordinating centre)"
    )
    assert drawing.table.headers[-1] == "What changed"
    assert [row[-1] for row in drawing.table.rows] == [
        "",
        "new order set (your hospital)",
        "",
        "",
        "bundle agreed (coordinating centre)",
        "",
    ]


def test_baseline_is_drawn_and_named():
    drawing = draw_trend(
        replace(TREND, baseline=Baseline(0, 3, "baseline, provisional"), reading=("Limits rest on 4.",))
    )

    assert "baseline, provisional</text>" in drawing.svg
    assert drawing.description.endswith("Limits rest on 4.")


def test_point_that_is_not_complete_is_hollow_off_the_line_and_named():
    points = (*POINTS[:-1], replace(POINTS[-1], value=0.9, aside="incomplete"))
    drawing = draw_trend(replace(TREND, points=points))

    assert drawing.svg.count('class="aside"') == 1
    assert drawing.svg.count('class="aside-line"') == 1
    assert "○ not complete or not over: drawn, not judged" in drawing.caption
    assert drawing.table.rows[-1][4] == "not complete, not judged"
    assert "in Month 5." in drawing.description
    assert drawing.figure["data"][-1]["marker"]["symbol"][-1] == "circle-open"


def test_stretch_that_is_too_long_already_is_a_signal_although_it_is_not_over():
    points = (*POINTS[:-1], replace(POINTS[-1], value=0.9, aside="so_far", signal="outside"))
    drawing = draw_trend(replace(TREND, points=points))

    assert 'class="aside"' not in drawing.svg
    assert "Month 6 (outside the limits)" in drawing.description


def test_phases_have_lines_of_their_own_and_the_old_one_stays():
    phases = (Phase(0, 2, 0.2, Baseline(0, 1)), Phase(3, 5, 0.05, Baseline(4, 5, "new")))
    drawing = draw_trend(replace(TREND, centre=0.05, target=None, phases=phases, changes=(Change(3, "new baseline"),)))

    assert drawing.svg.count('<line class="mean"') == 2
    assert drawing.svg.count('<line class="baseline"') == 2
    assert "From Month 4: new baseline." in drawing.description
    assert "average 5.0%" in drawing.svg
