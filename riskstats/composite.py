"""Composite scores of several measures, and stars.

References
----------
.. [1] Shahian DM et al. Quality measurement in adult cardiac surgery. Ann Thorac Surg 2007;83:S3-S12 (STS composite).
.. [2] Dimick JB et al. Identifying the best hospitals: composite measures. JAMA Surg 2014 (bariatric surgery).
"""

import dataclasses
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Floats, Integers, at_least, between, numbers, vector


STAR_PROBABILITY = 0.975


@dataclasses.dataclass(frozen=True)
class Composite:
    """Composite of several measures, arrays of length H; more is better.

    Attributes
    ----------
    score : ndarray
        Posterior mean, in standard deviations between hospitals.
    lo, hi : ndarray
        Limits.
    p_above : ndarray
        Probability of a score above the average hospital.
    star : ndarray of int
        3 above average, 1 below, 2 between.
    warnings : tuple of str
        What the composite leaves out.
    """

    score: Floats
    lo: Floats
    hi: Floats
    p_above: Floats
    star: Integers
    warnings: tuple[str, ...] = ()


def composite(
    draws: Sequence[npt.ArrayLike],
    weights: npt.ArrayLike,
    direction: Sequence[Literal["higher", "lower"]],
    level: float = 0.95,
) -> Composite:
    """Join the posteriors of several measures into one score with stars.

    Parameters
    ----------
    draws : sequence of array_like, each of shape (n, H)
        For each measure, joint draws of the hospitals' contrasts, the same n and H.
    weights : array_like, shape (m,)
        Weights, at least 0, that sum to 1; fixed before the data are seen, and printed.
    direction : sequence of {"higher", "lower"}
        Which way is better, for each measure.
    level : float
        Level of the interval.

    Returns
    -------
    Composite
        ``score``, ``lo``, ``hi``, ``star``.

    Raises
    ------
    ValueError
        NaN, empty, different shapes, weights that do not sum to 1, or an unknown direction.

    Notes
    -----
    Each measure is divided by the standard deviation between hospitals of its posterior means, signed so that more is better, weighted and
    added [1]_. Three stars if ``P(score > average) >= 0.975``, one if ``P(score < average) >= 0.975``. The measures' draws are taken as
    independent given the data, which leaves their correlation out.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> deaths = rng.normal([-1.0, 0.0, 1.0], 0.2, (2000, 3))
    >>> beta_blocker = rng.normal([0.5, 0.1, -0.6], 0.2, (2000, 3))
    >>> composite([deaths, beta_blocker], [0.7, 0.3], ["lower", "higher"]).star
    array([3, 2, 1])
    """
    measures = [numbers(f"draws[{place}]", each) for place, each in enumerate(draws)]
    shares = at_least("weights", vector("weights", weights), 0.0)
    tail = (1 - between("level", level)) / 2
    if not len(measures) == len(shares) == len(direction):
        raise ValueError(
            f"expected a weight and a direction for each measure, but got {len(measures)} measures, {len(shares)} weights, {len(direction)} directions"
        )
    if abs(shares.sum() - 1) > 1e-9:
        raise ValueError(f"expected weights to sum to 1, but got {shares.sum():g}")
    if any(each.ndim != 2 or each.shape != measures[0].shape for each in measures):
        raise ValueError(
            f"expected draws of one shape (n, H), but got {', '.join(str(each.shape) for each in measures)}"
        )
    total = np.zeros(measures[0].shape)
    notes = ["measures are taken as independent given the data"] if len(measures) > 1 else []
    for place, (each, share, way) in enumerate(zip(measures, shares, direction, strict=True)):
        if way not in {"higher", "lower"}:
            raise ValueError(f"expected direction to be higher or lower, but got {way!r}")
        spread = each.mean(axis=0).std()
        if spread == 0:
            notes.append(f"measure {place} does not differ between hospitals and adds nothing")
            continue
        total += share * (each if way == "higher" else -each) / spread
    total -= total.mean(axis=1, keepdims=True)
    p_above = (total > 0).mean(axis=0)
    p_below = (total < 0).mean(axis=0)
    star = np.where(p_above >= STAR_PROBABILITY, 3, np.where(p_below >= STAR_PROBABILITY, 1, 2))
    lo, hi = np.quantile(total, [tail, 1 - tail], axis=0)
    return Composite(total.mean(axis=0), lo, hi, p_above, star.astype(np.int64), tuple(notes))
