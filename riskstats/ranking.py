"""Ranks of hospitals with their uncertainty: a rank without it misleads.

References
----------
.. [1] Goldstein H, Spiegelhalter DJ. League tables and their limitations. JRSS A 1996;159:385-443.
.. [2] Lin R, Louis TA, Paddock SM, Ridgeway G. Loss function based ranking in two-stage, hierarchical models.
   Bayesian Anal 2006;1:915-946.
.. [3] Lingsma HF et al. Comparing and ranking hospitals based on outcome: results from The Netherlands Stroke Survey.
   QJM 2010;103:99-108 (PCER).
.. [4] Salanti G, Ades AE, Ioannidis JPA. Graphical methods and numerical summaries for presenting results from
   multiple-treatment meta-analysis. J Clin Epidemiol 2011;64:163-171 (SUCRA).
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Booleans, Floats, above, between, numbers, probabilities, same_length, vector
from riskstats._distributions import normal_density


NODES = 201  # over the posterior of one hospital, for p_top
REACH = 8.0


@dataclasses.dataclass(frozen=True)
class ExpectedRanks:
    """Expected ranks from independent normal posteriors, arrays of length H; rank 1 is the lowest effect.

    Attributes
    ----------
    rank : ndarray
        ``1 + sum over others of P(other < own)``.
    pcer : ndarray
        Percentile ``100 (rank - 1/2)/H``.
    sucra : ndarray
        ``1 - (rank - 1)/(H - 1)``; 1 for a single hospital.
    warnings : tuple of str
        Always empty.
    """

    rank: Floats
    pcer: Floats
    sucra: Floats
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class RankPosterior:
    """Posterior of the ranks, arrays of length H; rank 1 is the lowest effect.

    Attributes
    ----------
    mean, median : ndarray
        Mean and median rank.
    lo, hi : ndarray
        Quantiles of the rank (type 1, so that they are ranks).
    p_top : ndarray, shape (H, H)
        ``p_top[i, k - 1]`` is the probability of hospital i to be among the k lowest.
    warnings : tuple of str
        Always empty.
    """

    mean: Floats
    median: Floats
    lo: Floats
    hi: Floats
    p_top: Floats
    warnings: tuple[str, ...] = ()


def expected_ranks(mean: npt.ArrayLike, sd: npt.ArrayLike) -> ExpectedRanks:
    """Expected rank of each hospital, from independent normal posteriors.

    Parameters
    ----------
    mean, sd : array_like, shape (H,)
        Posterior mean and standard deviation (above 0) of each effect.

    Returns
    -------
    ExpectedRanks
        ``rank``, ``pcer``, ``sucra``; one hospital has rank 1.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, or sd not above 0.

    Notes
    -----
    ``P(k < i) = Phi((m_i - m_k)/sqrt(s_i^2 + s_k^2))`` [2]_; percentile [3]_; SUCRA [4]_.

    Examples
    --------
    >>> result = expected_ranks([-0.4, 0.0, 0.1], [0.1, 0.1, 0.3])
    >>> result.rank.round(2), result.pcer.round(1)
    (array([1.06, 2.37, 2.57]), array([18.6, 62.5, 68.9]))
    """
    means, spreads = _normals(mean, sd)
    size = len(means)
    away = (means[:, None] - means) / np.sqrt(spreads[:, None] ** 2 + spreads**2)
    below = scipy.special.ndtr(away)
    np.fill_diagonal(below, 0.0)
    rank = 1 + below.sum(axis=1)
    sucra = 1 - (rank - 1) / (size - 1) if size > 1 else np.ones(1)
    return ExpectedRanks(rank, 100 * (rank - 0.5) / size, sucra)


def p_top(mean: npt.ArrayLike, sd: npt.ArrayLike, k: int) -> Floats:
    """Probability of each hospital to be among the k lowest, from independent normal posteriors.

    Parameters
    ----------
    mean, sd : array_like, shape (H,)
        Posterior mean and standard deviation (above 0) of each effect.
    k : int
        Places, 1 to H. For the k highest give ``-mean``.

    Returns
    -------
    ndarray, shape (H,)
        Probabilities; they sum to k.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, sd not above 0, or k outside 1 to H.

    Notes
    -----
    Quadrature over the hospital's own effect, with the Poisson-binomial distribution of the number of others below it.

    Examples
    --------
    >>> p_top([-0.4, 0.0, 0.1], [0.1, 0.1, 0.3], k=1).round(3)
    array([0.941, 0.002, 0.057])
    """
    means, spreads = _normals(mean, sd)
    size = len(means)
    if not 1 <= k <= size:
        raise ValueError(f"expected k from 1 to {size}, but got {k!r}")
    nodes = np.linspace(-REACH, REACH, NODES)
    weights = normal_density(nodes)
    weights /= weights.sum()
    chances = np.empty(size)
    for own in range(size):
        at = means[own] + spreads[own] * nodes
        others = np.delete(np.arange(size), own)
        below = scipy.special.ndtr((at[:, None] - means[others]) / spreads[others])
        chances[own] = weights @ _fewer_than(k, below)
    return chances


def _fewer_than(k: int, below: Floats) -> Floats:
    """Probability of fewer than k events among independent ones, for each row of chances."""
    upto = np.zeros((len(below), k))
    upto[:, 0] = 1.0
    for chance in below.T[:, :, None]:
        shifted = np.concatenate([np.zeros((len(upto), 1)), upto[:, :-1]], axis=1)
        upto = upto * (1 - chance) + shifted * chance
    return np.asarray(upto.sum(axis=1))


def ranks_from_draws(draws: npt.ArrayLike, level: float = 0.95) -> RankPosterior:
    """Posterior of the ranks, from joint draws of the effects.

    Parameters
    ----------
    draws : array_like, shape (n, H)
        Joint draws, such as ``posterior(...).draws(20_000, rng)``, without hospitals that have no cases.
    level : float
        Level of the rank interval.

    Returns
    -------
    RankPosterior
        ``mean``, ``median``, ``lo``, ``hi``, ``p_top``.

    Raises
    ------
    ValueError
        NaN, empty, not two-dimensional, or level outside (0, 1).

    Notes
    -----
    Joint draws keep the dependence between effects [1]_. Quantiles of ranks are of type 1: the smallest rank that reaches the probability.

    Examples
    --------
    >>> result = ranks_from_draws([[0.1, 0.3, 0.2], [0.0, 0.1, 0.4], [0.2, 0.1, 0.3]])
    >>> result.mean.round(2), result.p_top[:, 0].round(2)
    (array([1.33, 2.  , 2.67]), array([0.67, 0.33, 0.  ]))
    """
    effects = numbers("draws", draws)
    if effects.ndim != 2:
        raise ValueError(f"expected draws of shape (n, H), but got shape {effects.shape}")
    tail = (1 - between("level", level)) / 2
    order = np.argsort(effects, axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, effects.shape[1] + 1)[None, :], axis=1)
    lo, median, hi = np.quantile(ranks, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf").astype(np.float64)
    places = np.arange(1, effects.shape[1] + 1)
    return RankPosterior(ranks.mean(axis=0), median, lo, hi, (ranks[:, :, None] <= places).mean(axis=0))


def positive_deviants(
    prob_better: npt.ArrayLike,
    p_best: npt.ArrayLike,
    R: npt.ArrayLike,
    *,
    least_better: float = 0.8,
    least_best: float = 0.5,
    least_reliability: float = 0.7,
) -> Booleans:
    """Find hospitals to learn from: better by a margin, probably among the best, and reliably measured.

    Parameters
    ----------
    prob_better : array_like, shape (H,)
        Probability of the contrast to be better than ``log 0.8`` (``1 - posterior.prob_gt(log 0.8)`` when lower is better).
    p_best : array_like, shape (H,)
        Probability to be among the best tenth.
    R : array_like, shape (H,)
        Reliability.
    least_better, least_best, least_reliability : float
        Thresholds.

    Returns
    -------
    ndarray of bool, shape (H,)
        Show them as "learn from"; never name them without consent.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, or outside 0 to 1.

    Examples
    --------
    >>> positive_deviants([0.9, 0.9, 0.2], [0.6, 0.3, 0.0], [0.8, 0.8, 0.9])
    array([ True, False, False])
    """
    better, best, reliability = (
        probabilities("prob_better", prob_better),
        probabilities("p_best", p_best),
        probabilities("R", R),
    )
    same_length(prob_better=better, p_best=best, R=reliability)
    return (better >= least_better) & (best >= least_best) & (reliability >= least_reliability)


def _normals(mean: npt.ArrayLike, sd: npt.ArrayLike) -> tuple[Floats, Floats]:
    means, spreads = vector("mean", mean), above("sd", vector("sd", sd), 0.0)
    same_length(mean=means, sd=spreads)
    return means, spreads
