"""Rare outcomes event by event: stretches between events, limits of the g and the t chart, what is carried on.

The methods themselves are tested against R in tests/riskstats/test_spc.py.
"""

from datetime import date

import numpy as np
import pytest

from feedback.selectors.over_time import period_label, place_of, reading_of
from feedback.selectors.slices import Sequenced
from feedback.services.numbers.monitoring import EPOCH
from feedback.services.numbers.rare import Watched, rare_chart, sequenced
from feedback.services.numbers.values import Anew
from riskstats.spc import anhoej, g_chart, t_chart


NONE = Sequenced((), (), 0)


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


def events(gaps: list[int], *, since: int = 5, first: str = "2023-01-10") -> Sequenced:
    """One case a day; `gaps` cases without the event lie before each."""
    days = np.cumsum([gap + 1 for gap in gaps]) + day(first)
    return Sequenced(days.tolist(), gaps, since)


def chart_of(given: Sequenced, kind: str = "g", **more: object) -> dict:
    last = EPOCH.fromordinal(EPOCH.toordinal() + (given.days[-1] if given.days else day("2023-01-10")) + given.since)
    return rare_chart(Watched(kind=kind, events=given, last_day=last), **more)


def stretches(count: int, *, mean: float = 40, seed: int = 5) -> list[int]:
    return (np.random.default_rng(seed).geometric(1 / mean, count) - 1).tolist()


def test_cases_are_counted_between_events_in_the_order_of_their_days():
    days = np.array([day("2026-03-02"), day("2026-03-01"), day("2026-03-05"), day("2026-03-09")], dtype=np.int32)
    found = sequenced(days, np.array([True, False, False, True]), NONE)

    assert (found.days, found.between, found.since) == ([day("2026-03-02"), day("2026-03-09")], [1, 1], 0)


def test_a_window_goes_on_from_the_events_before_it():
    before = Sequenced([day("2025-12-01")], [30], 7)
    days = np.array([day("2026-01-03"), day("2026-01-04"), day("2026-01-08")], dtype=np.int32)

    found = sequenced(days, np.array([False, True, False]), before)

    assert (found.days, found.between, found.since) == ([day("2025-12-01"), day("2026-01-04")], [30, 8], 1)


def test_a_window_without_an_event_makes_the_stretch_longer():
    before = Sequenced([day("2025-12-01")], [30], 7)
    found = sequenced(np.array([day("2026-01-03")], dtype=np.int32), np.array([False]), before)

    assert (found.days, found.between, found.since) == ([day("2025-12-01")], [30], 8)


def test_limits_are_those_of_a_g_chart_without_the_first_stretch_and_the_open_one():
    gaps = stretches(20)
    chart = chart_of(events(gaps))
    lines = g_chart(gaps[1:])

    assert (chart["chart"], chart["unit"], chart["centre"]) == ("g", "event", pytest.approx(lines.cl[0]))
    assert [point["value"] for point in chart["points"][:-1]] == gaps[1:]
    assert [point["high"] for point in chart["points"][:-1]] == pytest.approx(lines.ucl.tolist())
    assert (chart["points"][-1]["aside"], chart["points"][-1]["value"]) == ("so_far", 5)


def test_limits_are_those_of_a_t_chart():
    gaps = stretches(20)
    chart = chart_of(events(gaps), "t")
    lines = t_chart([gap + 1 for gap in gaps[1:]])

    assert chart["centre"] == pytest.approx(lines.cl[0])
    assert [point["low"] for point in chart["points"][:-1]] == pytest.approx(lines.lcl.tolist())


def test_few_stretches_have_a_line_and_no_limits():
    chart = chart_of(events(stretches(9)))

    assert chart["chart"] == "g"
    assert {point["high"] for point in chart["points"]} == {None}
    assert chart_of(events(stretches(4))) == chart_of(NONE) == {}


def test_stretch_that_is_not_over_is_a_signal_when_it_is_too_long_already():
    quiet, long = (chart_of(events(stretches(20), since=since)) for since in (3, 900))

    assert (quiet["points"][-1]["signal"], long["points"][-1]["signal"]) == ("", "outside")
    assert long["centre"] == quiet["centre"]
    assert any("longer than the limit" in sentence for sentence in reading_of(long))


def test_more_events_are_a_run_below_the_line():
    gaps = [*stretches(24, mean=60), *[4, 5] * 6]
    chart = chart_of(events(gaps))
    runs = anhoej([float(gap) for gap in gaps[1:]], chart["centre"]).run

    assert runs[-1]
    assert [point["signal"] for point in chart["points"][-13:-1]] == ["shift"] * 12


def test_later_release_goes_on_with_frozen_limits_and_points():
    gaps = stretches(40)
    earlier = chart_of(events(gaps[:30]))
    whole = events(gaps)
    later = Sequenced(whole.days[15:], whole.between[15:], 5)  # three years on, the first are out of sight
    chart = chart_of(later, before=earlier)

    assert chart["centre"] == earlier["centre"]
    assert [point["value"] for point in chart["points"][:-1]] == gaps[1:]
    assert chart["baseline"]["frozen"]


def test_baseline_begins_anew_with_the_first_event_of_the_month():
    given = events(stretches(40))
    month = EPOCH.fromordinal(EPOCH.toordinal() + given.days[25]).replace(day=1)
    chart = chart_of(given, anew=[Anew(month=month, reason="line bundle", who="Chloe", set_on=date(2026, 2, 1))])

    assert chart["phases"][1]["first"] == next(
        point["period"] for point in chart["points"] if point["period"] >= f"{month}"
    )


def test_events_of_one_day_are_told_apart():
    given = Sequenced([day("2026-01-05")] * 3 + [day("2026-02-01")] * 3, [9, 0, 0, 20, 0, 4], 2)
    names = [point["period"] for point in chart_of(given)["points"]]

    assert names == ["2026-01-05.1", "2026-01-05.2", "2026-02-01", "2026-02-01.1", "2026-02-01.2", "2026-02-03~"]
    assert [period_label(name) for name in names[-2:]] == ["1 Feb 2026", "so far"]
    assert place_of(date(2026, 1, 1), names) == 0
    assert place_of(date(2026, 2, 1), names) == 2
