"""Predicted over expected events: the hospital as it is against the average hospital, with the same patients.

References
----------
.. [1] Krumholz HM et al. An administrative claims model suitable for profiling hospital performance based on 30-day
   mortality rates among patients with heart failure. Circulation 2006;113:1693-1701.
.. [2] Ash AS et al. Statistical issues in assessing hospital performance. COPSS-CMS white paper, 2012.
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, at_least, codes, counts, group_sums, matrix, ratio, same_length, vector
from riskstats.providers.random_intercept import RandomInterceptFit


@dataclasses.dataclass(frozen=True)
class PredictedExpected:
    """Predicted over expected events, arrays of length H = largest code + 1.

    Attributes
    ----------
    P, E : ndarray
        Events predicted with the hospital's own effect, and expected with the average effect of 0.
    ratio : ndarray
        ``P/E``; NaN for hospitals without cases.
    rsrr : ndarray
        Risk-standardised rate, ``ratio * overall``, a proportion.
    overall : float
        Share of events over all cases of the fit.
    warnings : tuple of str
        Hospitals without cases, and hospitals that the fit does not know.
    """

    P: Floats
    E: Floats
    ratio: Floats
    rsrr: Floats
    overall: float
    warnings: tuple[str, ...] = ()


def predicted_expected(
    fit: RandomInterceptFit,
    X: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    m: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
    effect: npt.ArrayLike | None = None,
) -> PredictedExpected:
    """Work out predicted over expected events, as the Centers for Medicare & Medicaid Services publish them.

    Parameters
    ----------
    fit : RandomInterceptFit
        Converged fit.
    X : array_like, shape (n, p)
        Covariates of the cases, columns as in the fit.
    group : array_like of int, shape (n,)
        Hospital of each case.
    m, offset : array_like, shape (n,), optional
        Trials and offset of each row, as in the fit.
    effect : array_like, shape (H,), optional
        Effects to use instead of ``fit.u``, such as the posterior mean contrast.

    Returns
    -------
    PredictedExpected
        ``P``, ``E``, ``ratio``, ``rsrr``.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, or columns other than those of the fit.
    NotConvergedError
        The fit did not converge.

    Notes
    -----
    ``E = sum expit(b0 + x'b)``, ``P = sum expit(b0 + x'b + u)``, ``rsrr = (P/E) sum O/N`` [1]_ [2]_. A hospital that the fit does not know has the
    average effect, and a ratio of 1.

    Examples
    --------
    >>> from riskstats.providers import fit_random_intercept
    >>> events = [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24]
    >>> cases = [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360]
    >>> X = np.zeros((12, 0))
    >>> predicted_expected(fit_random_intercept(X, events, range(12), m=cases), X, range(12), m=cases).ratio.round(2)[:3]
    array([0.74, 1.4 , 0.96])
    """
    fit.require_converged()
    columns, hospital = matrix("X", X), codes("group", group)
    if columns.shape[1] != len(fit.beta) - 1:
        raise ValueError(f"expected X to have {len(fit.beta) - 1} columns like the fit, but got {columns.shape[1]}")
    rows = len(hospital)
    trials = np.ones(rows) if m is None else at_least("m", counts("m", m), 1.0)
    shift = np.zeros(rows) if offset is None else vector("offset", offset)
    same_length(X=columns, group=hospital, m=trials, offset=shift)
    effects = vector("effect", fit.u if effect is None else effect)
    hospitals = max(int(hospital.max()) + 1, len(effects))
    unknown = np.setdiff1d(hospital, np.arange(len(effects)))
    effects = np.concatenate([effects, np.zeros(hospitals - len(effects))])
    eta = fit.beta[0] + columns @ fit.beta[1:] + shift
    expit = scipy.special.expit
    expected = group_sums(hospital, trials * expit(eta), hospitals)
    predicted = group_sums(hospital, trials * expit(eta + effects[hospital]), hospitals)
    notes = [f"hospital {code} is not in the fit: taken as average" for code in unknown]
    notes += [f"hospital {code} has no case" for code in np.flatnonzero(expected == 0)]
    ratios = ratio(predicted, expected)
    return PredictedExpected(predicted, expected, ratios, ratios * fit.overall, fit.overall, tuple(notes))
