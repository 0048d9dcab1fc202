"""Observed against expected events by indirect standardisation: the view that is always available.

References
----------
.. [1] Breslow NE, Day NE. Statistical methods in cancer research II. IARC 1987, chapter 2.
.. [2] Iezzoni LI (ed). Risk adjustment for measuring health care outcomes. 4th ed. HAP 2013.
"""

import dataclasses
from typing import Literal

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Floats, Integers, binary, codes, group_sums, probabilities, ratio, same_length
from riskstats.intervals import byar, poisson_binomial_tails, poisson_exact, poisson_midp


METHODS = {"byar": byar, "exact": poisson_exact, "midp": poisson_midp}


@dataclasses.dataclass(frozen=True)
class ObservedExpected:
    """Observed against expected events, arrays of length H.

    Attributes
    ----------
    n : ndarray of int
        Cases.
    O, E, V : ndarray
        Observed events, expected events, variance of the events under the model.
    oe : ndarray
        ``O/E``; NaN where ``E = 0``.
    rar : ndarray
        Risk-adjusted rate, ``oe * overall``, a proportion.
    lo, hi : ndarray
        Limits of ``oe``; times ``overall`` they are limits of ``rar``.
    z : ndarray
        ``(O - E)/sqrt(V)``.
    p_mid : ndarray
        Two-sided mid-p value of O under the model.
    overall : float
        Share of events over all hospitals.
    warnings : tuple of str
        Hospitals without a ratio, and hospitals whose p value is approximate.
    """

    n: Integers
    O: Floats  # noqa: E741 - the name in all the literature
    E: Floats
    V: Floats
    oe: Floats
    rar: Floats
    lo: Floats
    hi: Floats
    z: Floats
    p_mid: Floats
    overall: float
    warnings: tuple[str, ...] = ()


def observed_expected(
    y: npt.ArrayLike,
    p: npt.ArrayLike,
    group: npt.ArrayLike,
    level: float = 0.95,
    *,
    interval: Literal["byar", "exact", "midp"] = "byar",
) -> ObservedExpected:
    """Compare each hospital's events with what the pooled model expects for its patients.

    Parameters
    ----------
    y : array_like, shape (n,)
        Outcomes, 0 or 1.
    p : array_like, shape (n,)
        Risk of each case from the pooled model, 0 to 1.
    group : array_like of int, shape (n,)
        Hospital of each case, 0..H-1, in any order.
    level : float
        Confidence level, strictly between 0 and 1.
    interval : {"byar", "exact", "midp"}
        Interval of the observed count; all are divided by E.

    Returns
    -------
    ObservedExpected
        Arrays of length H = largest code + 1. Where no events are expected (a code without cases included), ratios,
        limits, z and p value are NaN, with a warning.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, outcomes other than 0 and 1, risks outside 0 to 1, negative codes, or an
        unknown interval.

    Notes
    -----
    ``E = sum p``, ``V = sum p(1-p)``, ``oe = O/E``, ``rar = oe * sum O / N`` [1]_ [2]_. The p value is the mid-p of the
    Poisson-binomial distribution with the risks of the hospital's own cases.

    Examples
    --------
    >>> result = observed_expected([1, 0, 1, 0, 0, 0], [0.2, 0.3, 0.5, 0.4, 0.4, 0.2], [0, 0, 0, 1, 1, 1])
    >>> result.oe, result.rar.round(3), result.p_mid.round(3)
    (array([2., 0.]), array([0.667, 0.   ]), array([0.28 , 0.288]))
    """
    outcomes, risks, hospital = binary("y", y), probabilities("p", p), codes("group", group)
    same_length(y=outcomes, p=risks, group=hospital)
    if interval not in METHODS:
        raise ValueError(f"expected interval to be one of {', '.join(METHODS)}, but got {interval!r}")
    n = np.bincount(hospital)
    observed, expected, variance = (group_sums(hospital, each) for each in (outcomes, risks, risks * (1 - risks)))
    usable = expected > 0
    limits = METHODS[interval](observed, level)
    overall = float(outcomes.mean())
    oe = ratio(observed, expected)
    p_mid, approximate = _p_values(observed, risks, hospital, usable)
    notes = [f"hospital {code}: no events expected, no ratio" for code in np.flatnonzero(~usable)]
    notes += [f"hospital {code}: {why}" for code, why in approximate]
    return ObservedExpected(
        n=n,
        O=observed,
        E=expected,
        V=variance,
        oe=oe,
        rar=oe * overall,
        lo=ratio(limits.lo, expected),
        hi=ratio(limits.hi, expected),
        z=ratio(observed - expected, np.sqrt(variance)),
        p_mid=p_mid,
        overall=overall,
        warnings=tuple(notes),
    )


def _p_values(
    observed: Floats, risks: Floats, hospital: Integers, usable: npt.NDArray[np.bool_]
) -> tuple[Floats, list[tuple[int, str]]]:
    order = np.argsort(hospital, kind="stable")
    ends = np.cumsum(np.bincount(hospital))
    p_mid = np.full(len(observed), np.nan)
    notes: list[tuple[int, str]] = []
    for code in np.flatnonzero(usable):
        own = risks[order[ends[code - 1] if code else 0 : ends[code]]]
        tails = poisson_binomial_tails(int(observed[code]), own)
        p_mid[code] = tails.mid_two
        notes += [(int(code), why) for why in tails.warnings]
    return p_mid, notes
