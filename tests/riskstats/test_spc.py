import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from riskstats import spc
from tests.riskstats.reference.tables import reference


R = reference("spc")
NAN = np.nan
# Montgomery, Introduction to Statistical Quality Control, Example 7.1: 30 samples of 50 cans, 347 nonconforming.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
# Example 7.3: nonconformities in 26 samples of 100 printed circuit boards.
BOARDS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]

CHARTS = {
    "xmr": spc.xmr_chart,
    "mr": spc.mr_chart,
    "run": spc.run_chart,
    "c": spc.c_chart,
    "g": spc.g_chart,
    "t": spc.t_chart,
    "p": lambda y, **options: spc.p_chart(y, np.full(len(y), 200), **options),
    "u": lambda y, **options: spc.u_chart(y, np.full(len(y), 200), **options),
    "p_prime": lambda y, **options: spc.p_prime_chart(y, np.full(len(y), 200), **options),
    "u_prime": lambda y, **options: spc.u_prime_chart(y, np.full(len(y), 200), **options),
    "i_prime": lambda y, **options: spc.i_prime_chart(y, np.full(len(y), 200), **options),
    "xbar": lambda y, **options: spc.xbar_chart(y, np.ones(len(y)), np.full(len(y), 5), **options),
    "s": lambda y, **options: spc.s_chart(y, np.full(len(y), 5), **options),
}
EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


# Degenerate cases first.
@EVERY_CHART
def test_one_point_is_a_chart_with_a_warning(chart):
    series = chart([5.0])

    assert len(series.cl) == 1
    assert not series.sigma_signal.any()
    assert "too few to judge by" in series.warnings[0]


@EVERY_CHART
def test_only_gaps_are_a_chart_without_lines(chart):
    series = chart([NAN, NAN])

    for line in (series.y, series.cl, series.lcl, series.ucl, series.lcl2, series.ucl2):
        assert np.isnan(line).all()
    assert not series.sigma_signal.any()


@EVERY_CHART
def test_equal_points_give_no_signal(chart):
    series = chart([7.0] * 25)

    assert not series.sigma_signal.any()
    assert series.warnings == ()


@EVERY_CHART
def test_gap_is_kept_and_not_used(chart):
    y = [5, 7, 6, 5, 8, 6, 7, 5, 6, 7, 8, 6]

    with_gap, excluded = chart([*y[:6], NAN, *y[6:]]), chart([*y[:6], 6, *y[6:]], exclude=[6])

    assert np.isnan(with_gap.y[6])
    assert not with_gap.sigma_signal[6]
    assert_allclose(with_gap.cl[0], excluded.cl[0])
    assert_allclose(with_gap.ucl[0], excluded.ucl[0])


@EVERY_CHART
def test_baseline_freezes_the_lines(chart):
    y = [5, 7, 6, 5, 8, 6, 7, 5, 6, 7, 8, 6]

    frozen, alone = chart([*y, 30, 40, 50], baseline=12), chart(y)

    for line in ("cl", "lcl", "ucl", "lcl2", "ucl2"):
        assert_allclose(getattr(frozen, line)[:12], getattr(alone, line))
        assert_allclose(getattr(frozen, line)[-1], getattr(alone, line)[-1])


@EVERY_CHART
def test_each_part_has_its_own_lines(chart):
    early, late = [5, 7, 6, 5, 8, 6, 7, 5], [15, 17, 14, 16, 15, 18]

    both = chart(early + late, parts=[8])

    for line in ("y", "cl", "lcl", "ucl", "lcl2", "ucl2"):
        assert_allclose(getattr(both, line)[:8], getattr(chart(early), line))
        assert_allclose(getattr(both, line)[8:], getattr(chart(late), line))
    assert both.warnings == (
        f"limits from point 0 rest on {7 if chart is CHARTS['mr'] else 8} points: too few to judge by",
        f"limits from point 8 rest on {5 if chart is CHARTS['mr'] else 6} points: too few to judge by",
    )


@EVERY_CHART
@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        ([], {}, "to hold at least one point, but got an empty array"),
        ([1, np.inf], {}, "to be finite, or NaN for a gap, but got inf"),
        ([[1, 2]], {}, r"to have one dimension, but got shape \(1, 2\)"),
        ([1, 2, 3], {"baseline": 1}, "expected baseline to be at least 2 points, but got 1"),
        ([1, 2, 3], {"exclude": [3]}, "expected exclude to hold positions from 0 to 2, but got 3"),
        ([1, 2, 3], {"parts": [0]}, r"expected parts to rise from 1 to 2, but got \[0\]"),
        ([1, 2, 3], {"parts": [2, 1]}, r"expected parts to rise from 1 to 2, but got \[2, 1\]"),
    ],
)
def test_nonsense_is_refused_in_words(chart, y, options, message):
    with pytest.raises(ValueError, match=message):
        chart(y, **options)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: spc.p_chart([1, 5], [2, 4]), "expected y to be at most n, but got 5 of 4 at position 1"),
        (lambda: spc.p_chart([1], [2, 4]), "same length, but got y 1, n 2"),
        (lambda: spc.u_chart([-1], [2]), "expected y to be at least 0, but got -1"),
        (lambda: spc.u_chart([1], [-2]), "expected n to be at least 0, but got -2"),
        (lambda: spc.c_chart([-1]), "expected y to be at least 0, but got -1"),
        (lambda: spc.g_chart([1], mean=0), "expected mean to lie strictly between 0 and inf, but got 0"),
        (lambda: spc.t_chart([1], unit=0), "expected unit to lie strictly between 0 and inf, but got 0"),
        (lambda: spc.s_chart([-1], [3]), "expected sd to be at least 0, but got -1"),
        (
            lambda: spc.anhoej([1, 2], [1, 2, 3]),
            r"cl to be one number or as long as y, but got shape \(3,\) for 2 points",
        ),
        (lambda: spc.nelson([1], rules=[9]), "expected rules from 1 to 8, but got 9"),
        (lambda: spc.nelson([]), "expected z to hold at least one point"),
        (lambda: spc.western_electric([np.inf]), "expected z to be finite, or NaN for a gap"),
        (lambda: spc.nhs_mdc([1], direction="up"), "direction to be higher, lower or neutral, but got 'up'"),
        (lambda: spc.nhs_mdc([1], direction="lower", target=NAN), "expected target to be finite"),
    ],
)
def test_nonsense_of_one_chart_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("chart", [spc.p_chart, spc.u_chart, spc.p_prime_chart, spc.u_prime_chart, spc.i_prime_chart])
def test_no_cases_is_a_gap(chart):
    series = chart([1, 2, 0, 3, 2], [50, 60, 0, 70, 55])

    assert np.isnan([series.y[2], series.ucl[2]]).all()
    assert np.isnan(series.y).sum() == 1


@pytest.mark.parametrize("chart", [spc.p_chart, spc.p_prime_chart])
def test_nothing_or_everything_happens(chart):
    for y in ([0] * 12, [50] * 12):
        series = chart(y, [50] * 12)
        assert not series.sigma_signal.any()
        assert_array_equal(series.cl, np.array(y) / 50)


@pytest.mark.parametrize("parts", [[3], [0], [2, 2], [2, 1]])
def test_parts_outside_the_series_or_out_of_order_are_refused(parts):
    with pytest.raises(ValueError, match=r"expected parts to rise from 1 to 2, but got \["):
        spc.xmr_chart([1, 2, 3], parts=parts)


def test_phases_may_begin_at_any_point_and_exclude_any():
    y = [1.0, 5.0, 6.0, 9.0]

    series = spc.c_chart(y, parts=[1, 2], exclude=[0, 3])

    assert np.isnan(series.cl).tolist() == [True, False, False, False]
    assert_array_equal(series.cl[1:], [5, 6, 6])


def test_small_subgroups_are_gaps():
    series = spc.xbar_chart([5, 6, 7], [1, NAN, 1], [4, 1, 4])

    assert np.isnan([series.y[1], series.ucl[1]]).all()
    assert series.cl[1] == 6


def test_subgroups_of_two_count_and_of_one_do_not():
    series = spc.s_chart([1.0, 1.2, 5.0], [2, 2, 1])

    assert np.isnan(series.y).tolist() == [False, False, True]
    assert series.cl[0] == pytest.approx(np.sqrt((1 + 1.44) / 2))


def test_only_baseline_subgroups_make_the_limits():
    mean, sd, n = [5.0, 6.0, 7.0, 9.0], [1.0, 2.0, 1.0, 4.0], [4, 5, 6, 5]

    frozen, first = spc.xbar_chart(mean, sd, n, baseline=3), spc.xbar_chart(mean[:3], sd[:3], n[:3])

    assert_allclose([frozen.cl[:3], frozen.ucl[:3]], [first.cl, first.ucl])


def test_time_chart_of_another_unit_replaces_another_time():
    assert spc.t_chart([10, 0, 30]).y[1] == 0.5


def test_time_chart_screens_when_asked():
    y = [*np.tile([10.0, 12.0, 9.0], 5), 400.0]

    assert spc.t_chart(y, screen=True).ucl[0] < spc.t_chart(y).ucl[0]


def test_shares_and_their_limits_end_at_one():
    charts = spc.p_chart([49, 50, 48], [50] * 3), spc.p_prime_chart([49, 50, 40], [50] * 3)

    for series in charts:
        assert (series.ucl == 1).all()
    assert (spc.u_chart([80, 90, 85], [50] * 3).ucl > 1).all()


def test_small_denominators_above_none_count():
    series = spc.i_prime_chart([1.0, 2.0, 3.0, 2.0], [1, 1, 1, 0])

    assert np.isnan(series.y).tolist() == [False] * 3 + [True]
    assert series.cl[0] == 2


@pytest.mark.parametrize("screen", [False, True])
@pytest.mark.parametrize(
    "chart", [spc.xmr_chart, spc.mr_chart, lambda y, **o: spc.i_prime_chart(y, [4.0] * len(y), **o)]
)
def test_limits_do_not_depend_on_the_unit(chart, screen):
    y = np.array([5.0, 6, 5, 7, 6, 40, 6, 5, 7, 6, 5, 6])

    small, large = chart(y, screen=screen), chart(1000 * y, screen=screen)

    assert_allclose(large.ucl, 1000 * small.ucl)
    assert_allclose(large.lcl, 1000 * small.lcl)


def test_few_points_are_said_to_be_provisional():
    assert spc.xmr_chart(R["y"][:11]).warnings == ("limits from point 0 rest on 11 points: too few to judge by",)
    assert spc.xmr_chart(R["y"][:19]).warnings == ("limits from point 0 rest on 19 points: provisional",)
    assert spc.xmr_chart(R["y"][:20]).warnings == ()


def test_times_of_zero_are_replaced_and_said_so():
    series = spc.t_chart([10, 0, 30, 0], unit=2.0)

    assert_array_equal(series.y, [10, 1, 30, 1])
    assert series.warnings[0] == "2 times of 0 are plotted as 1"


# Published and reference values.
def test_p_chart_of_montgomery():
    series = spc.p_chart(CANS, [50] * 30)

    assert sum(CANS) == 347
    assert_allclose([series.cl[0], series.lcl[0], series.ucl[0]], [0.2313, 0.0524, 0.4102], atol=6e-5)
    assert np.flatnonzero(series.sigma_signal).tolist() == [14, 22]


def test_c_chart_of_montgomery():
    series = spc.c_chart(BOARDS)

    assert_allclose([series.cl[0], series.lcl[0], series.ucl[0]], [19.85, 6.48, 33.21], atol=6e-3)
    assert np.flatnonzero(series.sigma_signal).tolist() == [5, 19]


# All below: the textbook formula written out in R, reference/generate/spc.R
def test_individuals_agree_with_r():
    plain, screened, frozen = (spc.xmr_chart(R["y"], **options) for options in ({}, {"screen": True}, {"baseline": 12}))

    assert_allclose([plain.cl[0], plain.lcl[0], plain.ucl[0], screened.lcl[0], screened.ucl[0]], R["xmr"])
    assert_allclose([frozen.cl[0], frozen.ucl[0]], R["xmr_first_12"])
    assert_allclose(plain.ucl2 - plain.cl, (plain.ucl - plain.cl) * 2 / 3)
    assert_allclose(plain.cl - plain.lcl2, (plain.ucl - plain.cl) * 2 / 3)
    assert np.flatnonzero(plain.sigma_signal).tolist() == [17]


def test_moving_ranges_agree_with_r():
    series = spc.mr_chart(R["y"])

    assert np.isnan(series.y[0])
    assert_allclose(series.y[1:], np.abs(np.diff(R["y"])))
    assert_allclose([series.cl[0], series.ucl[0], series.lcl[0]], [*R["mr"], 0])
    assert_allclose((series.ucl2 - series.cl) * 1.5, series.ucl - series.cl)


def test_screening_leaves_moving_ranges_out_of_their_own_chart():
    assert spc.mr_chart(R["y"], screen=True).cl[0] < spc.mr_chart(R["y"]).cl[0]


@pytest.mark.parametrize("name", ["p", "u", "p_prime", "u_prime", "i_prime"])
def test_attribute_charts_agree_with_r(name):
    series = getattr(spc, f"{name}_chart")(R["events"], R["n"])

    assert_allclose(series.y, R["events"] / R["n"])
    assert_allclose(series.cl, R["events"].sum() / R["n"].sum())
    assert_allclose(series.lcl, R[f"{name}_lcl"])
    assert_allclose(series.ucl, R[f"{name}_ucl"])


def test_warning_lines_agree_with_r():
    assert_allclose(spc.p_chart(R["events"], R["n"]).ucl2, R["p_ucl2"])


def test_counts_agree_with_r():
    series = spc.c_chart(R["events"])

    assert_allclose([series.cl[0], series.lcl[0], series.ucl[0]], R["c"])


@pytest.mark.parametrize("name", ["p_prime", "u_prime", "i_prime"])
def test_screening_narrows_charts_with_an_outlying_point(name):
    events = R["events"].copy()
    events[10] = R["n"][10]

    plain, screened = (getattr(spc, f"{name}_chart")(events, R["n"], screen=screen) for screen in (False, True))

    assert (screened.ucl - screened.cl < plain.ucl - plain.cl).all()


def test_subgroup_charts_agree_with_r():
    mean, sd = spc.xbar_chart(R["means"], R["sds"], R["size"]), spc.s_chart(R["sds"], R["size"])

    assert_allclose(mean.cl[0], R["xbar_cl"][0])
    assert_allclose(mean.lcl, R["xbar_lcl"])
    assert_allclose(mean.ucl, R["xbar_ucl"])
    assert_allclose(sd.cl[0], R["s_cl"][0])
    assert_allclose(sd.lcl, R["s_lcl"], atol=1e-12)
    assert_allclose(sd.ucl, R["s_ucl"])


def test_rare_event_charts_agree_with_r():
    gaps, times = spc.g_chart(R["gap"]), spc.t_chart(R["time"])

    assert_allclose([gaps.cl[0], gaps.lcl[0], gaps.ucl[0]], R["g"])
    assert_allclose([times.cl[0], times.lcl[0], times.ucl[0]], R["t"], rtol=1e-9)


def test_g_chart_of_a_known_mean_has_the_theoretical_median():
    series = spc.g_chart([3, 8, 100], mean=20)

    assert_allclose(
        [series.cl[0], series.ucl[0], series.ucl2[0]], [13.86, 20 + 3 * np.sqrt(420), 20 + 2 * np.sqrt(420)]
    )
    assert series.sigma_signal.tolist() == [False, False, True]


def test_moving_ranges_across_an_excluded_point_do_not_count():
    series = spc.xmr_chart([10, 12, 90, 11, 13, 10, 12], exclude=[2])

    assert_allclose(series.cl[0], 68 / 6)
    assert_allclose(series.ucl[0] - series.cl[0], 2.66 * (2 + 2 + 3 + 2) / 4)
    assert series.sigma_signal.tolist() == [False, False, True, False, False, False, False]


# Run charts.
def test_run_chart_is_the_median_of_each_phase_and_nothing_else():
    series = spc.run_chart([3, 9, 4, NAN, 20, 10, 40], baseline=3, parts=[4])

    assert_array_equal(series.cl, [4, 4, 4, 4, 20, 20, 20])
    for line in (series.lcl, series.ucl, series.lcl2, series.ucl2):
        assert np.isnan(line).all()


# Anhoej.
@pytest.mark.parametrize("useful", range(10, 101))
def test_anhoej_bounds_agree_with_r(useful):
    # round(log2(n)) + 3, qbinom(0.05, n - 1, 0.5): reference/generate/spc.R
    result = spc.anhoej([1, -1] * (useful // 2) + [1] * (useful % 2), 0)

    assert result.longest_max == R["longest_max"][useful - 10]
    assert result.crossings_min == R["crossings_min"][useful - 10]
    assert (result.useful, result.longest, result.crossings, result.signal) == (useful, 1, useful - 1, False)


@pytest.mark.parametrize("y", [[NAN], [0, 0], [1], [1, -1], [1] * 9])
def test_few_useful_points_are_not_judged(y):
    result = spc.anhoej(y, 0)

    useful = int(np.sum(np.abs(np.nan_to_num(y))))
    assert result.signal is None
    assert result.useful == useful
    assert result.warnings == (f"{useful} useful points: at least 10 are needed to judge",)


def test_points_on_the_line_and_gaps_do_not_count_and_do_not_break_a_run():
    result = spc.anhoej([1, 1, 0, 1, NAN, 1, 1, 0, 1, 1, 1, -1, 1], 0)

    assert (result.useful, result.longest, result.crossings) == (10, 8, 2)
    assert result.signal is True
    assert np.flatnonzero(result.run).tolist() == [0, 1, 3, 5, 6, 8, 9, 10]


def test_points_are_judged_by_their_own_centre_line():
    y = np.tile([4.0, 6.0], 10)

    assert spc.anhoej(y, 5).crossings == 19
    assert spc.anhoej(y, 3).longest == 20
    assert spc.anhoej(y, [5.0] * 10 + [3.0] * 10).longest == 11


def test_longest_run_and_fewest_crossings_that_chance_makes_are_no_signal():
    # 20 useful points: up to 7 in a row, down to 6 crossings: reference/generate/spc.R
    longest = spc.anhoej([1] * 7 + [-1, 1] * 6 + [-1], 0)
    fewest = spc.anhoej([1] * 3 + [-1] * 3 + [1] * 3 + [-1] * 3 + [1] * 3 + [-1] * 3 + [1] * 2, 0)

    assert (longest.longest, longest.longest_max, longest.signal) == (7, 7, False)
    assert (fewest.crossings, fewest.crossings_min, fewest.signal) == (6, 6, False)
    assert not longest.run.any()


def test_few_useful_points_are_counted_all_the_same():
    result = spc.anhoej([1, 1, 1, -1, 1, NAN, 1, 1, 1], 0)

    assert (result.useful, result.longest, result.longest_max, result.crossings) == (8, 4, 6, 2)
    assert result.crossings_min == 1  # qbinom(0.05, 7, 0.5)
    assert result.run.tolist() == [False] * 9
    assert spc.anhoej([0.0], 0).longest_max == 0


def test_two_points_have_no_fewest_crossings():
    assert [spc.anhoej(y, 0).crossings_min for y in ([1.0], [1, -1], [1, -1, 1])] == [0, 0, 0]


def test_too_few_crossings_are_a_signal_without_a_long_run():
    result = spc.anhoej([1] * 7 + [-1] * 7 + [1] * 6, np.zeros(20))

    assert (result.longest, result.longest_max, result.crossings, result.crossings_min) == (7, 7, 2, 6)
    assert result.signal is True
    assert not result.run.any()


def test_series_that_swings_about_its_line_is_no_signal():
    assert spc.anhoej([1, -1, 1, 1, -1, -1, 1, -1, 1, -1, 1], 0).signal is False


# Nelson and Western Electric.
@pytest.mark.parametrize(
    ("rule", "z", "found"),
    [
        (1, [0, 3, 3.1, -3.1], [2, 3]),
        (2, [-1, *[0.5] * 9, -1, *[0.5] * 8], list(range(1, 10))),
        (2, [0.5] * 8 + [0] + [0.5] * 8, []),
        (3, [0, 5, 1, 2, 3, 4, 5, 6, 1], [2, 3, 4, 5, 6, 7]),
        (3, [1, 2, 3, 3, 4, 5], []),
        (3, [6, 5, 4, 3, 2, 1], [0, 1, 2, 3, 4, 5]),
        (4, [0, 1] * 7, list(range(14))),
        (4, [0, 1] * 6 + [0], []),
        (4, [3, 2.9] + [0, 1] * 7, [1, *range(2, 16)]),
        (5, [2.1, 0, 2.1, 0, 0, -2.1, -2.2], [0, 2, 5, 6]),
        (5, [2.1, 0, -2.1], []),
        (6, [1.1, 1.2, 0, 1.1, 1.1, 0], [0, 1, 3, 4]),
        (6, [1.1, 1.2, 0, 0, 1.1, 1.1], []),
        (7, [0.9, -0.9] * 7 + [0.5], list(range(15))),
        (7, [0.9, -0.9] * 7 + [1.0], []),
        (8, [1.1, -1.1] * 4, list(range(8))),
        (8, [1.1, -1.1] * 3 + [1.1, 1.0], []),
    ],
)
def test_nelson_rules_mark_all_points_of_their_patterns(rule, z, found):
    assert spc.nelson(z, [rule])[rule].tolist() == found


@pytest.mark.parametrize("rule", range(2, 9))
def test_gap_breaks_a_pattern(rule):
    z = {2: [1.0] * 12, 3: range(10), 4: [0, 1] * 10, 5: [2.5] * 3, 6: [1.5] * 5, 7: [0.5] * 20, 8: [1.5] * 10}[rule]
    whole = spc.nelson(list(z), [rule])[rule]
    broken = np.array(list(z), dtype=float)
    broken[len(broken) // 2] = NAN

    assert len(whole) == len(broken)
    assert len(spc.nelson(broken, [rule])[rule]) < len(broken) - 1


def test_western_electric_rules_are_one_five_six_and_eight_in_a_row():
    z = [3.5, 2.5, 2.6, 0.2, 0.3, 0.1, 0.4, 0.2, -1, 0, 1.2, 1.2, 1.2, 0, 1.2]

    found = {rule: places.tolist() for rule, places in spc.western_electric(z).items()}

    assert found == {1: [0], 2: [0, 1, 2], 3: [10, 11, 12, 14], 4: list(range(8))}


# NHS Making Data Count.
def kinds(y, **options):
    return list(spc.nhs_mdc(y, **options).type)


STEADY = [10, 12, 9, 11, 10, 12, 9, 11, 10, 12, 9, 11]  # mean 10.5, limits 4.21 and 16.79, near beyond 6.30 and 14.70


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ([17], [spc.PointType.ABOVE_LIMIT]),
        ([4], [spc.PointType.BELOW_LIMIT]),
        ([15, 11, 15], [spc.PointType.NEAR_UPPER, spc.PointType.COMMON, spc.PointType.NEAR_UPPER]),
        ([6, 10, 6], [spc.PointType.NEAR_LOWER, spc.PointType.COMMON, spc.PointType.NEAR_LOWER]),
        ([15, 10, 15], [spc.PointType.COMMON] * 3),  # not all on one side
        ([17, 15, 11], [spc.PointType.ABOVE_LIMIT, spc.PointType.COMMON, spc.PointType.COMMON]),  # outside is not near
        ([10, 11, 11.5, 12, 11, 12, 11.5, 11], [spc.PointType.COMMON] + [spc.PointType.SHIFT_UP] * 7),
        ([9, 8, 9, 10, 9, 8], [spc.PointType.COMMON] * 6),
        ([10, 9, 8, 9, 10, 9, 8], [spc.PointType.SHIFT_DOWN] * 7),
        ([10, 10.2, 10.4, 10.6, 10.8, 11, 11.2], [spc.PointType.RISING] * 7),
        ([11.2, 11, 10.8, 10.6, 10.4, 10.2, 10, 12], [spc.PointType.FALLING] * 7 + [spc.PointType.COMMON]),
    ],
)
def test_nhs_patterns(tail, expected):
    assert kinds([*STEADY, 10.5, *tail], baseline=12)[13:] == expected


def test_point_where_rows_meet_belongs_to_the_later_one():
    up = [7.5, 8.1, 8.7, 9.3, 9.9, 10.5, 11.1]
    down = up[-2::-1]

    hill, valley = (kinds([*STEADY, 10, *rows], baseline=12) for rows in (up + down, up[::-1] + up[1:]))

    assert hill[13:] == [spc.PointType.RISING] * 6 + [spc.PointType.FALLING] * 7
    assert valley[13:] == [spc.PointType.FALLING] * 6 + [spc.PointType.RISING] * 7


@pytest.mark.parametrize(
    ("direction", "up", "down"),
    [
        ("higher", spc.Variation.IMPROVEMENT, spc.Variation.CONCERN),
        ("lower", spc.Variation.CONCERN, spc.Variation.IMPROVEMENT),
        ("neutral", spc.Variation.NEUTRAL, spc.Variation.NEUTRAL),
    ],
)
def test_meaning_follows_the_direction(direction, up, down):
    chart = spc.nhs_mdc([*STEADY, 30, 10.5, -5, 10.5], baseline=12, direction=direction)

    assert chart.variation[-4:] == (up, spc.Variation.COMMON, down, spc.Variation.COMMON)


@pytest.mark.parametrize(
    ("direction", "target", "assurance"),
    [
        ("higher", 3, spc.Assurance.PASSING),
        ("higher", 10, spc.Assurance.INCONSISTENT),
        ("higher", 18, spc.Assurance.FAILING),
        ("lower", 3, spc.Assurance.FAILING),
        ("lower", 18, spc.Assurance.PASSING),
        ("neutral", 18, None),
        ("lower", None, None),
    ],
)
def test_assurance_compares_the_target_with_the_limits(direction, target, assurance):
    assert spc.nhs_mdc(STEADY, direction=direction, target=target).assurance is assurance


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ([15, 15, 11, 11], [spc.PointType.NEAR_UPPER] * 2 + [spc.PointType.COMMON] * 2),
        ([11, 15, 15], [spc.PointType.COMMON] + [spc.PointType.NEAR_UPPER] * 2),
        ([15, 11, 11, 15], [spc.PointType.COMMON] * 4),  # two of four
        ([13.7, 11, 13.7], [spc.PointType.COMMON] * 3),  # beyond half of the limit, not beyond two thirds
        ([7.3, 10, 7.3], [spc.PointType.COMMON] * 3),
        ([15, 11, 15, 11, 15], [spc.PointType.NEAR_UPPER, spc.PointType.COMMON] * 2 + [spc.PointType.NEAR_UPPER]),
        ([10.5, 11, 12, 11, 12, 11, 12], [spc.PointType.COMMON] * 7),  # a point on the mean is on no side
        ([10, 10.2, 10.4, 10.4, 10.6, 10.8, 11, 11.2], [spc.PointType.COMMON] * 8),  # equal points do not rise
    ],
)
def test_nhs_patterns_need_every_part(tail, expected):
    assert kinds([*STEADY, 10.5, *tail], baseline=12)[13:] == expected


def test_nhs_chart_keeps_the_notes_of_its_limits():
    assert spc.nhs_mdc([3.0, 4.0]).warnings == ("limits from point 0 rest on 2 points: too few to judge by",)


@pytest.mark.parametrize("end", ["lpl", "upl"])
def test_target_on_a_limit_is_inconsistent(end):
    limit = float(getattr(spc.nhs_mdc(STEADY), end)[-1])

    assert spc.nhs_mdc(STEADY, direction="higher", target=limit).assurance is spc.Assurance.INCONSISTENT


def test_no_limits_give_no_assurance():
    assert spc.nhs_mdc([3.0], direction="lower", target=2).assurance is None


def test_patterns_do_not_reach_across_a_rebase():
    y = [10, 12, 9, 11, 10, 12, 13, 13.5, 14, 14.5, 15, 15.5]

    chart = spc.nhs_mdc(y, rebase=[8])

    assert chart.type[8:] == (spc.PointType.COMMON,) * 4
    assert chart.mean[0] != chart.mean[8]


def test_nhs_limits_screen_the_moving_ranges():
    assert_allclose([spc.nhs_mdc(R["y"]).lpl[0], spc.nhs_mdc(R["y"]).upl[0]], R["xmr"][3:])
    assert_allclose(spc.nhs_mdc(R["y"], screen=False).upl[0], R["xmr"][2])


# Properties.
@given(st.lists(st.one_of(st.integers(0, 200), st.just(NAN)), min_size=1, max_size=40), st.integers(2, 40))
def test_lines_are_ordered_and_signals_lie_outside(y, baseline):
    for chart in CHARTS.values():
        series = chart(np.array(y, dtype=float), baseline=baseline)
        drawn = ~np.isnan(series.ucl)
        rows = np.vstack([series.lcl, series.lcl2, series.ucl2, series.ucl])[:, drawn]
        assert (np.diff(rows, axis=0) >= -1e-9).all()
        beyond = np.maximum(series.lcl - series.y, series.y - series.ucl)
        assert (beyond[series.sigma_signal] > 0).all()
        assert not (beyond[~series.sigma_signal] > 1e-9).any()


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0, NAN]), min_size=1, max_size=60))
def test_runs_and_crossings_are_those_counted_by_hand(y):
    sides = [value for value in y if value in {-1, 1}]
    longest = run = 0
    for place, side in enumerate(sides):
        run = run + 1 if place and side == sides[place - 1] else 1
        longest = max(longest, run)

    result = spc.anhoej(y, 0)

    assert result.useful == len(sides)
    assert result.longest == longest
    assert result.crossings == sum(a != b for a, b in itertools.pairwise(sides))
