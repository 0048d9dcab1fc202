"""Agreement between abstractors in validation audits. Report percent agreement and AC1 first.

Kappa breaks at low prevalence: two abstractors who agree in 95 of 100 charts can have a kappa near 0.

References
----------
.. [1] Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20:37-46.
.. [2] Fleiss JL, Cohen J, Everitt BS. Large sample standard errors of kappa and weighted kappa. Psychol Bull
   1969;72:323-327.
.. [3] Gwet KL. Computing inter-rater reliability and its variance in the presence of high agreement. Br J Math Stat
   Psychol 2008;61:29-48.
.. [4] Gwet KL. Handbook of inter-rater reliability. 4th ed. Advanced Analytics 2014 (missing ratings).
.. [5] Krippendorff K. Content analysis. 3rd ed. Sage 2013, chapter 12.
.. [6] Byrt T, Bishop J, Carlin JB. Bias, prevalence and kappa. J Clin Epidemiol 1993;46:423-429 (PABAK).
.. [7] Bland JM, Altman DG. Statistical methods for assessing agreement between two methods of clinical measurement.
   Lancet 1986;327:307-310.
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, at_least, between, counts, floats, same_length, vector
from riskstats._distributions import normal_quantile


@dataclasses.dataclass(frozen=True)
class Coefficients:
    """One number for each coefficient of agreement.

    Attributes
    ----------
    po, kappa, pabak, ac1, alpha : float
        Percent agreement, kappa, prevalence- and bias-adjusted kappa, Gwet's AC1, Krippendorff's alpha.
    """

    po: float
    kappa: float
    pabak: float
    ac1: float
    alpha: float


@dataclasses.dataclass(frozen=True)
class Agreement:
    """Coefficients of agreement with standard errors and intervals.

    Attributes
    ----------
    po, kappa, pabak, ac1, alpha : float
        Share of agreement, and four coefficients corrected for chance; kappa is Cohen's for two raters, Fleiss's
        for more. NaN where the correction does not exist.
    se, lo, hi : Coefficients
        Standard errors and limits (t with n - 1 degrees of freedom, cut at -1 and 1).
    n : int
        Units.
    specific : ndarray, shape (q,)
        Agreement on each category: of two ratings, one of them this category, how often is the other too. For yes/no
        these are negative and positive agreement. NaN for categories nobody used.
    warnings : tuple of str
        Says when a coefficient does not exist, and which units were left out.
    """

    po: float
    kappa: float
    pabak: float
    ac1: float
    alpha: float
    se: Coefficients
    lo: Coefficients
    hi: Coefficients
    n: int
    specific: Floats
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class NumericAgreement:
    """Agreement of two readings of a number.

    Attributes
    ----------
    within : float
        Share of pairs that differ by no more than the tolerance.
    mean_difference, sd_difference : float
        Of second minus first reading.
    lo, hi : float
        Limits of agreement.
    n : int
        Pairs.
    warnings : tuple of str
        Says when there is one pair only.
    """

    within: float
    mean_difference: float
    sd_difference: float
    lo: float
    hi: float
    n: int
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Part:
    """A coefficient and the influence of each unit on it."""

    value: float
    influence: Floats


def two_rater(table: npt.ArrayLike, level: float = 0.95) -> Agreement:
    """Agreement of two abstractors on one field.

    Parameters
    ----------
    table : array_like of whole numbers, shape (q, q)
        Charts by category of the first (rows) and of the second abstractor (columns), at least 2 charts.
    level : float
        Confidence level.

    Returns
    -------
    Agreement
        Cohen's kappa, PABAK, AC1, alpha, with intervals; with one category in use kappa and alpha are NaN and AC1 is 1.

    Raises
    ------
    ValueError
        NaN, empty, not square, broken or negative numbers, or fewer than 2 charts.

    Notes
    -----
    ``kappa = (po - pe)/(1 - pe)``, ``pe = sum p_k. p_.k`` [1]_ with the standard error of [2]_; ``PABAK = (q po - 1)/(q - 1)`` [6]_; AC1 with
    ``pe = sum pi_k (1 - pi_k)/(q - 1)`` [3]_; alpha [5]_.

    Examples
    --------
    >>> result = two_rater([[40, 3], [2, 1]])
    >>> round(result.po, 3), round(result.kappa, 3), round(result.ac1, 3), result.specific.round(2)
    (0.891, 0.228, 0.874, array([0.94, 0.29]))
    """
    cells = counts("table", table)
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1]:
        raise ValueError(f"expected table to be square, but got shape {cells.shape}")
    n = int(cells.sum())
    if n < 2:
        raise ValueError(f"expected table to hold at least 2 charts, but got {n}")
    categories = len(cells)
    first, second = np.divmod(np.arange(categories**2), categories)
    ratings = np.eye(categories)[first] + np.eye(categories)[second]
    repeats = cells.ravel()
    kappa = _cohen(cells / n, first, second)
    return _agreement(ratings, repeats, kappa, level, ())


def many_raters(matrix: npt.ArrayLike, level: float = 0.95, *, categories: int | None = None) -> Agreement:
    """Agreement of several abstractors on one field, where not everyone need have rated every chart.

    Parameters
    ----------
    matrix : array_like, shape (n, r)
        Rating of each chart (row) by each abstractor (column): codes of categories, NaN where not rated.
    level : float
        Confidence level.
    categories : int, optional
        Number of categories that could be chosen; left out: the number of those in use.

    Returns
    -------
    Agreement
        Fleiss's kappa, PABAK, AC1, alpha, with intervals. Charts without any rating are left out; charts with one rating count
        for how often categories are used, but not for agreement.

    Raises
    ------
    ValueError
        Not two-dimensional, infinite, fewer than 2 charts with 2 ratings, or fewer categories than are in use.

    Notes
    -----
    The versions for missing ratings of [4]_; alpha over charts with at least two ratings [5]_. Standard errors by the influence of each
    chart, with the number of charts with two ratings taken as fixed.

    Examples
    --------
    >>> nan = float("nan")
    >>> result = many_raters([[1, 1, 1], [2, 2, nan], [1, 2, 1], [2, 2, 2], [1, 1, nan]])
    >>> round(result.po, 3), round(result.kappa, 3), round(result.ac1, 3)
    (0.867, 0.732, 0.735)
    """
    given = floats("matrix", matrix)
    if given.ndim != 2 or given.size == 0:
        raise ValueError(f"expected matrix of shape (charts, abstractors), but got shape {given.shape}")
    if np.isinf(given).any():
        raise ValueError("expected matrix to hold codes, or NaN where not rated, but got an infinite value")
    used = np.unique(given[~np.isnan(given)])
    if categories is not None and categories < len(used):
        raise ValueError(f"expected at least the {len(used)} categories in use, but got {categories}")
    ratings = (given[:, :, None] == used).sum(axis=1).astype(np.float64)
    ratings = np.pad(ratings, ((0, 0), (0, max(0, (categories or 0) - len(used)))))
    rated = ratings.sum(axis=1)
    if (rated >= 2).sum() < 2:
        raise ValueError(f"expected at least 2 charts with 2 ratings, but got {int((rated >= 2).sum())}")
    without = int((rated == 0).sum())
    notes = (f"{without} charts without any rating were left out",) if without else ()
    ratings = ratings[rated > 0]
    return _agreement(ratings, np.ones(len(ratings)), None, level, notes)


def numeric(first: npt.ArrayLike, second: npt.ArrayLike, tolerance: float, level: float = 0.95) -> NumericAgreement:
    """Agreement of two abstractors on a number.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Readings of the two.
    tolerance : float
        Largest difference that counts as agreement, at least 0, stated beforehand.
    level : float
        Share of differences that the limits of agreement should hold.

    Returns
    -------
    NumericAgreement
        Share within tolerance, mean difference, limits of agreement.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, or a negative tolerance.

    Notes
    -----
    Mean ``-+ z`` standard deviations of the differences [7]_.

    Examples
    --------
    >>> result = numeric([120, 80, 95, 100], [121, 80, 99, 100], tolerance=2)
    >>> result.within, result.mean_difference, round(result.hi, 2)
    (0.75, 1.25, 4.96)
    """
    one, two = vector("first", first), vector("second", second)
    n = same_length(first=one, second=two)
    allowed = float(at_least("tolerance", np.asarray(tolerance, dtype=np.float64), 0.0))
    difference = two - one
    mean = float(difference.mean())
    spread = float(difference.std(ddof=1)) if n > 1 else np.nan
    reach = normal_quantile(level) * spread
    # A hair for decimals: 1.3 - 1.2 is a little more than 0.1.
    within = float((np.abs(difference) <= allowed + 1e-9 * (1 + allowed)).mean())
    notes = () if n > 1 else ("one pair: no limits of agreement",)
    return NumericAgreement(within, mean, spread, mean - reach, mean + reach, n, notes)


def _cohen(shares: Floats, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> _Part:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    po, pe = float(np.trace(shares)), float(rows @ columns)
    if pe == 1:
        return _Part(np.nan, np.full(len(first), np.nan))
    kappa = (po - pe) / (1 - pe)
    chance = columns[first] + rows[second] - 2 * pe
    return _Part(kappa, ((first == second) - po - (1 - kappa) * chance) / (1 - pe))


def _agreement(
    ratings: Floats, repeats: Floats, kappa: _Part | None, level: float, notes: tuple[str, ...]
) -> Agreement:
    n, categories = float(repeats.sum()), ratings.shape[1]
    own_use = ratings / ratings.sum(axis=1, keepdims=True)
    use = repeats @ own_use / n
    others = max(categories - 1, 1)
    uniform = 1 / categories if categories > 1 else 1.0
    still = np.zeros(len(ratings))
    parts = {
        "po": _corrected(ratings, repeats, 0.0, still),
        "kappa": kappa or _corrected(ratings, repeats, float(use @ use), 2 * (own_use - use) @ use),
        "pabak": _corrected(ratings, repeats, uniform, still),
        "ac1": _corrected(ratings, repeats, float(use @ (1 - use)) / others, -2 * (own_use - use) @ use / others),
        "alpha": _alpha(ratings, repeats),
    }
    # Cohen's standard error is that of a large sample, as published; alpha looks at charts with two ratings only.
    paired = float(repeats @ (ratings.sum(axis=1) >= 2))
    divisor = dict.fromkeys(parts, n * (n - 1)) | {"alpha": paired * (paired - 1)}
    divisor |= {"kappa": n * n} if kappa else {}
    values = {name: part.value for name, part in parts.items()}
    se = {name: float(np.sqrt(repeats @ part.influence**2 / divisor[name])) for name, part in parts.items()}
    reach = float(scipy.special.stdtrit(n - 1, 0.5 + between("level", level) / 2))
    missing = [name for name, value in values.items() if np.isnan(value)]
    return Agreement(
        **values,
        se=Coefficients(**se),
        lo=Coefficients(**{name: float(np.maximum(values[name] - reach * se[name], -1)) for name in parts}),
        hi=Coefficients(**{name: float(np.minimum(values[name] + reach * se[name], 1)) for name in parts}),
        n=int(n),
        specific=_specific(ratings, repeats),
        warnings=(*notes, *(f"one category only: {name} does not exist" for name in missing)),
    )


def _corrected(ratings: Floats, repeats: Floats, pe: float, influence_on_pe: Floats) -> _Part:
    """Correct agreement for chance; charts with one rating say something of chance, nothing of agreement."""
    if 1 - pe < 1e-12:
        return _Part(np.nan, np.full(len(ratings), np.nan))
    rated = ratings.sum(axis=1)
    pairs = rated * (rated - 1)
    share = np.where(pairs > 0, (ratings * (ratings - 1)).sum(axis=1) / np.where(pairs > 0, pairs, 1.0), 0.0)
    weight = (pairs > 0) * repeats.sum() / (repeats @ (pairs > 0))
    corrected = weight * (share - pe) / (1 - pe)
    value = float(repeats @ corrected / repeats.sum())
    return _Part(value, corrected - value - (1 - value) * influence_on_pe / (1 - pe))


def _alpha(ratings: Floats, repeats: Floats) -> _Part:
    rated = ratings.sum(axis=1)
    paired = rated >= 2
    agreeing = np.where(paired, (ratings * (ratings - 1)).sum(axis=1) / np.where(paired, rated - 1, 1.0), 0.0)
    rated, ratings = np.where(paired, rated, 0.0), np.where(paired[:, None], ratings, 0.0)
    total = float(repeats @ rated)
    pa, use = float(repeats @ agreeing) / total, repeats @ ratings / total
    pe = float(use @ use)
    if 1 - pe < 1e-12:
        return _Part(np.nan, np.full(len(ratings), np.nan))
    mean = total / float(repeats @ paired)
    of_agreement, of_chance = (agreeing - pa * rated) / mean, 2 * (ratings - rated[:, None] * use) @ use / mean
    # The correction for small samples is part of the value, not of the published standard error.
    value = 1 - (1 - 1 / total) * (1 - pa) / (1 - pe)
    return _Part(value, (of_agreement - (1 - pa) / (1 - pe) * of_chance) / (1 - pe))


def _specific(ratings: Floats, repeats: Floats) -> Floats:
    rated = ratings.sum(axis=1)
    others = np.where(rated >= 2, 1 / np.maximum(rated - 1, 1.0), 0.0) * repeats
    agreeing = others @ (ratings * (ratings - 1))
    possible = others @ (ratings * (rated - 1)[:, None])
    return np.where(possible > 0, agreeing / np.where(possible > 0, possible, 1.0), np.nan)
