"""Fixed-effects profiling: a parameter for each hospital, no assumption about how hospitals are distributed.

References
----------
.. [1] He K, Kalbfleisch JD, Li Y, Li Y. Evaluating hospital readmission rates in dialysis facilities; adjusting for
   hospital effects. Lifetime Data Anal 2013;19:490-512.
.. [2] Wu W, Yang Y, Kang J, He K. Improving large-scale estimation and inference for profiling health care providers.
   Stat Med 2022;41:2840-2853 (SerBIN, R package pprof).
"""

import dataclasses
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Booleans, Floats, Integers, between, binary, codes, matrix, ratio, same_length
from riskstats._linalg import inverse, one_blas_thread, solve
from riskstats._scaling import refuse_separation
from riskstats.errors import ModelRefusedError, NotConvergedError
from riskstats.intervals import poisson_binomial_tails
from riskstats.providers._grouped import Block, Grouped, grouped
from riskstats.providers._likelihood import chance, softplus


MOST_ITERATIONS = 200
TOLERANCE = 1e-10  # Newton decrement, before the last step
AT_BOUND = 1e-3  # the bound moves with the median while the fit converges


@dataclasses.dataclass(frozen=True)
class FixedEffects:
    """Fixed effects of hospitals, arrays of length H = largest code + 1; NaN for hospitals left out.

    Attributes
    ----------
    beta, cov_beta : ndarray, shape (p,), (p, p)
        Coefficients (no intercept) and their covariance; 0 for dropped columns.
    gamma, se_gamma : ndarray, shape (H,)
        Effect of each hospital, log-odds, and its standard error; infinite where it is held at the bound.
    null : float
        The effect that hospitals are compared with.
    n : ndarray of int
        Cases.
    O, E : ndarray
        Observed events, and expected ones under the null effect.
    ratio_indirect, rate_indirect : ndarray
        ``O/E``, and times the overall share of events.
    ratio_direct : ndarray
        Events that all cases of the collaborative would have in this hospital, over the events observed.
    z_score : ndarray
        Score statistic under the null effect.
    p_exact : ndarray
        Two-sided mid-p value under the null effect.
    included : ndarray of bool
        Hospitals with enough cases.
    overall : float
        Share of events over the included hospitals.
    iterations : int
        Newton steps.
    dropped : tuple of int
        Columns of X left out.
    warnings : tuple of str
        What the statistician should know.
    """

    beta: Floats
    cov_beta: Floats
    gamma: Floats
    se_gamma: Floats
    null: float
    n: Integers
    O: Floats  # noqa: E741 - the name in all the literature
    E: Floats
    ratio_indirect: Floats
    rate_indirect: Floats
    ratio_direct: Floats
    z_score: Floats
    p_exact: Floats
    included: Booleans
    overall: float
    iterations: int
    dropped: tuple[int, ...]
    warnings: tuple[str, ...] = ()

    def flag(self, level: float = 0.95) -> Integers:
        """Give back -1 (fewer events than expected), 0 or 1 (more) for each hospital, by the exact test; 0 if left out."""
        alpha = 1 - between("level", level)
        direction = np.where(np.nan_to_num(self.O) > np.nan_to_num(self.E), 1, -1)
        return np.where(np.nan_to_num(self.p_exact, nan=1.0) < alpha, direction, 0)


@dataclasses.dataclass(frozen=True)
class _Point:
    gamma: Floats
    beta: Floats
    loglik: float
    by_gamma: Floats
    by_beta: Floats
    A: Floats
    B: Floats
    information: Floats


def fixed_effects(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    group: npt.ArrayLike,
    cutoff: int = 10,
    bound: float = 10,
    null: Literal["median", "mean"] | float = "median",
    *,
    names: Sequence[str] | None = None,
) -> FixedEffects:
    """Fit a logistic model with a parameter for each hospital, and compare each with the median hospital.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Covariates without a column for the intercept; p may be 0.
    y : array_like, shape (n,)
        Outcomes, 0 or 1.
    group : array_like of int, shape (n,)
        Hospital of each case, 0..H-1, in any order.
    cutoff : int
        Hospitals with fewer cases are left out.
    bound : float
        Effects stay within this distance of their median, so that hospitals without or with only events are finite.
    null : {"median", "mean"} or float
        The effect to compare with: the median or the case-weighted mean of the hospitals, or a number (log-odds).
    names : sequence of str, optional
        Names of the columns for messages.

    Returns
    -------
    FixedEffects
        Effects, indirect and direct ratios, score and exact tests, and ``flag(level)``.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, outcomes other than 0 and 1, cutoff below 1, or bound not above 0.
    ModelRefusedError
        No hospital with enough cases.
    SeparationError
        No events, only events, or a covariate whose estimate runs away; the message names it.
    NotConvergedError
        No maximum in 200 steps.

    Notes
    -----
    ``logit p = g_i + x'b`` [1]_ [2]_; block Newton with the Schur complement of the diagonal block of the effects. Indirect
    ``O/E``, ``E = sum expit(g0 + x'b)``; direct ``sum over all cases of expit(g_i + x'b) / sum O``; score ``(O - E)/sqrt V``; exact: Poisson-binomial mid-p
    under g0. There is no Wald test: it fails for hospitals without or with only events. Effects of small hospitals swing widely:
    this is the audit view, beside the shrunken one.

    Examples
    --------
    >>> y = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0]
    >>> result = fixed_effects(np.zeros((15, 0)), y, np.repeat([0, 1, 2], 5), cutoff=5)
    >>> result.gamma.round(3), result.ratio_indirect.round(2)
    (array([ -0.405, -10.405,   0.405]), array([1. , 0. , 1.5]))
    """
    outcomes, hospital = binary("y", y), codes("group", group)
    same_length(y=outcomes, group=hospital)
    if cutoff < 1:
        raise ValueError(f"expected cutoff to be at least 1, but got {cutoff!r}")
    between("bound", bound, 0.0, np.inf)
    sizes = np.bincount(hospital)
    included = sizes >= cutoff
    rows = included[hospital]
    if not rows.any():
        raise ModelRefusedError(f"expected a hospital with at least {cutoff} cases, but got at most {sizes.max()}")
    with one_blas_thread():
        columns = matrix("X", X, len(outcomes))
        data = grouped(columns[rows], outcomes[rows], hospital[rows], names=names)
        dropped_columns = data.warnings[: len(data.dropped)]  # the rest is about hospitals left out
        z = np.ascontiguousarray(data.z[:, 1:])
        data = dataclasses.replace(data, z=z, hospitals=len(sizes), warnings=dropped_columns)
        point, iterations = _maximise(data, bound)
        return _report(data, point, iterations, null, sizes, cutoff, bound)


def _evaluate(data: Grouped, gamma: Floats, beta: Floats) -> _Point:
    def work(block: Block) -> tuple[float, Floats, Floats, Floats, Floats, Floats]:
        z, events = data.z[block.rows], data.events[block.rows]
        eta = z @ beta + gamma[block.hospitals][block.at]
        p = chance(eta)
        weight = p * (1 - p)
        weighted = weight[:, None] * z
        return (
            float(events @ eta - softplus(eta).sum()),
            block.sums(events - p),
            (events - p) @ z,
            block.sums(weight),
            block.sums(weighted),
            z.T @ weighted,
        )

    logliks, by_gamma, by_beta, A, B, inner = zip(*data.each(work), strict=True)
    return _Point(
        gamma,
        beta,
        float(np.sum(logliks)),
        np.concatenate(by_gamma),
        np.sum(by_beta, axis=0),
        np.concatenate(A),
        np.concatenate(B),
        np.sum(inner, axis=0),
    )


def _maximise(data: Grouped, bound: float) -> tuple[_Point, int]:
    share = data.events.mean()
    point = _evaluate(data, np.full(len(data.present), scipy.special.logit(share)), np.zeros(data.z.shape[1]))
    for iteration in range(1, MOST_ITERATIONS + 1):
        centre = float(np.median(point.gamma))
        low, high = centre - bound, centre + bound
        # An effect at its bound, pushed further out, moves with the bound and takes no part in the step.
        down = (point.gamma <= low + AT_BOUND) & (point.by_gamma < 0)
        up = (point.gamma >= high - AT_BOUND) & (point.by_gamma > 0)
        free = ~(down | up)
        step_gamma, step_beta = _newton(point, free)
        step_gamma[down], step_gamma[up] = low - point.gamma[down], high - point.gamma[up]
        decrement = float(point.by_gamma[free] @ step_gamma[free] + point.by_beta @ step_beta)
        point = _climb(data, point, step_gamma, step_beta, (low, high))
        if decrement < TOLERANCE:
            return point, iteration
    raise NotConvergedError(
        f"expected a maximum within {MOST_ITERATIONS} steps, but got a decrement of {decrement:.2g}"
    )


def _schur(point: _Point, free: Booleans) -> Floats:
    B = point.B[free]
    return np.asarray(point.information - (B / point.A[free, None]).T @ B)


def _newton(point: _Point, free: Booleans) -> tuple[Floats, Floats]:
    B, A = point.B[free], point.A[free]
    step_beta = np.zeros(len(point.beta))
    if len(step_beta):
        reduced = point.by_beta - B.T @ (point.by_gamma[free] / A)
        step_beta = solve(_schur(point, free), reduced)
    step_gamma = np.zeros(len(point.gamma))
    step_gamma[free] = (point.by_gamma[free] - B @ step_beta) / A
    return step_gamma, step_beta


def _climb(data: Grouped, point: _Point, step_gamma: Floats, step_beta: Floats, limits: tuple[float, float]) -> _Point:
    size = 1.0
    while True:
        gamma = np.clip(point.gamma + size * step_gamma, *limits)
        ahead = _evaluate(data, gamma, point.beta + size * step_beta)
        # The bounds move with the median, so that a little may be lost by it.
        if ahead.loglik >= point.loglik - 1e-6 * abs(point.loglik) or size < 1e-6:
            return ahead
        size /= 2


def _settle_null(data: Grouped, point: _Point, null: str | float, shift: float) -> float:
    """Give back the null effect on the scale of centred columns."""
    if not isinstance(null, str):
        return between("null", null, -np.inf, np.inf) + shift
    if null == "median":
        return float(np.median(point.gamma))
    if null == "mean":
        sizes = np.concatenate([np.bincount(block.at) for block in data.blocks])
        return float(np.average(point.gamma, weights=sizes))
    raise ValueError(f"expected null to be median, mean or a number, but got {null!r}")


def _report(
    data: Grouped,
    point: _Point,
    iterations: int,
    null: str | float,
    sizes: npt.NDArray[np.intp],
    cutoff: int,
    bound: float,
) -> FixedEffects:
    held = np.abs(point.gamma - np.median(point.gamma)) >= bound - AT_BOUND
    cov = inverse(_schur(point, ~held))
    refuse_separation(data.scaling, np.append(0.0, point.beta), np.sqrt(np.append(0.0, np.diag(cov))), data.names)
    beta, cov_beta = data.scaling.back(np.append(0.0, point.beta), np.pad(cov, (1, 0)))
    # Back from centred columns: the effects take on what the centring took off.
    centring = data.scaling.mean / data.scaling.scale
    shift = float(centring @ point.beta)
    D = point.B / point.A[:, None] + centring
    se_gamma = np.sqrt(1 / point.A + ((D @ cov) * D).sum(axis=1))
    target = _settle_null(data, point, null, shift)
    observed, expected, spread, p_exact, approximate = _tests(data, point.beta, target)
    overall, indirect = float(data.events.mean()), ratio(observed, expected)
    every = data.everywhere
    return FixedEffects(
        beta=beta[1:],
        cov_beta=cov_beta[1:, 1:],
        gamma=every(point.gamma - shift, np.nan),
        se_gamma=every(np.where(held, np.inf, se_gamma), np.nan),
        null=target - shift,
        n=sizes.astype(np.int64),
        O=every(observed, np.nan),
        E=every(expected, np.nan),
        ratio_indirect=every(indirect, np.nan),
        rate_indirect=every(indirect * overall, np.nan),
        ratio_direct=every(_direct(data, point) / data.events.sum(), np.nan),
        z_score=every(ratio(observed - expected, np.sqrt(spread)), np.nan),
        p_exact=every(p_exact, np.nan),
        included=sizes >= cutoff,
        overall=overall,
        iterations=iterations,
        dropped=data.dropped,
        warnings=(
            *data.warnings,
            *(
                f"hospital {code} has {sizes[code]} cases, fewer than {cutoff}: left out"
                for code in np.flatnonzero(sizes < cutoff)
            ),
            *(f"hospital {code} has no events, or only events: held at the bound" for code in data.present[held]),
            *(f"hospital {code}: {why}" for place, why in approximate for code in [data.present[place]]),
        ),
    )


def _tests(data: Grouped, beta: Floats, null: float) -> tuple[Floats, Floats, Floats, Floats, list[tuple[int, str]]]:
    """Observed and expected events, their variance and exact p value under the null effect."""
    risks = chance(data.z @ beta + null)
    sizes = np.concatenate([np.bincount(block.at) for block in data.blocks])
    ends = np.cumsum(sizes)
    starts = ends - sizes
    observed, expected, spread = (np.add.reduceat(each, starts) for each in (data.events, risks, risks * (1 - risks)))
    tails = [
        poisson_binomial_tails(int(count), risks[start:end])
        for count, start, end in zip(observed, starts, ends, strict=True)
    ]
    notes = [(place, why) for place, each in enumerate(tails) for why in each.warnings]
    return observed, expected, spread, np.array([each.mid_two for each in tails]), notes


def _direct(data: Grouped, point: _Point) -> Floats:
    """Events that all cases of the collaborative would have in each hospital."""

    def work(block: Block) -> Floats:
        eta = data.z[block.rows] @ point.beta
        return np.array([chance(eta + gamma).sum() for gamma in point.gamma])

    return np.asarray(np.sum(data.each(work), axis=0))
