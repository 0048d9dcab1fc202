"""How well a risk model separates and predicts: discrimination, calibration, accuracy.

References
----------
.. [1] DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more correlated ROC curves.
   Biometrics 1988;44:837-845.
.. [2] Sun X, Xu W. Fast implementation of DeLong's algorithm. IEEE Signal Process Lett 2014;21:1389-1393.
.. [3] Brier GW. Verification of forecasts expressed in terms of probability. Mon Weather Rev 1950;78:1-3.
.. [4] Steyerberg EW. Clinical prediction models. 2nd ed. Springer 2019, chapter 15 (calibration, scaled Brier).
.. [5] Hosmer DW, Lemeshow S. Goodness-of-fit tests for the multiple logistic regression model.
   Commun Stat 1980;A9:1043-1069.
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Booleans, Floats, Integers, binary, group_sums, probabilities, same_length
from riskstats._distributions import normal_quantile
from riskstats.errors import SeparationError
from riskstats.riskmodel.logistic import recalibrate


ALWAYS_SIGNIFICANT_FROM = 25_000  # cases; the Hosmer-Lemeshow p value then says nothing


@dataclasses.dataclass(frozen=True)
class Deciles:
    """Observed and expected events in groups of rising risk, arrays of length g.

    Attributes
    ----------
    lower, upper : ndarray
        Lowest and highest risk in the group.
    n, observed, expected : ndarray
        Cases, events, sum of risks.
    """

    lower: Floats
    upper: Floats
    n: Integers
    observed: Floats
    expected: Floats


@dataclasses.dataclass(frozen=True)
class Quality:
    """Measures of a risk model's quality on some cases.

    Attributes
    ----------
    c, c_lo, c_hi : float
        C statistic (area under the ROC curve) with DeLong's interval.
    brier, scaled_brier : float
        Mean squared error of the risks, and ``1 - brier / brier of the mean``.
    cil, slope : float
        Calibration in the large (0 is perfect) and calibration slope (1 is perfect); NaN if they do not exist.
    hl_chi2, hl_df, hl_p : float
        Hosmer-Lemeshow statistic, degrees of freedom, p value; NaN with fewer than three groups.
    deciles : Deciles
        Observed and expected by group of risk.
    warnings : tuple of str
        What the reader should know.
    """

    c: float
    c_lo: float
    c_hi: float
    brier: float
    scaled_brier: float
    cil: float
    slope: float
    hl_chi2: float
    hl_df: float
    hl_p: float
    deciles: Deciles
    warnings: tuple[str, ...] = ()


def quality(y: npt.ArrayLike, p: npt.ArrayLike, groups: int = 10, level: float = 0.95) -> Quality:
    """Judge predicted risks against what happened.

    Parameters
    ----------
    y : array_like, shape (n,)
        Outcomes, 0 or 1; both must occur.
    p : array_like, shape (n,)
        Predicted risks, strictly between 0 and 1.
    groups : int
        Groups of risk, at least 2; tied risks stay together, so that there may be fewer.
    level : float
        Confidence level of the C statistic.

    Returns
    -------
    Quality
        Discrimination, accuracy, calibration and the table by group.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, outcomes other than 0 and 1 or all the same, risks outside (0, 1).

    Notes
    -----
    C is ``P(p of an event > p of a non-event)``, ties one half, by ranks in O(n log n) [2]_; its variance is DeLong's [1]_,
    its limits are cut to [0, 1]. Brier [3]_, scaled Brier and calibration [4]_: ``logit p`` as offset gives ``cil``, as
    covariate ``slope``. Hosmer-Lemeshow [5]_: quantile groups, ``sum (O - E)^2 / (E (1 - E/n))``, chi-square with
    groups - 2 degrees of freedom; beyond 25,000 cases it is always significant and should not be printed.

    Examples
    --------
    >>> result = quality([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.6, 0.8], groups=3)
    >>> round(result.c, 3), round(result.brier, 3), result.deciles.observed
    (0.889, 0.15, array([0., 1., 2.]))
    """
    outcomes, risks = binary("y", y), probabilities("p", p, closed=False)
    n = same_length(y=outcomes, p=risks)
    if groups < 2:
        raise ValueError(f"expected groups to be at least 2, but got {groups}")
    events = outcomes == 1
    if events.all() or not events.any():
        raise ValueError(f"expected both events and non-events, but got {int(events.sum())} events in {n} cases")
    c, variance = _concordance(risks, events)
    reach = normal_quantile(level) * np.sqrt(variance)
    brier = float(np.mean((outcomes - risks) ** 2))
    share = events.mean()
    deciles = _deciles(outcomes, risks, groups)
    chi2, df, p_value = _hosmer_lemeshow(deciles)
    cil, slope, notes = _calibration(outcomes, risks)
    if np.isnan(variance):
        notes.append("one event or one non-event: the C statistic has no interval")
    if n > ALWAYS_SIGNIFICANT_FROM:
        notes.append(f"{n:,} cases: the Hosmer-Lemeshow test is always significant, show the groups instead")
    return Quality(
        c=c,
        c_lo=max(0.0, float(c - reach)),
        c_hi=min(1.0, float(c + reach)),
        brier=brier,
        scaled_brier=float(1 - brier / (share * (1 - share))),
        cil=cil,
        slope=slope,
        hl_chi2=chi2,
        hl_df=df,
        hl_p=p_value,
        deciles=deciles,
        warnings=tuple(notes),
    )


def _midranks(values: Floats) -> Floats:
    order = np.argsort(values)
    rising = values[order]
    starts = np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]]))
    equal = np.diff(np.append(starts, len(values)))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat((2 * starts + equal + 1) / 2, equal)
    return ranks


def _concordance(risks: Floats, events: Booleans) -> tuple[float, float]:
    ranks = _midranks(risks)
    with_event, without = int(events.sum()), int((~events).sum())
    above_non_events = (ranks[events] - _midranks(risks[events])) / without
    below_events = 1 - (ranks[~events] - _midranks(risks[~events])) / with_event
    c = float(above_non_events.mean())
    if min(with_event, without) == 1:
        return c, np.nan
    return c, float(above_non_events.var(ddof=1) / with_event + below_events.var(ddof=1) / without)


def _deciles(outcomes: Floats, risks: Floats, groups: int) -> Deciles:
    cuts = np.unique(np.quantile(risks, np.linspace(0, 1, groups + 1)))
    # A case on a cut belongs to the group below it.
    group = np.searchsorted(cuts[1:-1], risks, "left")
    size = np.bincount(group)
    used = size > 0
    first = np.full(len(size), np.inf)
    last = np.full(len(size), -np.inf)
    np.minimum.at(first, group, risks)
    np.maximum.at(last, group, risks)
    observed, expected = group_sums(group, outcomes), group_sums(group, risks)
    return Deciles(first[used], last[used], size[used], observed[used], expected[used])


def _hosmer_lemeshow(deciles: Deciles) -> tuple[float, float, float]:
    df = len(deciles.n) - 2
    if df < 1:
        return np.nan, np.nan, np.nan
    spread = deciles.expected * (1 - deciles.expected / deciles.n)
    chi2 = float(((deciles.observed - deciles.expected) ** 2 / spread).sum())
    return chi2, float(df), float(scipy.special.gammaincc(df / 2, chi2 / 2))


def _calibration(outcomes: Floats, risks: Floats) -> tuple[float, float, list[str]]:
    eta = np.asarray(scipy.special.logit(risks))
    cil = recalibrate(eta, outcomes).intercept
    if np.ptp(eta) == 0:
        return cil, np.nan, ["all risks are equal: there is no calibration slope"]
    try:
        return cil, recalibrate(eta, outcomes, slope=True).slope, []
    except SeparationError:
        return cil, np.nan, ["the risks separate events from non-events perfectly: there is no calibration slope"]
