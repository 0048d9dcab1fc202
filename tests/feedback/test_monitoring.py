"""Cases one by one: the sums against those of riskstats, the limit against its own run length, thinning, words."""

import numpy as np
import pytest

from feedback.services.numbers.monitoring import MOST_POINTS, MonitoredCases, Watch, limit_of, monitored
from riskstats.cusum import arl, cusum, limit_for_arl, llr, vlad


WATCH = Watch(higher_is_better=False, cases_a_year=200, source="by the rate of all hospitals in release 2026-1")


def cases(count: int, *, doubled: bool = False, seed: int = 3) -> MonitoredCases:
    rng = np.random.default_rng(seed)
    risks = rng.beta(2, 30, count)
    odds = risks / (1 - risks) * (3 if doubled else 1)
    return MonitoredCases(
        np.sort(rng.integers(20_000, 20_365, count)).astype(np.int32), risks, rng.random(count) < odds / (1 + odds)
    )


def test_sums_are_those_of_the_method():
    given = cases(120)
    kept = monitored(given, WATCH)
    events = given.events.astype(float)

    assert [point["gained"] for point in kept["points"]] == pytest.approx(vlad(events, given.risks).tolist(), abs=1e-4)
    assert [point["worse"] for point in kept["points"]] == pytest.approx(
        cusum(llr(events, given.risks, 2.0), kept["limits"]["worse"]).s.tolist(), abs=1e-4
    )
    assert [point["better"] for point in kept["points"]] == pytest.approx(
        cusum(llr(events, given.risks, 0.5), kept["limits"]["better"]).s.tolist(), abs=1e-4
    )
    assert (kept["observed"], kept["cases"]) == (int(events.sum()), 120)


@pytest.mark.parametrize("ratio", [2.0, 0.5])
@pytest.mark.parametrize("wanted", [1000.0, 4000.0])
def test_limit_gives_the_wanted_run_length(ratio, wanted):
    risks = cases(400).risks

    limit = limit_of(risks, ratio, wanted)

    assert arl(risks, None, limit, ratio) == pytest.approx(wanted, rel=0.03)
    assert limit == pytest.approx(limit_for_arl(risks, None, ratio, wanted), rel=0.02)


def test_run_length_is_ten_years_of_cases_but_never_below_a_thousand():
    small, large = (
        monitored(cases(50), Watch(higher_is_better=False, cases_a_year=year, source=""))["run_length"]
        for year in (40, 900)
    )

    assert (small, large) == (1000, 9000)


def test_worsening_signals_and_says_when():
    given = cases(900, doubled=True)
    kept = monitored(given, WATCH)
    path = cusum(llr(given.events.astype(float), given.risks, 2.0), kept["limits"]["worse"])
    first = next(each for each in kept["signals"] if each["kind"] == "worse")

    assert first["case"] == int(np.flatnonzero(path.signal)[0]) + 1
    assert first["day"] == str(np.datetime64(int(given.days[first["case"] - 1]), "D"))


def test_thinned_line_keeps_its_ends_and_every_signal():
    kept = monitored(cases(3000, doubled=True), WATCH)
    shown = {point["case"] for point in kept["points"]}

    assert {1, 3000} | {each["case"] for each in kept["signals"]} <= shown
    assert len(shown) <= MOST_POINTS + 2 * len(kept["signals"])


def test_where_events_are_wanted_upwards_is_still_good():
    given = cases(60)
    wanted = monitored(given, Watch(higher_is_better=True, cases_a_year=200, source=""))
    unwanted = monitored(given, WATCH)

    assert [point["gained"] for point in wanted["points"]] == [-point["gained"] for point in unwanted["points"]]
    assert wanted["limits"]["worse"] == unwanted["limits"]["better"]


def test_order_is_that_of_the_days_whatever_order_cases_come_in():
    given = cases(80)
    order = np.random.default_rng(1).permutation(80)
    days = np.arange(80, dtype=np.int32)
    sorted_ = MonitoredCases(days, given.risks, given.events)
    mixed = MonitoredCases(days[order], given.risks[order], given.events[order])

    assert monitored(mixed, WATCH) == monitored(sorted_, WATCH)


def test_four_cases_are_too_few_to_draw():
    assert monitored(cases(4), WATCH) == {
        "reason": "There are 4 cases since the risks were frozen; the chart begins at 5."
    }
