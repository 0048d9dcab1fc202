"""Risk-adjusted CUSUM and VLAD of one hospital, case by case, for rare serious outcomes.

References
----------
.. [1] Steiner SH, Cook RJ, Farewell VT, Treasure T. Monitoring surgical performance using risk-adjusted cumulative sum
   charts. Biostatistics 2000;1:441-452.
.. [2] Lovegrove J et al. Monitoring the results of cardiac surgery by variable life-adjusted display. Lancet
   1997;350:1128-1130.
.. [3] Brook D, Evans DA. An approach to the probability distribution of cusum run length. Biometrika 1972;59:539-549.
.. [4] Knoth S, Wittenberg P, Gan FF. Risk-adjusted CUSUM charts under model error. Stat Med 2019;38:2206-2218
   (paired rounding; R package vlad).
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Booleans, Floats, at_least, between, binary, probabilities, same_length, vector


LARGEST_LIMIT = 50.0


@dataclasses.dataclass(frozen=True)
class Cusum:
    """Path of a CUSUM, one value for each case.

    Attributes
    ----------
    s : ndarray
        Sum after each case, before a reset.
    signal : ndarray of bool
        Cases at which the sum reached the limit.
    warnings : tuple of str
        Always empty.
    """

    s: Floats
    signal: Booleans
    warnings: tuple[str, ...] = ()


def llr(y: npt.ArrayLike, p: npt.ArrayLike, ra: float, r0: float = 1.0) -> Floats:
    """Weight of each case: log-likelihood ratio of changed against unchanged odds.

    Parameters
    ----------
    y : array_like, shape (n,)
        Outcomes, 0 or 1, in order of time.
    p : array_like, shape (n,)
        Risk of each case, strictly between 0 and 1, from a model frozen before the first case.
    ra : float
        Odds ratio to detect: 2 for deterioration, 1/2 for improvement; not r0.
    r0 : float
        Odds ratio in control.

    Returns
    -------
    ndarray, shape (n,)
        Weights, positive when a case speaks for the change.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, outcomes other than 0 and 1, risks outside (0, 1), odds ratios not above 0
        or equal.

    Notes
    -----
    Event ``log((1 - p + r0 p) ra / ((1 - p + ra p) r0))``, no event ``log((1 - p + r0 p)/(1 - p + ra p))`` [1]_.

    Examples
    --------
    >>> risk = 1 / (1 + np.exp(3.68 - 0.077 * np.array([0, 0, 50, 50])))
    >>> llr([0, 1, 0, 1], risk, ra=2).round(3)
    array([-0.024,  0.669, -0.433,  0.26 ])
    """
    outcomes, risks = binary("y", y), probabilities("p", p, closed=False)
    same_length(y=outcomes, p=risks)
    without, gain = _weights(risks, ra, r0)
    return np.asarray(without + gain * outcomes)


def _weights(risks: Floats, ra: float, r0: float) -> tuple[Floats, float]:
    """Give back the weight of no event for each risk, and what an event adds."""
    between("ra", ra, 0.0, np.inf)
    between("r0", r0, 0.0, np.inf)
    if ra == r0:
        raise ValueError(f"expected ra to differ from r0, but got {ra!r} for both")
    return np.log((1 - risks + r0 * risks) / (1 - risks + ra * risks)), float(np.log(ra / r0))


def cusum(w: npt.ArrayLike, h: float, reset: bool = True) -> Cusum:  # noqa: FBT001, FBT002 - STATISTICS 8
    """Add up the weights, never below 0, and signal at the limit.

    Parameters
    ----------
    w : array_like, shape (n,)
        Weights from :func:`llr`.
    h : float
        Limit, above 0.
    reset : bool
        Start again at 0 after a signal.

    Returns
    -------
    Cusum
        Path and signals.

    Raises
    ------
    ValueError
        NaN, empty, or h not above 0.

    Notes
    -----
    ``S_t = max(0, S_(t-1) + W_t)``, signal when ``S_t >= h`` [1]_.

    Examples
    --------
    >>> result = cusum([0.7, -0.1, 0.7, 0.7, -0.1], h=1.2)
    >>> result.s.round(1), result.signal
    (array([0.7, 0.6, 1.3, 0.7, 0.6]), array([False, False,  True, False, False]))
    """
    weights = vector("w", w)
    between("h", h, 0.0, np.inf)
    path = np.empty(len(weights))
    s = 0.0
    for place, weight in enumerate(weights.tolist()):
        s = max(0.0, s + weight)
        path[place] = s
        if reset and s >= h:
            s = 0.0
    return Cusum(path, path >= h)


def vlad(y: npt.ArrayLike, p: npt.ArrayLike) -> Floats:
    """Variable life-adjusted display: lives saved, as a running sum of expected minus observed events.

    Parameters
    ----------
    y : array_like, shape (n,)
        Outcomes, 0 or 1, in order of time.
    p : array_like, shape (n,)
        Risk of each case, 0 to 1.

    Returns
    -------
    ndarray, shape (n,)
        Running sum of ``p - y``. For display only: limits around it are not a test.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, outcomes other than 0 and 1, or risks outside 0 to 1.

    Notes
    -----
    [2]_.

    Examples
    --------
    >>> vlad([0, 0, 1, 0], [0.1, 0.2, 0.1, 0.1]).round(2)
    array([ 0.1,  0.3, -0.6, -0.5])
    """
    outcomes, risks = binary("y", y), probabilities("p", p)
    same_length(y=outcomes, p=risks)
    return np.cumsum(risks - outcomes)


def arl(
    p: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    h: float,
    ra: float,
    rq: float = 1.0,
    states: int = 600,
    *,
    r0: float = 1.0,
) -> float:
    """Average number of cases until a signal.

    Parameters
    ----------
    p : array_like, shape (k,)
        Risks of the case mix, strictly between 0 and 1: all cases of a year, or distinct risks.
    weights : array_like, shape (k,), optional
        How often each risk occurs; equally if None.
    h : float
        Limit, above 0.
    ra : float
        Odds ratio that the chart is to detect.
    rq : float
        True odds ratio: r0 in control, ra when the change has happened.
    states : int
        Steps of the Markov chain, at least 10.
    r0 : float
        Odds ratio in control in the weights.

    Returns
    -------
    float
        Average run length, in cases.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, risks outside (0, 1), negative weights, or parameters outside their range.

    Notes
    -----
    Markov chain over the case mix [3]_ with spacing ``h/states``; a landing point is shared linearly between its two neighbours, which keeps the mean
    of every step (paired rounding [4]_).

    Examples
    --------
    >>> round(arl([0.02, 0.05, 0.20], [0.5, 0.3, 0.2], h=2.0, ra=2), 0)
    400.0
    """
    risks = probabilities("p", p, closed=False)
    shares = np.ones(len(risks)) if weights is None else at_least("weights", vector("weights", weights), 0.0)
    same_length(p=risks, weights=shares)
    if not shares.any():
        raise ValueError("expected weights to hold a value above 0, but got only 0")
    between("h", h, 0.0, np.inf)
    between("rq", rq, 0.0, np.inf)
    if states < 10:
        raise ValueError(f"expected states to be at least 10, but got {states!r}")
    steps, chances = _steps(risks, shares / shares.sum(), ra, r0, rq)
    return _run_length(steps, chances, h, states)


def _steps(risks: Floats, shares: Floats, ra: float, r0: float, rq: float) -> tuple[Floats, Floats]:
    """Give back the possible steps of the sum, and their chances under the true odds ratio."""
    without, gain = _weights(risks, ra, r0)
    happens = rq * risks / (1 - risks + rq * risks)
    return np.concatenate([without, without + gain]), np.concatenate([shares * (1 - happens), shares * happens])


def _run_length(steps: Floats, chances: Floats, h: float, states: int) -> float:
    spacing = h / states
    # The distribution of a step on the grid: each is shared between its two neighbours.
    places = steps / spacing
    low = np.floor(places).astype(np.int64)
    high_share = places - low
    least = int(low.min())
    jump = np.zeros(int(low.max()) + 2 - least)
    np.add.at(jump, low - least, chances * (1 - high_share))
    np.add.at(jump, low - least + 1, chances * high_share)
    # From state i to state j by a jump of j - i; at or below 0 the sum rests at 0, at h it signals.
    upto = np.concatenate([[0.0], np.cumsum(jump)])
    i, j = np.arange(states)[:, None], np.arange(states)[None, :]
    at = j - i - least
    inside = (at >= 0) & (at < len(jump))
    move = np.where(inside, jump[np.clip(at, 0, len(jump) - 1)], 0.0)
    move[:, 0] = upto[np.clip(1 - i[:, 0] - least, 0, len(jump))]
    lengths = scipy.linalg.solve(np.eye(states) - move, np.ones(states))
    return float(lengths[0])


def limit_for_arl(
    p: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    ra: float,
    arl0: float,
    states: int = 600,
    *,
    r0: float = 1.0,
) -> float:
    """Find the limit with a given average run length in control.

    Parameters
    ----------
    p, weights, ra, states, r0
        As in :func:`arl`.
    arl0 : float
        Average run length in control (true odds ratio r0), in cases, above 1. Default of the programme: the hospital's expected cases in ten
        years, never below 1,000.

    Returns
    -------
    float
        Limit h, at most 0.0001 above the exact one.

    Raises
    ------
    ValueError
        As :func:`arl`, or arl0 beyond reach.

    Notes
    -----
    Bisection on h; the run length grows about exponentially with it.

    Examples
    --------
    >>> round(limit_for_arl([0.02, 0.05, 0.20], [0.5, 0.3, 0.2], ra=2, arl0=1000), 2)
    2.73
    """
    between("arl0", arl0, 1.0, np.inf)
    between("r0", r0, 0.0, np.inf)
    lo, hi = 1e-3, 1.0
    while arl(p, weights, hi, ra, r0, states, r0=r0) < arl0:
        lo, hi = hi, 2 * hi
        if hi > LARGEST_LIMIT:
            raise ValueError(f"expected arl0 within reach of a limit of {LARGEST_LIMIT:g}, but got {arl0:g}")
    while hi - lo > 1e-4:
        middle = (lo + hi) / 2
        enough = arl(p, weights, middle, ra, r0, states, r0=r0) >= arl0
        lo, hi = (lo, middle) if enough else (middle, hi)
    return hi
