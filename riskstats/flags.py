"""Which hospitals to look at, and which to act on: three things must agree before anyone is flagged.

The interval must exclude the average, the hospital's result must be reliable enough, and for "act" the false discovery
rate over the hospitals of the measure must be kept.
"""

import dataclasses
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from riskstats._arrays import (
    Booleans,
    Floats,
    at_least,
    between,
    counts,
    floats,
    probabilities,
    ratio,
    same_length,
    vector,
)
from riskstats.intervals import byar
from riskstats.multiplicity import bh


class Flag(StrEnum):
    """What may be said of a hospital, from nothing at all to a call for action."""

    NOT_SHOWN = "not-shown"
    TOO_FEW = "too-few"
    NONE = "none"
    LOOK_BETTER = "look-better"
    LOOK_WORSE = "look-worse"
    ACT_BETTER = "act-better"
    ACT_WORSE = "act-worse"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rules:
    """Thresholds of a collaborative; the defaults are those of STATISTICS 7.

    Attributes
    ----------
    look_level, act_level : float
        Levels of the two intervals.
    fdr : float
        False discovery rate that "act" keeps.
    shown_from, judged_from : int
        Fewest cases to show a hospital its own value, and to compare it.
    least_reliability, good_reliability : float
        Below the first a hospital is not compared; below the second the result is marked and has no rank.
    lower_is_better : bool
        Whether a low effect is good.
    """

    look_level: float = 0.95
    act_level: float = 0.998
    fdr: float = 0.05
    shown_from: int = 11
    judged_from: int = 30
    least_reliability: float = 0.4
    good_reliability: float = 0.7
    lower_is_better: bool = True

    def __post_init__(self) -> None:
        between("look_level", self.look_level)
        between("fdr", self.fdr)
        if not self.look_level <= self.act_level < 1:
            raise ValueError(f"expected act_level from look_level to below 1, but got {self.act_level!r}")
        if not 0 <= self.shown_from <= self.judged_from:
            raise ValueError(f"expected judged_from at or above shown_from, but got {self.judged_from!r}")
        if not 0 <= self.least_reliability <= self.good_reliability <= 1:
            raise ValueError(
                f"expected good_reliability from least_reliability to 1, but got {self.good_reliability!r}"
            )


DEFAULT_RULES = Rules()


class ContrastPosterior(Protocol):
    """A posterior of each hospital's contrast with the average, on a scale where 0 is the average."""

    def quantile(self, q: float) -> Floats:
        """Give back the q quantile of each hospital, shape (H,)."""

    def prob_gt(self, c: float) -> Floats:
        """Give back the probability of each hospital's contrast to lie above c, shape (H,)."""


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What is known about each hospital's distance from the average, arrays of length H.

    Attributes
    ----------
    lo_look, hi_look, lo_act, hi_act : ndarray
        Limits at the two levels; NaN where there are none.
    p : ndarray
        Two-sided p value or posterior tail; 1 where there is none.
    average : float
        The value of the average: 0 for a contrast of logarithms, 1 for a ratio.
    """

    lo_look: Floats
    hi_look: Floats
    lo_act: Floats
    hi_act: Floats
    p: Floats
    average: float


@dataclasses.dataclass(frozen=True)
class Classification:
    """Flags of the hospitals of one measure and release.

    Attributes
    ----------
    flag : tuple of Flag
        One for each hospital.
    reasons : tuple of tuple of str
        Why, in sentences for the hospital itself and for the centre.
    low_reliability : ndarray of bool
        Compared, but to be marked and without a rank.
    p_fdr : ndarray
        P values adjusted over the compared hospitals; NaN for the others.
    warnings : tuple of str
        Always empty.
    """

    flag: tuple[Flag, ...]
    reasons: tuple[tuple[str, ...], ...]
    low_reliability: Booleans
    p_fdr: Floats
    warnings: tuple[str, ...] = ()


def posterior_evidence(posterior: ContrastPosterior, rules: Rules = DEFAULT_RULES) -> Evidence:
    """Read the evidence from a posterior of contrasts.

    Parameters
    ----------
    posterior : ContrastPosterior
        Contrast of each hospital with the average, 0 being the average.
    rules : Rules
        Levels of the intervals.

    Returns
    -------
    Evidence
        With ``p = 2 min(P(c > 0), P(c < 0))``.

    Examples
    --------
    >>> from statistics import NormalDist
    >>> class Normal:
    ...     def quantile(self, q): return np.array([0.5, 0.0]) + 0.1 * NormalDist().inv_cdf(q)
    ...     def prob_gt(self, c): return np.array([1 - NormalDist(0.5, 0.1).cdf(c), 0.5])
    >>> posterior_evidence(Normal()).lo_look.round(3)
    array([ 0.304, -0.196])
    """
    look, act = ((1 - level) / 2 for level in (rules.look_level, rules.act_level))
    above_average = posterior.prob_gt(0.0)
    return Evidence(
        lo_look=posterior.quantile(look),
        hi_look=posterior.quantile(1 - look),
        lo_act=posterior.quantile(act),
        hi_act=posterior.quantile(1 - act),
        p=np.minimum(1.0, 2 * np.minimum(above_average, 1 - above_average)),
        average=0.0,
    )


def ratio_evidence(o: npt.ArrayLike, e: npt.ArrayLike, p: npt.ArrayLike, rules: Rules = DEFAULT_RULES) -> Evidence:
    """Read the evidence from observed and expected events.

    Parameters
    ----------
    o, e : array_like, shape (H,)
        Observed and expected events.
    p : array_like, shape (H,)
        Two-sided mid-p values, such as ``observed_expected(...).p_mid``; ignored where e is 0.
    rules : Rules
        Levels of the intervals.

    Returns
    -------
    Evidence
        With Byar's limits of O/E; NaN where no events are expected.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, negative o or e, or p outside 0 to 1.

    Examples
    --------
    >>> ratio_evidence([40], [20], [0.0001]).lo_act.round(2)
    array([1.16])
    """
    observed, expected = at_least("o", vector("o", o), 0.0), at_least("e", vector("e", e), 0.0)
    chances = floats("p", p)
    same_length(o=observed, e=expected, p=chances)
    chances = probabilities("p", np.where(expected > 0, chances, 1.0))
    look, act = byar(observed, rules.look_level), byar(observed, rules.act_level)
    return Evidence(
        lo_look=ratio(look.lo, expected),
        hi_look=ratio(look.hi, expected),
        lo_act=ratio(act.lo, expected),
        hi_act=ratio(act.hi, expected),
        p=chances,
        average=1.0,
    )


def classify(
    contrast: ContrastPosterior | Evidence, R: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = DEFAULT_RULES
) -> Classification:
    """Say what may be said of each hospital.

    Parameters
    ----------
    contrast : ContrastPosterior or Evidence
        Posterior of each hospital's contrast with the average (0), or evidence from another method.
    R : array_like, shape (H,)
        Reliability of each hospital's result, 0 to 1.
    n : array_like of whole numbers, shape (H,)
        Cases.
    rules : Rules
        Thresholds.

    Returns
    -------
    Classification
        A flag for each hospital with the reasons.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, R outside 0 to 1, broken or negative n.

    Notes
    -----
    Fewer than 11 cases: not shown. Fewer than 30, ``R < 0.4``, or no interval: own value only. Else "look" when the 95 % interval excludes the average, "act"
    when the 99.8 % interval does and the p value passes Benjamini-Hochberg at 5 % over the compared hospitals.

    Examples
    --------
    >>> evidence = ratio_evidence([40, 31, 22, 2, 9], [20, 20, 20, 20, 9], [1e-4, 0.02, 0.6, 1e-6, 1])
    >>> [str(flag) for flag in classify(evidence, [0.8, 0.8, 0.8, 0.8, 0.3], [400, 400, 400, 400, 180]).flag]
    ['act-worse', 'look-worse', 'none', 'act-better', 'too-few']
    """
    evidence = contrast if isinstance(contrast, Evidence) else posterior_evidence(contrast, rules)
    reliability, cases = probabilities("R", R), counts("n", vector("n", n))
    same_length(R=reliability, n=cases, contrast=evidence.p)
    enough = (cases >= rules.judged_from) & (reliability >= rules.least_reliability)
    compared = enough & ~np.isnan(evidence.lo_look)
    p_fdr = np.full(len(cases), np.nan)
    if compared.any():
        p_fdr[compared] = bh(evidence.p[compared], rules.fdr).p
    judged = [
        _judge(evidence, place, float(p_fdr[place]), rules)
        if compared[place]
        else _set_aside(cases[place], reliability[place], rules)
        for place in range(len(cases))
    ]
    low = compared & (reliability < rules.good_reliability)
    reasons = [
        (*why, f"reliability {reliability[place]:.2f}, below {rules.good_reliability:g}: marked, no rank")
        if low[place]
        else tuple(why)
        for place, (_, why) in enumerate(judged)
    ]
    return Classification(tuple(flag for flag, _ in judged), tuple(reasons), low, p_fdr)


def _set_aside(cases: float, reliability: float, rules: Rules) -> tuple[Flag, Sequence[str]]:
    if cases < rules.shown_from:
        return Flag.NOT_SHOWN, [f"{cases:g} cases, fewer than {rules.shown_from}"]
    why = []
    if cases < rules.judged_from:
        why.append(f"{cases:g} cases, fewer than {rules.judged_from}")
    if reliability < rules.least_reliability:
        why.append(f"reliability {reliability:.2f}, below {rules.least_reliability:g}")
    return Flag.TOO_FEW, why or ["nothing was expected, so that there is no interval"]


def _judge(evidence: Evidence, place: int, p_fdr: float, rules: Rules) -> tuple[Flag, Sequence[str]]:
    average = evidence.average
    high, low = evidence.lo_look[place] > average, evidence.hi_look[place] < average
    if not (high or low):
        return Flag.NONE, [f"the {100 * rules.look_level:g} % interval includes the average"]
    worse = bool(high) == rules.lower_is_better
    look = Flag.LOOK_WORSE if worse else Flag.LOOK_BETTER
    if evidence.lo_act[place] <= average <= evidence.hi_act[place]:
        return look, [f"the {100 * rules.look_level:g} % interval excludes the average"]
    why = [f"the {100 * rules.act_level:g} % interval excludes the average"]
    if p_fdr > rules.fdr:
        return look, [*why, f"not within a false discovery rate of {100 * rules.fdr:g} %: look, not act"]
    return Flag.ACT_WORSE if worse else Flag.ACT_BETTER, why
