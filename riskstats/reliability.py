"""How much of the differences between hospitals is signal, and how many cases it takes to see it.

References
----------
.. [1] Adams JL. The reliability of provider profiling: a tutorial. RAND TR-653, 2009.
.. [2] Huffman KM, Cohen ME et al. A comprehensive evaluation of statistical reliability in ACS NSQIP profiling models.
   Ann Surg 2015;261:1108-1113.
.. [3] Spearman C; Brown W. Br J Psychol 1910;3:271-322.
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, above, at_least, counts_of, numbers, ratio, together, vector
from riskstats.errors import NotConvergedError


LEAST_GAIN = 1e-5  # of the log-likelihood over no variation at all; less cannot be told from rounding
MOST_ITERATIONS = 500
LARGEST_SIZE = 1e7  # alpha + beta; beyond, the distribution is binomial


@dataclasses.dataclass(frozen=True)
class BetaBinomial:
    """A beta distribution of the hospitals' true proportions.

    Attributes
    ----------
    alpha, beta : float
        Parameters; infinite where the hospitals differ no more than by chance.
    R : ndarray, shape (H,)
        Reliability, 0 to 1.
    R_exact : ndarray, shape (H,)
        ``n/(n + alpha + beta)``, the weight of the hospital's own data in its shrunken proportion.
    shrunken : ndarray, shape (H,)
        ``(x + alpha)/(n + alpha + beta)``.
    variance : float
        Variance of the true proportions.
    warnings : tuple of str
        Says when no variation between hospitals was seen.
    """

    alpha: float
    beta: float
    R: Floats
    R_exact: Floats
    shrunken: Floats
    variance: float
    warnings: tuple[str, ...] = ()


def signal_to_noise(sigma2: float, cond_var: npt.ArrayLike) -> Floats:
    """Reliability of each hospital's effect in a model with a random intercept.

    Parameters
    ----------
    sigma2 : float
        Variance between hospitals, at least 0.
    cond_var : array_like, shape (H,)
        Conditional variance of each effect given the data, at least 0.

    Returns
    -------
    ndarray, shape (H,)
        Reliability from 0 to 1; 0 when the hospitals do not differ (``sigma2 = 0``).

    Raises
    ------
    ValueError
        NaN, empty or negative.

    Notes
    -----
    ``R = 1 - cond_var/sigma2``, which is ``sigma2/(sigma2 + 1/W)`` with the information W of the hospital's cases; cut at 0.

    Examples
    --------
    >>> signal_to_noise(0.09, [0.01, 0.045, 0.09]).round(3)
    array([0.889, 0.5  , 0.   ])
    """
    between_hospitals = float(at_least("sigma2", numbers("sigma2", sigma2), 0.0))
    within = at_least("cond_var", vector("cond_var", cond_var), 0.0)
    if between_hospitals == 0:
        return np.zeros(len(within))
    return np.maximum(0.0, 1 - within / between_hospitals)


def beta_binomial(x: npt.ArrayLike, n: npt.ArrayLike) -> BetaBinomial:
    """Reliability of unadjusted proportions, from a beta-binomial model.

    Parameters
    ----------
    x, n : array_like of whole numbers, shape (H,)
        Events and cases of each hospital.

    Returns
    -------
    BetaBinomial
        ``alpha``, ``beta`` by maximum likelihood and ``R``; with no more variation than by chance
        ``alpha = beta = inf`` and ``R = 0``.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, broken numbers, x above n, or no cases at all.
    NotConvergedError
        No maximum was reached in 500 steps.

    Notes
    -----
    ``v = ab/((a+b)^2 (a+b+1))``, ``R = v/(v + p(1-p)/n)`` [1]_ with the shrunken proportion p: the raw one would give R = 1 to a hospital
    without events, a known defect. Thresholds: 0.7 is good, 0.4 the lowest that is acceptable [2]_.

    Examples
    --------
    >>> result = beta_binomial([2, 30, 12, 40, 5], [40, 200, 150, 200, 60])
    >>> round(result.alpha, 2), round(result.beta, 2), result.R.round(2)
    (6.69, 47.92, array([0.48, 0.76, 0.78, 0.72, 0.56]))
    """
    events, cases = counts_of("x", vector("x", x), "n", vector("n", n))
    total, hits = cases.sum(), events.sum()
    if total == 0:
        raise ValueError("expected at least one case, but got none in any hospital")
    share = float(hits / total)
    if hits in {0, total}:
        return _no_variation(share, cases, "no events, or only events: no variation between hospitals can be seen")
    alpha, beta, gain = _fit_beta_binomial(events, cases, share)
    if gain < LEAST_GAIN or alpha + beta > LARGEST_SIZE:
        return _no_variation(share, cases, "hospitals differ no more than by chance")
    size = alpha + beta
    variance = alpha * beta / (size**2 * (size + 1))
    shrunken = (events + alpha) / (cases + size)
    noise = ratio(shrunken * (1 - shrunken), cases)
    reliability = np.where(cases > 0, variance / (variance + noise), 0.0)
    return BetaBinomial(alpha, beta, reliability, cases / (cases + size), shrunken, variance)


def _no_variation(share: float, cases: Floats, why: str) -> BetaBinomial:
    nothing = np.zeros(len(cases))
    return BetaBinomial(np.inf, np.inf, nothing, nothing, np.full(len(cases), share), 0.0, (why,))


def _fit_beta_binomial(events: Floats, cases: Floats, share: float) -> tuple[float, float, float]:
    """Maximise over logit of the mean and log of the size; give back the gain over a binomial too."""
    digamma, betaln = scipy.special.digamma, scipy.special.betaln
    others = cases - events

    def parameters(point: Floats) -> tuple[float, float, float]:
        mean, size = float(scipy.special.expit(point[0])), float(np.exp(point[1]))
        return mean, size * mean, size * (1 - mean)

    def loss(point: Floats) -> float:
        _, a, b = parameters(point)
        return -float((betaln(events + a, others + b) - betaln(a, b)).sum())

    def gradient(point: Floats) -> Floats:
        mean, a, b = parameters(point)
        common = digamma(a + b) - digamma(cases + a + b)
        by_a = (digamma(events + a) - digamma(a) + common).sum()
        by_b = (digamma(others + b) - digamma(b) + common).sum()
        return -np.array([a * (1 - mean) * (by_a - by_b), a * by_a + b * by_b])

    limits = [(-20.0, 20.0), (-10.0, float(np.log(2 * LARGEST_SIZE)))]
    start = np.array([scipy.special.logit(share), np.log(20.0)])
    found = scipy.optimize.minimize(
        loss,
        start,
        jac=gradient,
        bounds=limits,
        method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": MOST_ITERATIONS},
    )
    if found.nit >= MOST_ITERATIONS:  # it also stops where rounding ends the climb: that is the maximum
        raise NotConvergedError(f"expected a maximum within {MOST_ITERATIONS} steps, but got none")
    _, a, b = parameters(found.x)
    binomial = float((events * np.log(share) + others * np.log1p(-share)).sum())
    return a, b, -float(found.fun) - binomial


def latent_icc(sigma2: npt.ArrayLike) -> Floats:
    """Share of the latent variance that lies between hospitals, in a logistic model with a random intercept.

    Parameters
    ----------
    sigma2 : array_like
        Variance between hospitals, at least 0.

    Returns
    -------
    ndarray
        ``sigma2/(sigma2 + pi^2/3)``.

    Raises
    ------
    ValueError
        NaN, empty or negative.

    Examples
    --------
    >>> latent_icc([0.0, 0.09]).round(4)
    array([0.    , 0.0266])
    """
    between_hospitals = at_least("sigma2", numbers("sigma2", sigma2), 0.0)
    return between_hospitals / (between_hospitals + np.pi**2 / 3)


def spearman_brown(icc: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
    """Reliability of the mean of n cases.

    Parameters
    ----------
    icc : array_like
        Intraclass correlation, 0 to 1.
    n : array_like
        Cases, at least 0.

    Returns
    -------
    ndarray
        ``n icc / (1 + (n - 1) icc)`` [3]_; 0 for no cases.

    Raises
    ------
    ValueError
        NaN, empty, icc outside 0 to 1, negative n.

    Examples
    --------
    >>> spearman_brown(0.0266, [0, 30, 100]).round(3)
    array([0.   , 0.45 , 0.732])
    """
    correlation, cases = together(icc=_icc(icc), n=at_least("n", numbers("n", n), 0.0))
    bottom = 1 + (cases - 1) * correlation
    return np.asarray(np.divide(cases * correlation, bottom, out=np.zeros(bottom.shape), where=bottom > 0))


def min_cases(icc: npt.ArrayLike, R: npt.ArrayLike) -> Floats:
    """Cases that a hospital needs for a given reliability.

    Parameters
    ----------
    icc : array_like
        Intraclass correlation, above 0, at most 1.
    R : array_like
        Reliability, at least 0, below 1.

    Returns
    -------
    ndarray
        ``R (1 - icc) / ((1 - R) icc)``, not rounded.

    Raises
    ------
    ValueError
        NaN, empty, icc or R outside their range.

    Examples
    --------
    >>> min_cases(0.0266, [0.4, 0.7]).round(1)
    array([24.4, 85.4])
    """
    correlation, wanted = together(icc=above("icc", _icc(icc), 0.0), R=at_least("R", numbers("R", R), 0.0))
    if (wanted >= 1).any():
        raise ValueError(f"expected R to be below 1, but got {wanted.max():g}")
    return np.asarray(wanted * (1 - correlation) / ((1 - wanted) * correlation))


def _icc(values: npt.ArrayLike) -> Floats:
    correlation = at_least("icc", numbers("icc", values), 0.0)
    if (correlation > 1).any():
        raise ValueError(f"expected icc to be at most 1, but got {correlation.max():g}")
    return correlation
