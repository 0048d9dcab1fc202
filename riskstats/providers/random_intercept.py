"""Random-intercept logistic regression: hospitals as a sample of hospitals, small ones drawn towards the mean.

References
----------
.. [1] Breslow NE, Clayton DG. Approximate inference in generalized linear mixed models. JASA 1993;88:9-25.
.. [2] Pinheiro JC, Chao EC. Efficient Laplacian and adaptive Gaussian quadrature algorithms for multilevel generalized
   linear mixed models. J Comput Graph Stat 2006;15:58-81.
.. [3] Self SG, Liang KY. Asymptotic properties of maximum likelihood estimators and likelihood ratio tests under
   nonstandard conditions. JASA 1987;82:605-610.
.. [4] Cohen ME et al. Optimizing ACS NSQIP modeling for evaluation of surgical quality. J Am Coll Surg 2013;217:336-346.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, vector
from riskstats._linalg import inverse, one_blas_thread
from riskstats._scaling import refuse_separation
from riskstats.errors import NotConvergedError, TooFewHospitalsError
from riskstats.providers._grouped import Grouped, grouped
from riskstats.providers._likelihood import Pass, evaluate, evaluate_around, pooled_loglik


FEWEST_HOSPITALS = 5
FEW_HOSPITALS = 10  # below, only the full posterior may be shown
START_SIGMA = 0.3
SMALLEST_SIGMA = 1e-3
SMALLEST_GAIN = 1e-4  # of -2 log-likelihood over no variation
TOLERANCE = 1e-9  # Newton decrement
MOST_ITERATIONS = 100
FRESH = 3  # first iterations, in which the information is computed anew
LOG_SIGMA_STEP = 0.7
LOWEST_LOG_SIGMA = float(np.log(5e-4))  # the likelihood is flat there, and the answer 0


@dataclasses.dataclass(frozen=True)
class RandomInterceptFit:
    """A random-intercept logistic model; arrays over hospitals have length H = largest code + 1.

    Attributes
    ----------
    beta : ndarray, shape (p + 1,)
        Intercept, then one coefficient for each column of X; 0 for dropped columns.
    cov : ndarray, shape (p + 1, p + 1)
        Inverse of the Schur information; 0 for dropped columns.
    sigma : float
        Standard deviation between hospitals, log-odds.
    u, cond_sd : ndarray, shape (H,)
        Conditional mode of each hospital's effect and its conditional standard deviation.
    minus2loglik : float
        With binomial coefficients, as ``-2 logLik`` in R.
    iterations : int
        Quasi-Newton steps.
    gradient_norm : float
        Largest component of the gradient, by scaled coefficients and log sigma.
    converged : bool
        False means: do not release.
    boundary : bool
        No detectable variation between hospitals: ``sigma = 0`` and ``u = 0``.
    n_quad : int
        Quadrature points; 1 is Laplace.
    gain : float
        ``-2 log-likelihood`` without hospital effects, minus with them.
    p_sigma : float
        P value of ``sigma = 0`` against a half-half mixture of 0 and chi-square with one degree of freedom.
    overall : float
        Share of events over all cases.
    names : tuple of str
        Names of the columns of X.
    dropped : tuple of int
        Columns of X left out.
    warnings : tuple of str
        What the statistician should know.
    """

    beta: Floats
    cov: Floats
    sigma: float
    u: Floats
    cond_sd: Floats
    minus2loglik: float
    iterations: int
    gradient_norm: float
    converged: bool
    boundary: bool
    n_quad: int
    gain: float
    p_sigma: float
    overall: float
    names: tuple[str, ...]
    dropped: tuple[int, ...]
    warnings: tuple[str, ...] = ()

    @property
    def se(self) -> Floats:
        """Standard errors of ``beta``, shape (p + 1,)."""
        return np.sqrt(np.diag(self.cov))

    def require_converged(self) -> None:
        """Refuse to go on with a fit that did not converge.

        Raises
        ------
        NotConvergedError
            When ``converged`` is false.
        """
        if not self.converged:
            raise NotConvergedError(
                f"expected a converged fit, but got one that stopped after {self.iterations} iterations with a gradient of {self.gradient_norm:.2g}"
            )


@dataclasses.dataclass(frozen=True)
class _Optimum:
    beta: Floats
    log_sigma: float
    state: Pass
    iterations: int
    converged: bool


def fit_random_intercept(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    group: npt.ArrayLike,
    m: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
    n_quad: int = 1,
    threads: int = 1,
    start: npt.ArrayLike | None = None,
    *,
    names: Sequence[str] | None = None,
) -> RandomInterceptFit:
    """Fit a logistic model with a normal random intercept for each hospital, by maximum likelihood.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Covariates without a column for the intercept; p may be 0.
    y : array_like, shape (n,)
        Events of each row: 0 or 1, or 0 to m.
    group : array_like of int, shape (n,)
        Hospital of each row, 0..H-1, in any order; at least 5 must have cases.
    m : array_like, shape (n,), optional
        Trials of each row, at least 1; 1 if left out. Rows of the same hospital and covariates may be joined.
    offset : array_like, shape (n,), optional
        Added to the linear predictor; with frozen coefficients as offset and p = 0, intercept and sigma are fitted.
    n_quad : int
        Quadrature points, odd, 1 to 25; 1 is the Laplace approximation, 7 the usual alternative for few events.
    threads : int
        Threads over blocks of hospitals, at least 1; the result does not depend on it.
    start : array_like, shape (p + 2,), optional
        Starting values for intercept, coefficients and sigma, such as last quarter's.
    names : sequence of str, optional
        Names of the columns for messages.

    Returns
    -------
    RandomInterceptFit
        ``beta``, ``cov``, ``sigma``, ``u``, ``cond_sd``, ``minus2loglik`` and how the fit went.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, events outside 0 to m, or n_quad, threads or start outside their range.
    TooFewHospitalsError
        Fewer than 5 hospitals with cases.
    SeparationError
        No events, only events, or a covariate whose estimate runs away; the message names it.

    Notes
    -----
    ``logit p = b0 + x'b + u_i``, ``u_i ~ N(0, sigma^2)`` [1]_ [2]_. Quasi-Newton steps on coefficients of scaled columns and log sigma with the exact
    gradient of the marginal likelihood; the curvature starts from the Schur information ``Z'WZ - sum B B'/A`` and is updated by
    damped BFGS; stops when the Newton decrement is below 1e-9. Hospitals without or with only events stay finite.
    When ``-2 log-likelihood`` gains less than 1e-4 over no variation, or sigma is below 1e-3, ``sigma = 0``.
    The test of ``sigma = 0`` is that of [3]_. Do not show ``u -+ 1.96 cond_sd``: its coverage is 64 to 95 %; use :func:`posterior`.

    Examples
    --------
    >>> events = [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24]
    >>> cases = [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360]
    >>> fit = fit_random_intercept(np.zeros((12, 0)), events, range(12), m=cases, n_quad=25)
    >>> fit.beta.round(3), round(fit.sigma, 3), fit.converged
    (array([-2.544]), 0.358, True)
    """
    if not (1 <= n_quad <= 25 and n_quad % 2 == 1):
        raise ValueError(f"expected n_quad to be odd, from 1 to 25, but got {n_quad!r}")
    if threads < 1:
        raise ValueError(f"expected threads to be at least 1, but got {threads!r}")
    with one_blas_thread():
        data = grouped(X, y, group, m, offset, names)
        hospitals = len(data.present)
        if hospitals < FEWEST_HOSPITALS:
            raise TooFewHospitalsError(
                f"expected at least {FEWEST_HOSPITALS} hospitals with cases, but got {hospitals}: use observed_expected"
            )
        best = _maximise(data, *_start(data, start), n_quad, threads)
        final, around = evaluate_around(data, best.beta, best.log_sigma, best.state.u, threads=threads)
        whole = around.information + (around.B / final.A[:, None]).T @ around.B
        pooled = pooled_loglik(data, best.beta, whole, threads)
        return _report(
            data,
            best,
            final,
            inverse(around.information),
            2 * (best.state.loglik - pooled),
            n_quad,
        )


def _start(data: Grouped, start: npt.ArrayLike | None) -> tuple[Floats, float]:
    kept = data.scaling.kept
    beta = np.zeros(len(kept) + 1)
    if start is None:
        share = data.events.sum() / data.trials.sum()
        beta[0] = scipy.special.logit(share) - data.offset.mean()
        return beta, float(np.log(START_SIGMA))
    given = vector("start", start)
    if len(given) != data.scaling.width + 2 or given[-1] <= 0:
        raise ValueError(
            f"expected start to hold an intercept, {data.scaling.width} coefficients and a sigma above 0, but got {given!r}"
        )
    beta[0] = given[0] + given[1:-1][kept] @ data.scaling.mean
    beta[1:] = given[1:-1][kept] * data.scaling.scale
    return beta, float(np.log(given[-1]))


def _maximise(data: Grouped, beta: Floats, log_sigma: float, n_quad: int, threads: int) -> _Optimum:
    point = np.append(beta, log_sigma)
    size = len(point)
    u = np.zeros(len(data.present))

    def at(where: Floats, modes: Floats, *, information: bool) -> Pass:
        return evaluate(
            data, where[:-1], float(where[-1]), modes, n_quad=n_quad, information=information, threads=threads
        )

    state = at(point, u, information=True)
    curvature = np.zeros((size, size))
    curvature[-1, -1] = len(data.present) / 2
    for iteration in range(1, MOST_ITERATIONS + 1):
        if state.around:
            curvature[:-1, :-1] = state.around.information
            curvature[-1, :-1] = curvature[:-1, -1] = 0.0
        step = _step(curvature, state.gradient, at_floor=point[-1] <= LOWEST_LOG_SIGMA)
        decrement = float(state.gradient @ step)
        if decrement < TOLERANCE:
            return _Optimum(point[:-1], float(point[-1]), state, iteration, converged=True)
        step[-1] = np.clip(step[-1], max(-LOG_SIGMA_STEP, LOWEST_LOG_SIGMA - point[-1]), LOG_SIGMA_STEP)
        ahead = at(point + step, state.u, information=iteration < FRESH)
        while ahead.loglik < state.loglik + 1e-4 * float(state.gradient @ step) and np.abs(step).max() > 1e-12:
            step = step / 2
            ahead = at(point + step, state.u, information=iteration < FRESH)
        curvature = _damped_bfgs(curvature, step, state.gradient - ahead.gradient)
        point, state = point + step, ahead
    return _Optimum(point[:-1], float(point[-1]), state, MOST_ITERATIONS, converged=False)


def _step(curvature: Floats, gradient: Floats, *, at_floor: bool) -> Floats:
    """Give back the quasi-Newton step; log sigma stays where it is when it would fall below its floor."""
    free = len(gradient) - 1 if at_floor and gradient[-1] < 0 else len(gradient)
    step = np.zeros(len(gradient))
    step[:free] = scipy.linalg.cho_solve(scipy.linalg.cho_factor(curvature[:free, :free]), gradient[:free])
    return step


def _damped_bfgs(curvature: Floats, step: Floats, change: Floats) -> Floats:
    """Update the curvature, damped so that it stays positive definite (Powell)."""
    image = curvature @ step
    expected, seen = float(step @ image), float(step @ change)
    share = 1.0 if seen >= 0.2 * expected else 0.8 * expected / (expected - seen)
    damped = share * change + (1 - share) * image
    return np.asarray(curvature - np.outer(image, image) / expected + np.outer(damped, damped) / float(step @ damped))


def _report(
    data: Grouped, best: _Optimum, final: Pass, inverse: Floats, gain: float, n_quad: int
) -> RandomInterceptFit:
    refuse_separation(data.scaling, best.beta, np.sqrt(np.diag(inverse)), data.names)
    sigma = float(np.exp(best.log_sigma))
    boundary = sigma < SMALLEST_SIGMA or gain < SMALLEST_GAIN
    notes = list(data.warnings)
    if boundary:
        sigma, gain = 0.0, 0.0
        notes.append("no detectable variation between hospitals: sigma is 0")
    if len(data.present) < FEW_HOSPITALS:
        notes.append(f"{len(data.present)} hospitals: show only the full posterior")
    if not best.converged:
        notes.append("the fit did not converge and must not be released")
    beta, cov = data.scaling.back(best.beta, inverse)
    return RandomInterceptFit(
        beta=beta,
        cov=cov,
        sigma=sigma,
        u=data.everywhere(np.zeros_like(final.u) if boundary else final.u, 0.0),
        cond_sd=data.everywhere(np.zeros_like(final.A) if boundary else final.A**-0.5, sigma),
        minus2loglik=-2 * (best.state.loglik + data.binomial_constant),
        iterations=best.iterations,
        gradient_norm=float(np.abs(best.state.gradient).max()),
        converged=best.converged,
        boundary=boundary,
        n_quad=n_quad,
        gain=gain,
        p_sigma=float(scipy.special.gammaincc(0.5, gain / 2) / 2) if gain > 0 else 1.0,
        overall=float(data.events.sum() / data.trials.sum()),
        names=data.names,
        dropped=data.dropped,
        warnings=tuple(notes),
    )
