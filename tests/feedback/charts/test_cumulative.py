"""Sums case by case: signals by shape and words, a path that falls after a signal, a table with the same numbers."""

from dataclasses import replace

from feedback.charts import Cumulative, Step, draw_cusum, draw_vlad


STEPS = (
    Step(case=1, label="1 May 2026", gained=0.1, worse=0.0, better=0.05),
    Step(case=2, label="2 May 2026", gained=-0.8, worse=1.5, better=0.0),
    Step(case=3, label="3 May 2026", gained=-1.7, worse=3.1, better=0.0, signal="worse than before"),
    Step(case=4, label="9 May 2026", gained=-1.6, worse=0.0, better=0.06),
)
CHART = Cumulative(
    key="cumulative",
    title="Your cases one by one",
    gained="fewer infections than expected",
    steps=STEPS,
    worse_limit=3.0,
    better_limit=2.8,
)


def test_signal_is_a_square_and_a_sentence():
    drawing = draw_cusum(CHART)

    assert drawing.description == "Signal on 3 May 2026 after 3 cases: worse than before."
    assert drawing.svg.count('<path d="M-5-5H5V5H-5z"/>') == 1


def test_without_signal_the_chart_says_so():
    calm = replace(CHART, steps=STEPS[:2])

    assert draw_cusum(calm).description == (
        "No signal in 2 cases: the sums stay below their limits, 3.00 for worse and 2.80 for better."
    )
    assert "<path" not in draw_cusum(calm).svg


def test_sum_begins_again_after_a_signal():
    path = draw_cusum(CHART).svg.split('class="own-line" points="')[1].split('"')[0].split()
    places = [tuple(float(part) for part in place.split(",")) for place in path]

    assert len(places) == 1 + len(STEPS) + 1
    assert places[3][0] == places[4][0] == 750.0
    assert places[4][1] == places[0][1]


def test_display_of_lives_says_what_it_comes_to():
    drawing = draw_vlad(CHART)

    assert drawing.description == "After 4 cases, on 9 May 2026: 1.6 more infections than expected."
    assert "1.6 more infections</text>" in drawing.svg


def test_each_chart_has_its_own_numbers_as_a_table():
    lives, evidence = draw_vlad(CHART).table, draw_cusum(CHART).table

    assert lives.headers == ("Case", "Day", "Fewer infections than expected")
    assert lives.rows[2] == ("3", "3 May 2026", "-1.7")
    assert evidence.headers == ("Case", "Day", "CUSUM for worse", "CUSUM for better", "Signal")
    assert evidence.rows[2] == ("3", "3 May 2026", "3.10", "0.00", "worse than before")
