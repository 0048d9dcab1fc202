"""Random-intercept linear model for lengths of stay, costs and minutes, after a logarithm.

References
----------
.. [1] Laird NM, Ware JH. Random-effects models for longitudinal data. Biometrics 1982;38:963-974.
.. [2] Bates D et al. Fitting linear mixed-effects models using lme4. J Stat Softw 2015;67(1) (profiled criterion).
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, vector
from riskstats._linalg import inverse, log_determinant, one_blas_thread, solve
from riskstats.errors import ModelRefusedError, NotConvergedError, TooFewHospitalsError
from riskstats.providers._grouped import Block, Grouped, sorted_by_hospital


FEWEST_HOSPITALS = 2
MOST_ITERATIONS = 500
LARGEST_LOG_LAMBDA, SMALLEST_LOG_LAMBDA = 20.0, -25.0


@dataclasses.dataclass(frozen=True)
class LinearMixedFit:
    """A linear model with a random intercept; arrays over hospitals have length H = largest code + 1.

    Attributes
    ----------
    beta, cov : ndarray, shape (p + 1,), (p + 1, p + 1)
        Intercept and coefficients, and their covariance; 0 for dropped columns.
    sigma_u, sigma : float
        Standard deviation between hospitals (0 at the boundary) and within.
    u, cond_sd : ndarray, shape (H,)
        Predicted effect of each hospital and its conditional standard deviation; after a logarithm ``exp(u)`` is a
        ratio of geometric means.
    criterion : float
        REML criterion, or -2 log-likelihood.
    reml : bool
        Which of the two.
    boundary : bool
        No detectable variation between hospitals.
    names, dropped
        Names of the columns of X, and columns left out.
    warnings : tuple of str
        What the statistician should know.
    """

    beta: Floats
    cov: Floats
    sigma_u: float
    sigma: float
    u: Floats
    cond_sd: Floats
    criterion: float
    reml: bool
    boundary: bool
    names: tuple[str, ...]
    dropped: tuple[int, ...]
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Sums:
    """Everything the criterion needs: cross-products of cases and sums of hospitals."""

    size: Floats
    z: Floats
    y: Floats
    zz: Floats
    zy: Floats
    yy: float
    cases: int


@dataclasses.dataclass(frozen=True)
class _Solved:
    criterion: float
    beta: Floats
    information: Floats
    sigma2: float


def fit_lmm(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    group: npt.ArrayLike,
    reml: bool = True,  # noqa: FBT001, FBT002 - STATISTICS 8
    *,
    names: Sequence[str] | None = None,
) -> LinearMixedFit:
    """Fit a linear model with a normal random intercept for each hospital.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Covariates without a column for the intercept; p may be 0.
    y : array_like, shape (n,)
        Outcome, usually ``log(days + c)``.
    group : array_like of int, shape (n,)
        Hospital of each case, 0..H-1, in any order; at least 2 must have cases.
    reml : bool
        Restricted maximum likelihood, or maximum likelihood.
    names : sequence of str, optional
        Names of the columns for messages.

    Returns
    -------
    LinearMixedFit
        ``beta``, ``cov``, ``sigma_u``, ``sigma``, ``u``, ``cond_sd``, ``criterion``.

    Raises
    ------
    ValueError
        NaN, empty, or different lengths.
    TooFewHospitalsError
        Fewer than 2 hospitals with cases.
    ModelRefusedError
        No more cases than coefficients and hospitals need, or an outcome without residual variation.
    NotConvergedError
        No minimum was reached in 500 steps.

    Notes
    -----
    ``y = b0 + x'b + u_i + e`` [1]_. The criterion is profiled to one dimension, ``lambda = sigma_u^2/sigma^2``, and needs only hospital
    sums and cross-products [2]_: with ``s_i = lambda/(1 + lambda n_i)`` the cross-products are ``Z'Z - sum s_i z_i z_i'`` of hospital sums z_i.
    ``u_i = lambda n_i rbar_i/(1 + lambda n_i)``; ``cond_sd^2 = sigma^2 lambda/(1 + lambda n_i)``.

    Examples
    --------
    >>> y = [1.1, 0.9, 1.0, 1.6, 1.4, 1.5, 0.7, 0.5, 0.6]
    >>> fit = fit_lmm(np.zeros((9, 0)), y, np.repeat([0, 1, 2], 3))
    >>> fit.beta.round(3), round(fit.sigma_u, 3), fit.u.round(3)
    (array([1.033]), 0.447, array([-0.033,  0.459, -0.426]))
    """
    outcome = vector("y", y)
    with one_blas_thread():
        data = sorted_by_hospital(X, outcome, group, np.ones(len(outcome)), None, names)
        if len(data.present) < FEWEST_HOSPITALS:
            raise TooFewHospitalsError(
                f"expected at least {FEWEST_HOSPITALS} hospitals with cases, but got {len(data.present)}"
            )
        centre, spread = float(outcome.mean()), float(outcome.std())
        if spread == 0:
            raise ModelRefusedError("expected an outcome that varies, but got the same value in every case")
        if data.z.shape[0] <= data.z.shape[1] + 1:
            raise ModelRefusedError(
                f"expected more cases than coefficients, but got {data.z.shape[0]} and {data.z.shape[1]}"
            )
        sums = _sums(data, centre, spread)
        log_lambda = _minimise(sums, reml=reml)
        lam = 0.0 if log_lambda is None else float(np.exp(log_lambda))
        return _report(data, sums, lam, (centre, spread), reml=reml)


def _sums(data: Grouped, centre: float, spread: float) -> _Sums:
    def work(block: Block) -> tuple[Floats, Floats, Floats, Floats, float]:
        z, y = data.z[block.rows], (data.events[block.rows] - centre) / spread
        return block.sums(z), block.sums(y), z.T @ z, y @ z, float(y @ y)

    z, y, zz, zy, yy = zip(*data.each(work), strict=True)
    by_hospital = np.concatenate(z)
    return _Sums(
        by_hospital[:, 0],
        by_hospital,
        np.concatenate(y),
        np.sum(zz, axis=0),
        np.sum(zy, axis=0),
        float(np.sum(yy)),
        len(data.z),
    )


def _solve(sums: _Sums, lam: float, *, reml: bool) -> _Solved:
    shrink = lam / (1 + lam * sums.size)
    information = sums.zz - (shrink[:, None] * sums.z).T @ sums.z
    moment = sums.zy - (shrink * sums.y) @ sums.z
    beta = solve(information, moment)
    residual = max(float(sums.yy - shrink @ sums.y**2 - beta @ moment), 1e-300)
    free = sums.cases - (len(beta) if reml else 0)
    criterion = np.log1p(lam * sums.size).sum() + free * (1 + np.log(2 * np.pi * residual / free))
    if reml:
        criterion += log_determinant(information)
    return _Solved(float(criterion), beta, information, residual / free)


def _minimise(sums: _Sums, *, reml: bool) -> float | None:
    """Give back the best log lambda, or None when no variation is as good."""

    def criterion(log_lambda: float) -> float:
        return _solve(sums, float(np.exp(log_lambda)), reml=reml).criterion

    # A coarse look first: the criterion need not have one valley only.
    grid = np.linspace(SMALLEST_LOG_LAMBDA, LARGEST_LOG_LAMBDA, 46)
    values = [criterion(float(each)) for each in grid]
    place = int(np.clip(np.argmin(values), 1, len(grid) - 2))
    found = scipy.optimize.minimize_scalar(
        criterion,
        bounds=(grid[place - 1], grid[place + 1]),
        method="bounded",
        options={"xatol": 1e-10, "maxiter": MOST_ITERATIONS},
    )
    if not found.success:
        raise NotConvergedError(f"expected a minimum within {MOST_ITERATIONS} steps, but got none")
    none = _solve(sums, 0.0, reml=reml).criterion
    return None if none <= float(found.fun) + 1e-9 else float(found.x)


def _report(data: Grouped, sums: _Sums, lam: float, scale: tuple[float, float], *, reml: bool) -> LinearMixedFit:
    centre, spread = scale
    solved = _solve(sums, lam, reml=reml)
    sigma = spread * float(np.sqrt(solved.sigma2))
    beta, cov = data.scaling.back(solved.beta * spread, inverse(solved.information) * sigma**2)
    beta[0] += centre
    shrink = lam / (1 + lam * sums.size)
    free = sums.cases - (len(solved.beta) if reml else 0)
    logdet_scale = 2 * float(np.log(data.scaling.scale).sum()) if reml else 0.0
    boundary = lam == 0
    notes = ("no detectable variation between hospitals: sigma_u is 0",) if boundary else ()
    return LinearMixedFit(
        beta=beta,
        cov=cov,
        sigma_u=sigma * float(np.sqrt(lam)),
        sigma=sigma,
        u=data.everywhere(shrink * (sums.y - sums.z @ solved.beta) * spread, 0.0),
        cond_sd=data.everywhere(sigma * np.sqrt(shrink), sigma * float(np.sqrt(lam))),
        criterion=solved.criterion + 2 * free * float(np.log(spread)) + logdet_scale,
        reml=reml,
        boundary=boundary,
        names=data.names,
        dropped=data.dropped,
        warnings=(*data.warnings, *notes),
    )
