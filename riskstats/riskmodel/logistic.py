"""Pooled logistic regression by Newton's method, in blocks, with the rules that keep bad models out of releases.

References
----------
.. [1] McCullagh P, Nelder JA. Generalized linear models. 2nd ed. Chapman & Hall 1989, section 4.4.
.. [2] Albert A, Anderson JA. On the existence of maximum likelihood estimates in logistic regression models.
   Biometrika 1984;71:1-10 (separation).
.. [3] Cox DR. Two further applications of a model for binary regression. Biometrika 1958;45:562-565 (recalibration).
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, at_least, counts, matrix, same_length, vector
from riskstats._distributions import log_binomial
from riskstats._linalg import inverse, one_blas_thread
from riskstats._scaling import Scaling, column_labels, refuse_separation, settle_columns
from riskstats.errors import NotConvergedError, SeparationError


BLOCK = 32_768  # rows worked at once: they fit the cache
TOLERANCE = 1e-10  # Newton decrement: the estimate is then within 1e-5 standard errors, before the last step
MOST_ITERATIONS = 60


@dataclasses.dataclass(frozen=True)
class LogisticFit:
    """A pooled logistic model.

    Attributes
    ----------
    coef : ndarray, shape (p + 1,)
        Intercept, then one coefficient for each column of X; 0 for dropped columns.
    cov : ndarray, shape (p + 1, p + 1)
        Inverse information; rows and columns of 0 for dropped columns, which are held at 0.
    loglik : float
        Log-likelihood, as ``logLik`` in R.
    iterations : int
        Newton steps taken.
    dropped : tuple of int
        Columns of X left out because they are constant or a combination of earlier ones.
    names : tuple of str
        Names of the columns of X.
    converged : bool
        Always true: a fit that does not converge raises.
    warnings : tuple of str
        One sentence for each dropped column.
    """

    coef: Floats
    cov: Floats
    loglik: float
    iterations: int
    dropped: tuple[int, ...]
    names: tuple[str, ...]
    converged: bool = True
    warnings: tuple[str, ...] = ()

    @property
    def se(self) -> Floats:
        """Standard errors, shape (p + 1,); 0 for dropped columns."""
        return np.sqrt(np.diag(self.cov))

    def linear_predictor(self, X: npt.ArrayLike, offset: npt.ArrayLike | None = None) -> Floats:
        """Give back ``b0 + X b (+ offset)``, shape (n,), for cases of any release."""
        columns = matrix("X", X)
        if columns.shape[1] != len(self.coef) - 1:
            raise ValueError(
                f"expected X to have {len(self.coef) - 1} columns like the model, but got {columns.shape[1]}"
            )
        eta = np.asarray(self.coef[0] + columns @ self.coef[1:])
        return eta if offset is None else eta + vector("offset", offset)

    def predict(self, X: npt.ArrayLike, offset: npt.ArrayLike | None = None) -> Floats:
        """Give back the predicted risk of each case, shape (n,)."""
        return np.asarray(scipy.special.expit(self.linear_predictor(X, offset)))


@dataclasses.dataclass(frozen=True)
class Recalibration:
    """``logit p' = intercept + slope * logit p``.

    Attributes
    ----------
    intercept, slope : float
        Shift, and slope (1 unless asked for).
    intercept_se, slope_se : float
        Standard errors (0 for a slope that was not asked for).
    warnings : tuple of str
        What the reader should know.
    """

    intercept: float
    slope: float
    intercept_se: float
    slope_se: float
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class _State:
    loglik: float
    gradient: Floats
    information: Floats


@dataclasses.dataclass(frozen=True)
class _Data:
    columns: Floats
    events: Floats
    trials: Floats
    offset: Floats
    scaling: Scaling

    def at(self, beta: Floats) -> _State:
        """Give back likelihood, gradient and information at ``beta``, on the scaled columns."""
        size = len(beta)
        loglik, gradient, information = 0.0, np.zeros(size), np.zeros((size, size))
        for start in range(0, len(self.events), BLOCK):
            rows = slice(start, start + BLOCK)
            z = self.scaling.scaled(self.columns[rows])
            eta = beta[0] + z @ beta[1:] + self.offset[rows]
            p = scipy.special.expit(eta)
            trials, events = self.trials[rows], self.events[rows]
            residual, weight = events - trials * p, trials * p * (1 - p)
            loglik += float(events @ eta - trials @ np.logaddexp(0.0, eta))
            gradient[0] += residual.sum()
            gradient[1:] += residual @ z
            weighted = weight[:, None] * z
            information[0, 0] += weight.sum()
            information[0, 1:] += weighted.sum(axis=0)
            information[1:, 1:] += z.T @ weighted
        information[1:, 0] = information[0, 1:]
        return _State(loglik, gradient, information)


def fit_logistic(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    m: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
    *,
    names: Sequence[str] | None = None,
) -> LogisticFit:
    """Fit a pooled logistic model by maximum likelihood.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Covariates without a column for the intercept; p may be 0.
    y : array_like, shape (n,)
        Events of each row: 0 or 1, or 0 to m.
    m : array_like, shape (n,), optional
        Trials of each row, at least 1; 1 if left out.
    offset : array_like, shape (n,), optional
        Added to the linear predictor with coefficient 1.
    names : sequence of str, optional
        Names of the columns for messages; "column 0" … if left out.

    Returns
    -------
    LogisticFit
        ``coef``, ``cov``, ``loglik``, ``iterations``, ``dropped``.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, or events outside 0 to m.
    SeparationError
        No events, only events, or a covariate with ``|b| > 10`` or a standard error above 50 for one standard
        deviation (for a step of a two-valued column); the message names it.
    NotConvergedError
        No maximum was reached in 60 steps.

    Notes
    -----
    ``logit p = b0 + x'b + offset``; Newton's method [1]_ on centred and scaled columns, in blocks of 32,768 rows, with
    step halving, until the decrement ``g' H^-1 g < 1e-10``. Constant columns and columns that are
    combinations of earlier ones are dropped first, in the order of X, and listed. Separation: [2]_.

    Examples
    --------
    >>> fit = fit_logistic([[0], [1]], [10, 30], m=[100, 100], names=["urgent"])
    >>> fit.coef.round(4), fit.se.round(4)
    (array([-2.1972,  1.3499]), array([0.3333, 0.3984]))
    >>> fit.predict([[1]]).round(4)
    array([0.3])
    """
    events = at_least("y", vector("y", y), 0.0)
    columns = matrix("X", X, rows=len(events))
    trials = np.ones(len(events)) if m is None else at_least("m", counts("m", m), 1.0)
    shift = np.zeros(len(events)) if offset is None else vector("offset", offset)
    same_length(y=events, m=trials, offset=shift)
    if (events > trials).any():
        raise ValueError(f"expected y to be at most m, but got {events[events > trials][0]:g}")
    labels = column_labels(names, columns.shape[1])
    total, cases = events.sum(), trials.sum()
    if total in {0, cases}:
        raise SeparationError(f"expected both events and non-events, but got {total:g} events in {cases:g} cases")
    with one_blas_thread():
        scaling, dropped, notes = settle_columns(columns, labels)
        data = _Data(columns, events, trials, shift, scaling)
        start = np.zeros(len(scaling.kept) + 1)
        start[0] = np.log(total / (cases - total)) - shift.mean()
        beta, state, iterations = _maximise(data, start)
        scaled_cov = inverse(state.information)
    refuse_separation(scaling, beta, np.sqrt(np.diag(scaled_cov)), labels)
    coef, cov = scaling.back(beta, scaled_cov)
    loglik = state.loglik + (0.0 if m is None else log_binomial(trials, events))
    return LogisticFit(coef, cov, loglik, iterations, dropped, labels, warnings=notes)


def _maximise(data: _Data, beta: Floats) -> tuple[Floats, _State, int]:
    state = data.at(beta)
    for iteration in range(1, MOST_ITERATIONS + 1):
        try:
            step = scipy.linalg.cho_solve(scipy.linalg.cho_factor(state.information), state.gradient)
        except np.linalg.LinAlgError as error:
            raise SeparationError(
                "expected risks strictly between 0 and 1, but got risks of 0 or 1 in nearly every case: check the offset and the covariates"
            ) from error
        decrement = float(state.gradient @ step)
        beta, state = _climb(data, beta, step, state)
        if decrement < TOLERANCE:
            return beta, state, iteration
    raise NotConvergedError(
        f"expected a maximum within {MOST_ITERATIONS} steps, but got a decrement of {decrement:.2g}"
    )


def _climb(data: _Data, beta: Floats, step: Floats, state: _State) -> tuple[Floats, _State]:
    ahead = data.at(beta + step)
    while ahead.loglik < state.loglik - 1e-9 * abs(state.loglik):  # a shorter step up a concave hill always helps
        step = step / 2
        ahead = data.at(beta + step)
    return beta + step, ahead


def recalibrate(
    eta: npt.ArrayLike, y: npt.ArrayLike, m: npt.ArrayLike | None = None, *, slope: bool = False
) -> Recalibration:
    """Bring a frozen model's risks to the level of another period.

    Parameters
    ----------
    eta : array_like, shape (n,)
        Linear predictor (logit of the risk) from the frozen model.
    y : array_like, shape (n,)
        Events of each row.
    m : array_like, shape (n,), optional
        Trials of each row.
    slope : bool
        Also estimate the slope of ``eta`` instead of holding it at 1.

    Returns
    -------
    Recalibration
        ``intercept`` and ``slope`` of ``logit p' = intercept + slope * eta``, with standard errors.

    Raises
    ------
    ValueError
        As :func:`fit_logistic`; for instance no events at all.

    Notes
    -----
    Maximum likelihood with ``eta`` as offset, or as the only covariate [3]_. Afterwards the expected events equal the
    observed ones.

    Examples
    --------
    >>> shift = recalibrate([-2.0, -2.0, -1.0, -1.0], [5, 8, 20, 30], m=[100, 100, 100, 100])
    >>> round(shift.intercept, 4), shift.slope
    (-0.2618, 1.0)
    """
    predictor = vector("eta", eta)
    same_length(eta=predictor, y=vector("y", y))
    if slope:
        fit = fit_logistic(predictor[:, None], y, m, names=["linear predictor"])
        (shift, steepness), (shift_se, steepness_se) = fit.coef, fit.se
        return Recalibration(float(shift), float(steepness), float(shift_se), float(steepness_se), fit.warnings)
    fit = fit_logistic(np.zeros((len(predictor), 0)), y, m, predictor)
    return Recalibration(float(fit.coef[0]), 1.0, float(fit.se[0]), 0.0)
