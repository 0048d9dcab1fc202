import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

from riskstats.flags import Evidence, Flag, Rules, classify, posterior_evidence, ratio_evidence
from riskstats.intervals import byar
from riskstats.providers import fit_random_intercept, posterior
from riskstats.reliability import signal_to_noise


class Normal:
    """Independent normal posteriors."""

    def __init__(self, mean, sd):
        self.mean, self.sd = np.asarray(mean), np.asarray(sd)

    def quantile(self, q):
        return self.mean + self.sd * special.ndtri(q)

    def prob_gt(self, c):
        return special.ndtr((self.mean - c) / self.sd)


def one(mean, sd=0.1, R=0.8, n=400, rules=None):
    """Flag of one hospital and the reasons."""
    result = classify(Normal([mean], [sd]), [R], [n], rules or Rules())
    return result.flag[0], result.reasons[0]


@pytest.mark.parametrize(
    ("mean", "R", "n", "flag", "reasons"),
    [
        (0.9, 0.9, 0, Flag.NOT_SHOWN, ("0 cases, fewer than 11",)),
        (0.9, 0.9, 10, Flag.NOT_SHOWN, ("10 cases, fewer than 11",)),
        (0.9, 0.9, 11, Flag.TOO_FEW, ("11 cases, fewer than 30",)),
        (0.9, 0.2, 29, Flag.TOO_FEW, ("29 cases, fewer than 30", "reliability 0.20, below 0.4")),
        (0.9, 0.39, 30, Flag.TOO_FEW, ("reliability 0.39, below 0.4",)),
        (0.9, 0.7, 30, Flag.ACT_WORSE, ("the 99.8 % interval excludes the average",)),
        (-0.9, 0.7, 30, Flag.ACT_BETTER, ("the 99.8 % interval excludes the average",)),
        (0.25, 0.7, 30, Flag.LOOK_WORSE, ("the 95 % interval excludes the average",)),
        (-0.25, 0.7, 30, Flag.LOOK_BETTER, ("the 95 % interval excludes the average",)),
        (0.19, 0.7, 30, Flag.NONE, ("the 95 % interval includes the average",)),
        (
            0.9,
            0.69,
            30,
            Flag.ACT_WORSE,
            ("the 99.8 % interval excludes the average", "reliability 0.69, below 0.7: marked, no rank"),
        ),
    ],
)
def test_each_flag_has_its_reasons(mean, R, n, flag, reasons):
    assert one(mean, R=R, n=n) == (flag, reasons)


def test_higher_can_be_better():
    rules = Rules(lower_is_better=False)

    assert [one(mean, rules=rules)[0] for mean in (0.9, 0.25, -0.25, -0.9)] == [
        Flag.ACT_BETTER,
        Flag.LOOK_BETTER,
        Flag.LOOK_WORSE,
        Flag.ACT_WORSE,
    ]


def test_false_discovery_rate_turns_act_into_look():
    # One hospital just beyond 99.8 % among 99 on the average: its adjusted value is above 5 %.
    posterior = Normal([0.315, *[0.0] * 99], [0.1] * 100)

    result = classify(posterior, [0.8] * 100, [400] * 100)

    assert result.flag[0] is Flag.LOOK_WORSE
    assert result.reasons[0] == (
        "the 99.8 % interval excludes the average",
        "not within a false discovery rate of 5 %: look, not act",
    )
    assert result.p_fdr[0] == pytest.approx(100 * 2 * special.ndtr(-3.15))


def test_hospitals_that_are_not_compared_do_not_count_for_the_false_discovery_rate():
    posterior = Normal([0.315, *[0.0] * 99], [0.1] * 100)

    result = classify(posterior, [0.8] + [0.1] * 99, [400] * 100)

    assert result.flag == (Flag.ACT_WORSE,) + (Flag.TOO_FEW,) * 99
    assert np.isnan(result.p_fdr[1:]).all()
    assert not result.low_reliability.any()


def test_nobody_compared_is_no_error():
    assert classify(Normal([1.0], [0.1]), [0.1], [5]).flag == (Flag.NOT_SHOWN,)


def test_posterior_is_read_at_both_levels():
    evidence = posterior_evidence(Normal([0.2, -0.2], [0.1, 0.1]))

    assert evidence.lo_look == pytest.approx([0.2 - 0.1959964, -0.2 - 0.1959964])
    assert evidence.hi_act == pytest.approx([0.2 + 0.3090232, -0.2 + 0.3090232])
    assert evidence.p == pytest.approx(2 * special.ndtr([-2, -2]))
    assert evidence.average == 0


def test_ratios_without_expected_events_are_set_aside():
    evidence = ratio_evidence([0, 40], [0, 20], [np.nan, 1e-4])

    result = classify(evidence, [0.8, 0.8], [50, 400])

    assert result.flag == (Flag.TOO_FEW, Flag.ACT_WORSE)
    assert result.reasons[0] == ("nothing was expected, so that there is no interval",)


def test_ratio_evidence_has_the_average_at_one():
    evidence = ratio_evidence([10], [5], [0.05])

    assert evidence.average == 1
    # Byar at 10 events, 95 %: 4.79 to 18.39 (Breslow & Day).
    assert [float(evidence.lo_look[0]), float(evidence.hi_look[0])] == pytest.approx([4.79 / 5, 18.39 / 5], abs=0.002)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Rules(look_level=1), "expected look_level to lie strictly between 0 and 1, but got 1"),
        (lambda: Rules(act_level=0.9), "expected act_level from look_level to below 1, but got 0.9"),
        (lambda: Rules(fdr=0), "expected fdr to lie strictly between 0 and 1, but got 0"),
        (lambda: Rules(shown_from=31), "expected judged_from at or above shown_from, but got 30"),
        (lambda: Rules(good_reliability=0.3), "expected good_reliability from least_reliability to 1, but got 0.3"),
        (lambda: classify(Normal([1, 2], [1, 1]), [0.5], [10]), "same length, but got R 1, n 1, contrast 2"),
        (lambda: classify(Normal([1], [1]), [1.5], [10]), "expected R to lie between 0 and 1, but got 1.5"),
        (lambda: classify(Normal([1], [1]), [0.5], [10.5]), "expected n to hold whole numbers, but got 10.5"),
        (lambda: ratio_evidence([1], [1], [np.nan]), "expected p to be finite"),
        (lambda: ratio_evidence([1], [1], "many"), "expected numbers in p, but got 'many'"),
        (lambda: ratio_evidence([1], [-1], [0.1]), "expected e to be at least 0, but got -1"),
        (lambda: ratio_evidence([1, 1], [1], [0.1]), "same length, but got o 2, e 1, p 1"),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_evidence_of_another_method_can_be_classified():
    arrays = {
        name: np.array([value]) for name, value in {"lo_look": 1.1, "hi_look": 2, "lo_act": 0.9, "hi_act": 3}.items()
    }

    assert classify(Evidence(**arrays, p=np.array([0.01]), average=1), [1], [100]).flag == (Flag.LOOK_WORSE,)


def test_posterior_of_a_fit_is_classified_as_it_comes():
    # Nine hospitals of 400 cases with a tenth of events, one with a quarter; code 5 has no case.
    cases, events = np.full(10, 400), np.array([40, 42, 38, 41, 39, 40, 43, 37, 40, 100])
    codes = np.array([0, 1, 2, 3, 4, 6, 7, 8, 9, 10])
    fit = fit_random_intercept(np.zeros((10, 0)), events, codes, m=cases)
    shown = posterior(fit, np.zeros((10, 0)), events, codes, m=cases)
    n = np.bincount(codes, cases)

    result = classify(shown, signal_to_noise(fit.sigma**2, fit.cond_sd**2), n)

    assert result.flag[5] is Flag.NOT_SHOWN
    assert result.flag[10] is Flag.ACT_WORSE
    assert result.flag.count(Flag.ACT_WORSE) == 1


@pytest.mark.parametrize(
    ("limits", "p", "R", "flag"),
    [
        # In order: limits at 95 %, limits at 99.8 %.
        ((1.0, 2.0, 0.9, 3.0), 0.01, 0.4, Flag.NONE),  # an interval that ends at the average includes it
        ((0.5, 1.0, 0.4, 1.1), 0.01, 0.4, Flag.NONE),
        ((1.1, 2.0, 1.0, 3.0), 0.01, 0.4, Flag.LOOK_WORSE),
        ((0.5, 0.9, 0.4, 1.0), 0.01, 0.4, Flag.LOOK_BETTER),
        ((1.2, 2.0, 1.1, 3.0), 0.05, 0.4, Flag.ACT_WORSE),  # thresholds themselves are enough
        ((1.2, 2.0, 1.1, 3.0), 0.0501, 0.4, Flag.LOOK_WORSE),
        ((1.2, 2.0, 1.1, 3.0), 0.05, 0.3999, Flag.TOO_FEW),
    ],
)
def test_thresholds_belong_to_the_side_that_the_rules_say(limits, p, R, flag):
    evidence = Evidence(*(np.array([limit]) for limit in limits), p=np.array([p]), average=1.0)

    assert classify(evidence, [R], [30]).flag == (flag,)


def test_rules_may_switch_thresholds_off():
    rules = Rules(shown_from=0, judged_from=0, least_reliability=0, good_reliability=0)

    assert one(0.9, R=0.0, n=0, rules=rules) == (Flag.ACT_WORSE, ("the 99.8 % interval excludes the average",))


def test_ratio_evidence_has_byars_limits_of_both_levels():
    rules = Rules(look_level=0.9, act_level=0.99)

    evidence = ratio_evidence([40, 2], [20.0, 4.0], [0.01, 0.4], rules)

    for ours, level in ((("lo_look", "hi_look"), 0.9), (("lo_act", "hi_act"), 0.99)):
        limits = byar([40, 2], level)
        assert_allclose(getattr(evidence, ours[0]), limits.lo / [20, 4])
        assert_allclose(getattr(evidence, ours[1]), limits.hi / [20, 4])


def test_rules_reach_the_posterior_and_the_false_discovery_rate():
    # 2.3 standard deviations: inside 99.8 %, outside 97 %.
    assert one(0.23, rules=Rules(act_level=0.97))[0] is Flag.ACT_WORSE
    assert one(0.23)[0] is Flag.LOOK_WORSE
    posterior = Normal([0.34, *[0.0] * 20], [0.1] * 21)
    strict, mild = (classify(posterior, [0.8] * 21, [400] * 21, Rules(fdr=rate)).flag[0] for rate in (0.001, 0.05))
    assert (strict, mild) == (Flag.LOOK_WORSE, Flag.ACT_WORSE)


def test_reliability_at_the_threshold_is_enough():
    assert one(0.0, R=0.4)[0] is Flag.NONE
    assert one(0.0, R=0.399, n=400) == (Flag.TOO_FEW, ("reliability 0.40, below 0.4",))
    assert one(0.0, R=0.4, n=29) == (Flag.TOO_FEW, ("29 cases, fewer than 30",))


def test_rules_may_lie_on_their_bounds():
    rules = Rules(look_level=0.95, act_level=0.95, least_reliability=0, good_reliability=1)

    assert (rules.act_level, rules.good_reliability) == (0.95, 1)
    with pytest.raises(ValueError, match="expected act_level from look_level to below 1, but got 1"):
        Rules(act_level=1)
    with pytest.raises(ValueError, match=r"expected good_reliability from least_reliability to 1, but got 1\.5"):
        Rules(good_reliability=1.5)
