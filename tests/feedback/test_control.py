"""The control chart that is kept with a release: kind of chart, baseline, limits, signals.

The methods themselves are tested against published values in tests/riskstats/test_spc.py.
"""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from feedback.selectors.slices import Slice
from feedback.services.numbers.control import Period, by_quarter, control_chart
from feedback.services.numbers.over_time import months_of
from feedback.services.numbers.values import Anew, Risks
from riskstats.spc import anhoej, p_chart, p_prime_chart, xmr_chart
from tests.worlds.slices import slice_of


def months(counts: list[tuple[int, int]], *, expected: float | None = None, first: int = 2023 * 12) -> list[Period]:
    return [
        Period(f"{(first + at) // 12}-{(first + at) % 12 + 1:02}", cases, met, expected)
        for at, (cases, met) in enumerate(counts)
    ]


def noisy(count: int, *, cases: int = 50, rate: float = 0.1, seed: int = 7) -> list[tuple[int, int]]:
    return [(cases, met) for met in np.random.default_rng(seed).binomial(cases, rate, count).tolist()]


def test_short_series_is_a_run_chart_without_limits():
    chart = control_chart(months(noisy(9)), adjusted=False)

    assert (chart["chart"], chart["baseline"], chart["unit"]) == ("run", {}, "month")
    assert {point["low"] for point in chart["points"]} == {None}


def test_limits_are_those_of_a_p_chart():
    counts = noisy(15)
    chart = control_chart(months(counts), adjusted=False)
    lines = p_chart([met for _, met in counts], [cases for cases, _ in counts])

    assert chart["chart"] == "p"
    assert chart["centre"] == pytest.approx(lines.cl[0])
    assert [point["high"] for point in chart["points"]] == pytest.approx(lines.ucl.tolist())


def test_twelve_points_are_provisional_and_twenty_four_are_frozen():
    few, many = (control_chart(months(noisy(count)), adjusted=False)["baseline"] for count in (12, 30))

    assert (few["count"], few["frozen"]) == (12, False)
    assert (many["count"], many["frozen"], many["first"], many["last"]) == (24, True, "2023-01", "2024-12")


def test_many_cases_have_the_limits_of_laney():
    counts = noisy(20, cases=5000)
    chart = control_chart(months(counts), adjusted=False)
    lines = p_prime_chart([met for _, met in counts], [cases for cases, _ in counts])

    assert chart["chart"] == "p_prime"
    assert [point["high"] for point in chart["points"]] == pytest.approx(lines.ucl.tolist())


def test_few_cases_a_month_are_added_up_to_quarters():
    chart = control_chart(months(noisy(36, cases=4)), adjusted=False)

    assert (chart["unit"], len(chart["points"]), chart["points"][0]["period"]) == ("quarter", 12, "2023-Q1")
    assert sum(point["denominator"] for point in chart["points"]) == 36 * 4


def test_later_release_keeps_the_limits_that_an_earlier_one_froze():
    counts = noisy(40)
    earlier = control_chart(months(counts[:28]), adjusted=False)
    # A year later the first twelve months have left the window, and the rate has doubled.
    later = months([*counts[12:28], *noisy(12, rate=0.3)], first=2024 * 12)
    chart = control_chart(later, adjusted=False, before=earlier)

    assert chart["centre"] == pytest.approx(earlier["centre"])
    assert chart["baseline"]["points"] == earlier["baseline"]["points"]
    assert [point["signal"] for point in chart["points"][-12:]].count("outside") >= 6


def test_provisional_limits_are_not_carried_on():
    counts = noisy(20)
    earlier = control_chart(months(counts[:13]), adjusted=False)
    chart = control_chart(months(counts), adjusted=False, before=earlier)

    assert chart["baseline"]["count"] == 20
    assert chart["centre"] == pytest.approx(control_chart(months(counts), adjusted=False)["centre"])


def test_point_outside_and_run_on_one_side_are_signals():
    counts = [*noisy(24), (50, 25), *[(50, 9)] * 10]
    chart = control_chart(months(counts), adjusted=False)
    values = [met / cases for cases, met in counts]
    runs = anhoej(values, chart["centre"]).run.tolist()

    assert chart["points"][24]["signal"] == "outside"
    assert [point["signal"] for point in chart["points"][25:]] == ["shift" if run else "" for run in runs[25:]]
    assert runs[-1]


def test_risk_adjusted_months_are_an_xmr_chart_of_observed_over_expected():
    counts = noisy(14)
    chart = control_chart(months(counts, expected=4.5), adjusted=True)
    lines = xmr_chart([met / 4.5 for _, met in counts])

    assert chart["chart"] == "xmr"
    assert [point["value"] for point in chart["points"]] == pytest.approx([met / 4.5 for _, met in counts])
    assert chart["points"][0]["high"] == pytest.approx(lines.ucl[0])
    assert chart["points"][0]["low"] >= 0


def test_too_few_expected_events_fall_back_to_the_plain_rate():
    assert control_chart(months(noisy(14), expected=0.3), adjusted=True)["chart"] == "p"


def test_months_without_cases_are_gaps():
    chart = control_chart(months([*noisy(7), (0, 0), *noisy(7)]), adjusted=False)

    assert chart["points"][7]["value"] is None
    assert all(math.isfinite(point["value"]) for at, point in enumerate(chart["points"]) if at != 7)


def test_no_case_at_all_has_no_chart():
    assert control_chart(months([(0, 0)] * 12), adjusted=False) == {}


def test_quarters_add_expected_events_where_every_month_has_them():
    quarters = by_quarter([*months([(1, 0)] * 2), *months([(1, 1)], expected=0.5, first=2023 * 12 + 2)])

    assert quarters == [Period("2023-Q1", 3, 1, None)]


def test_months_hold_history_and_window_in_order():
    days = [date(2026, 1, 5), date(2026, 1, 9), date(2026, 3, 1)]
    columns: Slice = slice_of("mnm", days, history=((2025 * 12 + 10, 2, 8),))
    risks = Risks(np.array([0.1, 0.2, 0.4]), None)

    found = months_of(columns, date(2026, 1, 1), date(2026, 3, 31), risks)

    assert found == [
        Period("2025-11", 10, 2, None),
        Period("2025-12", 0, 0, None),
        Period("2026-01", 2, 1, pytest.approx(0.3)),
        Period("2026-02", 0, 0, 0.0),
        Period("2026-03", 1, 1, 0.4),
    ]


def anew(month: date, reason: str = "new closing tray") -> Anew:
    return Anew(month=month, reason=reason, who="Chloe Champion", set_on=date(2025, 6, 1))


def test_new_baseline_has_limits_of_its_own_and_leaves_the_old_ones():
    counts = [*noisy(24), *noisy(12, rate=0.3, seed=8)]
    plain = control_chart(months(counts), adjusted=False)
    chart = control_chart(months(counts), adjusted=False, anew=[anew(date(2025, 1, 1))])
    lines = p_chart([met for _, met in counts[24:]], [50] * 12)
    old, new = chart["phases"]

    assert chart["points"][:24] == plain["points"][:24]
    assert (old["centre"], new["centre"]) == (pytest.approx(plain["centre"]), pytest.approx(lines.cl[0]))
    assert [point["high"] for point in chart["points"][24:]] == pytest.approx(lines.ucl.tolist())
    assert (new["reason"], new["who"], new["set_on"]) == ("new closing tray", "Chloe Champion", "2025-06-01")
    assert (new["baseline"]["count"], new["baseline"]["frozen"]) == (12, False)
    assert not [point["signal"] for point in chart["points"][24:] if point["signal"]]


def test_new_baseline_of_few_points_has_a_line_and_no_limits_yet():
    counts = [*noisy(24), *noisy(9, rate=0.3)]
    chart = control_chart(months(counts), adjusted=False, anew=[anew(date(2025, 1, 1))])

    assert chart["phases"][1]["baseline"] == {}
    assert {point["high"] for point in chart["points"][24:]} == {None}
    assert chart["points"][0]["high"] is not None
    assert chart["centre"] == pytest.approx(np.median([met / 50 for _, met in counts[24:]]))


def test_later_release_keeps_the_limits_of_every_phase():
    counts = [*noisy(24), *noisy(26, rate=0.3, seed=8)]
    began = [anew(date(2025, 1, 1))]
    earlier = control_chart(months(counts), adjusted=False, anew=began)
    later = [*counts[30:], *noisy(12, rate=0.02)]
    chart = control_chart(months(later, first=2025 * 12 + 6), adjusted=False, before=earlier, anew=began)

    assert [phase["centre"] for phase in chart["phases"]] == [phase["centre"] for phase in earlier["phases"]]
    assert [(point["period"], point["value"], point["high"]) for point in chart["points"][:50]] == [
        (point["period"], point["value"], point["high"]) for point in earlier["points"]
    ]
    assert "outside" in {point["signal"] for point in chart["points"][50:]}


def test_baseline_that_was_taken_back_is_one_again():
    counts = [*noisy(24), *noisy(26, rate=0.3, seed=8)]
    earlier = control_chart(months(counts), adjusted=False, anew=[anew(date(2025, 1, 1))])
    plain = control_chart(months(counts), adjusted=False)

    assert control_chart(months(counts), adjusted=False, before=earlier)["points"] == plain["points"]


def test_newest_month_that_is_not_complete_is_drawn_and_not_judged():
    counts = noisy(20)
    whole = months(counts)
    open_month = Period("2024-09", 12, 12, None, unknown=3)
    chart = control_chart([*whole, open_month], adjusted=False)
    newest = chart["points"][-1]

    assert (newest["value"], newest["aside"], newest["complete"], newest["signal"]) == (1.0, "incomplete", 0.8, "")
    assert chart["centre"] == pytest.approx(control_chart(whole, adjusted=False)["centre"])
    assert chart["baseline"]["last"] == "2024-08"


@pytest.mark.parametrize("unknown", [0, 5])
def test_newest_month_of_nineteen_in_twenty_is_complete(unknown):
    chart = control_chart([*months(noisy(20)), Period("2024-09", 95, 9, None, unknown)], adjusted=False)

    assert "aside" not in chart["points"][-1]


def test_quarter_that_ends_after_the_window_is_not_judged():
    chart = control_chart(months(noisy(37, cases=4)), adjusted=False)

    assert (chart["points"][-1]["period"], chart["points"][-1]["aside"]) == ("2026-Q1", "incomplete")
    assert chart["points"][-1]["over"] is False


def test_observed_over_expected_goes_on_from_release_to_release():
    counts = noisy(36)
    first = control_chart(months(counts[:14], expected=4.5), adjusted=True)
    second = months(counts[14:26], expected=5.0, first=2024 * 12 + 2)
    # The history of the second release has no expected events: its cases are not read again.
    history = months(counts[2:14], first=2023 * 12 + 2)
    chart = control_chart([*history, *second], adjusted=True, before=first)
    third = control_chart(months(counts[26:36], expected=5.0, first=2025 * 12 + 2), adjusted=True, before=chart)

    assert [point["value"] for point in chart["points"]] == pytest.approx(
        [met / 4.5 for _, met in counts[:14]] + [met / 5.0 for _, met in counts[14:26]]
    )
    assert (chart["baseline"]["count"], chart["baseline"]["frozen"]) == (24, True)
    assert len(third["points"]) == 36
    assert third["centre"] == chart["centre"]


def test_points_that_cannot_be_told_make_the_newest_month_open():
    days = [date(2026, 1, 5), date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
    columns = replace(slice_of("mncc", days), open=4)

    found = months_of(columns, date(2026, 1, 1), date(2026, 3, 31))

    assert [month.unknown for month in found] == [0, 0, 6]
    assert found[-1].complete == pytest.approx(1 / 7)
