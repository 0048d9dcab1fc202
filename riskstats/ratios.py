"""Observed over expected counts where the cases are not at hand: only sums of each hospital are.

References
----------
.. [1] New York State Department of Health. Adult cardiac surgery in New York State (annual reports): risk-adjusted
   mortality rates with exact Poisson limits on the deaths.
.. [2] Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936;28:437-442.
.. [3] Marshall RJ. Mapping disease and mortality rates using empirical Bayes estimators. Appl Stat 1991;40:283-294.
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, above, counts, same_length, vector
from riskstats.intervals import poisson_exact


@dataclasses.dataclass(frozen=True)
class CountRatios:
    """Observed over expected counts, arrays of length H.

    Attributes
    ----------
    oe, lo, hi : ndarray
        Ratio and its exact Poisson limits.
    z : ndarray
        ``(O - E)/sqrt(E)``.
    p_mid : ndarray
        Two-sided mid-p value of O, a Poisson count of mean E.
    """

    oe: Floats
    lo: Floats
    hi: Floats
    z: Floats
    p_mid: Floats


@dataclasses.dataclass(frozen=True)
class SmoothedRatios:
    """Ratios pulled towards that of all hospitals.

    Attributes
    ----------
    mean : float
        Ratio of all hospitals together.
    variance : float
        Variance of the hospitals' true ratios; 0 where they differ no more than by chance.
    weight : ndarray, shape (H,)
        Weight of the hospital's own ratio, 0 to 1.
    smoothed : ndarray, shape (H,)
        ``mean + weight (O/E - mean)``.
    """

    mean: float
    variance: float
    weight: Floats
    smoothed: Floats


def count_ratios(observed: npt.ArrayLike, expected: npt.ArrayLike, level: float = 0.95) -> CountRatios:
    """Compare each hospital's count with what is expected of it.

    Parameters
    ----------
    observed : array_like of whole numbers, shape (H,)
        Events.
    expected : array_like, shape (H,)
        Expected events, above 0.
    level : float
        Coverage of the interval.

    Returns
    -------
    CountRatios
        Times the rate of all hospitals, ``oe`` is the risk-adjusted rate and ``lo``, ``hi`` its limits [1]_.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, broken or negative counts, expected not above 0, or level outside (0, 1).

    Notes
    -----
    The limits are those of Garwood [2]_ for the observed count, divided by the expected one, which is taken as known.
    Cases would give the exact distribution (:func:`riskstats.providers.observed_expected`); of sums, only Poisson's is
    to be had, which makes the interval somewhat too wide where risks are high.

    Examples
    --------
    >>> result = count_ratios([11], [4.991])
    >>> [round(float(each[0] * 149 / 94.21), 2) for each in (result.oe, result.lo, result.hi)]
    [3.49, 1.74, 6.24]
    """
    events, means = _given(observed, expected)
    limits = poisson_exact(events, level)
    at, beyond = scipy.special.pdtr(events, means), scipy.special.pdtrc(events, means)
    equal = at - np.where(events > 0, scipy.special.pdtr(np.maximum(events - 1, 0), means), 0.0)
    return CountRatios(
        oe=events / means,
        lo=limits.lo / means,
        hi=limits.hi / means,
        z=(events - means) / np.sqrt(means),
        p_mid=np.minimum(1.0, 2 * np.minimum(beyond + equal / 2, at - equal / 2)),
    )


def smoothed_ratios(observed: npt.ArrayLike, expected: npt.ArrayLike) -> SmoothedRatios:
    """Pull ratios towards that of all hospitals, those of few expected events most.

    Parameters
    ----------
    observed : array_like of whole numbers, shape (H,)
        Events.
    expected : array_like, shape (H,)
        Expected events, above 0.

    Returns
    -------
    SmoothedRatios

    Raises
    ------
    ValueError
        NaN, empty, different lengths, broken or negative counts, or expected not above 0.

    Notes
    -----
    The global empirical Bayes estimator of Marshall [3]_, by moments: ``m = sum O / sum E``,
    ``s2 = sum E (O/E - m)^2 / sum E``, ``A = max(0, s2 - m/mean(E))``, weight ``A/(A + m/E)``.

    Examples
    --------
    >>> result = smoothed_ratios([2, 30, 5, 18], [10.0, 20.0, 4.0, 21.0])
    >>> round(result.variance, 4), result.smoothed.round(3)
    (0.1469, array([0.524, 1.373, 1.093, 0.892]))
    """
    events, means = _given(observed, expected)
    ratios, mean = events / means, float(events.sum() / means.sum())
    spread = float((means * (ratios - mean) ** 2).sum() / means.sum())
    variance = max(0.0, spread - mean / float(means.mean()))
    weight = variance / (variance + mean / means) if variance > 0 else np.zeros(len(means))
    return SmoothedRatios(mean, variance, weight, mean + weight * (ratios - mean))


def _given(observed: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[Floats, Floats]:
    events = counts("observed", vector("observed", observed))
    means = above("expected", vector("expected", expected), 0.0)
    same_length(observed=events, expected=means)
    return events, means
