"""The posterior of hospital effects: what is displayed, with the uncertainty of sigma and of the coefficients included.

References
----------
.. [1] Rue H, Martino S, Chopin N. Approximate Bayesian inference for latent Gaussian models by using integrated nested
   Laplace approximations. JRSS B 2009;71:319-392.
.. [2] Gelman A. Prior distributions for variance parameters in hierarchical models. Bayesian Anal 2006;1:515-534.
.. [3] Carlin BP, Gelfand AE. Approaches for empirical Bayes confidence intervals. JASA 1990;85:105-114.
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import Floats, Integers, above, between, group_sums, vector
from riskstats._linalg import inverse, log_determinant, one_blas_thread, solve
from riskstats.providers._grouped import Grouped, grouped
from riskstats.providers._likelihood import evaluate, evaluate_around, softplus
from riskstats.providers.random_intercept import RandomInterceptFit


FEW_EVENTS = 30  # events or non-events; below, a hospital's own density is used instead of a normal one
NODES = 41
REACH = 5.0  # of the nodes, in conditional standard deviations
WIDE_GRID, NARROW_GRID = 15, 9
SHARP = 0.2  # standard error of log sigma below which the narrow grid is enough
LEAST_UPPER = 0.8
MODE_ITERATIONS = 50
MODE_TOLERANCE = 1e-8

Places = npt.NDArray[np.intp]


@dataclasses.dataclass(frozen=True)
class Slice:
    """The posterior at one value of sigma, for the hospitals with cases.

    Attributes
    ----------
    log_weight : float
        Logarithm of the density at this sigma, up to a constant.
    u, variance : ndarray, shape (I,)
        Mean and variance of each effect, given the coefficients.
    M : ndarray, shape (I, k)
        Effects move by ``M d`` with the coefficients, d standard normal.
    few : ndarray of int, shape (F,)
        Hospitals with their own density.
    nodes, shares : ndarray, shape (K, F)
        That density.
    """

    log_weight: float
    u: Floats
    variance: Floats
    M: Floats
    few: Places
    nodes: Floats
    shares: Floats

    def draw(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw effects jointly, shape (n, I)."""
        effects = self.u + np.sqrt(self.variance) * rng.standard_normal((n, len(self.u)))
        for place, hospital in enumerate(self.few):
            # Inverse of a distribution that is even between the middles of neighbouring nodes.
            nodes = self.nodes[:, place]
            half = (nodes[1] - nodes[0]) / 2
            upto = np.concatenate([[0.0], np.cumsum(self.shares[:, place])])
            effects[:, hospital] = np.interp(rng.random(n), upto, np.append(nodes - half, nodes[-1] + half))
        return np.asarray(effects + rng.standard_normal((n, self.M.shape[1])) @ self.M.T)


@dataclasses.dataclass(frozen=True)
class Mixture:
    """Each effect as a mixture of normals over sigma and over nodes.

    Attributes
    ----------
    centres, shares : ndarray, shape (G, K, I)
        Means and weights; for each hospital the weights sum to 1.
    spreads : ndarray, shape (G, I)
        Standard deviations.
    """

    centres: Floats
    shares: Floats
    spreads: Floats


@dataclasses.dataclass(frozen=True)
class Posterior:
    """Posterior of each hospital's effect; arrays have length H = largest code + 1, NaN for hospitals without cases.

    Attributes
    ----------
    mean, sd : ndarray, shape (H,)
        Posterior mean and standard deviation, log-odds.
    sigma, weights : ndarray, shape (G,)
        Grid of standard deviations between hospitals and their posterior weights.
    contrast : bool
        Whether effects are contrasts with the mean of the hospitals.
    present : ndarray of int
        Codes of the hospitals with cases.
    mixture : Mixture
        The marginal posteriors of those.
    slices : tuple of Slice
        The joint posterior of those, at each sigma.
    warnings : tuple of str
        What the statistician should know.
    """

    mean: Floats
    sd: Floats
    sigma: Floats
    weights: Floats
    contrast: bool
    present: Integers
    mixture: Mixture
    slices: tuple[Slice, ...]
    warnings: tuple[str, ...] = ()

    def prob_gt(self, c: npt.ArrayLike) -> Floats:
        """Give back the probability of each effect to lie above ``c`` (log-odds; one number or H), shape (H,)."""
        bound = np.broadcast_to(np.asarray(c, dtype=np.float64), self.mean.shape)
        return self._spread(1 - self._upto(bound[self.present]))

    def quantile(self, q: float) -> Floats:
        """Give back the ``q`` quantile of each effect (log-odds), shape (H,), by bisection."""
        between("q", q)
        mean, reach = self.mean[self.present], 12 * self.sd[self.present]
        lo, hi = mean - reach, mean + reach
        for _ in range(60):
            middle = (lo + hi) / 2
            over = self._upto(middle) >= q
            lo, hi = np.where(over, lo, middle), np.where(over, middle, hi)
        return self._spread((lo + hi) / 2)

    def draws(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw effects of all hospitals jointly, shape (n, H)."""
        if n < 1:
            raise ValueError(f"expected n to be at least 1, but got {n!r}")
        which = rng.choice(len(self.weights), size=n, p=self.weights)
        drawn = np.empty((n, len(self.present)))
        for place, part in enumerate(self.slices):
            rows = which == place
            drawn[rows] = part.draw(int(rows.sum()), rng)
        if self.contrast:
            drawn -= drawn.mean(axis=1, keepdims=True)
        every = np.full((n, len(self.mean)), np.nan)
        every[:, self.present] = drawn
        return every

    def _upto(self, bound: Floats) -> Floats:
        z = (bound - self.mixture.centres) / self.mixture.spreads[:, None, :]
        return np.asarray((self.mixture.shares * scipy.special.ndtr(z)).sum(axis=(0, 1)))

    def _spread(self, values: Floats) -> Floats:
        every = np.full(len(self.mean), np.nan)
        every[self.present] = values
        return every


@dataclasses.dataclass(frozen=True)
class _Few:
    """Cases of the hospitals whose own density is needed."""

    hospitals: Places
    z: Floats
    events: Floats
    trials: Floats
    offset: Floats
    starts: Places
    at: Places


def posterior(
    fit: RandomInterceptFit,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    group: npt.ArrayLike,
    grid: npt.ArrayLike | None = None,
    contrast: bool = True,  # noqa: FBT001, FBT002 - STATISTICS 8
    *,
    m: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
    threads: int = 1,
) -> Posterior:
    """Work out the posterior of every hospital's effect.

    Parameters
    ----------
    fit : RandomInterceptFit
        Converged fit of the same cases.
    X, y, group, m, offset
        As given to :func:`fit_random_intercept`.
    grid : array_like, shape (G,), optional
        Values of sigma above 0, rising; chosen from the data if left out.
    contrast : bool
        Effects as contrasts with the mean of the hospitals (to be shown), or as they are in the model.
    threads : int
        Threads over blocks of hospitals.

    Returns
    -------
    Posterior
        ``mean``, ``sd``, ``quantile(q)``, ``prob_gt(c)``, ``draws(n, rng)``, ``sigma`` grid and ``weights``.

    Raises
    ------
    ValueError
        As :func:`fit_random_intercept`, or a grid that does not rise above 0.
    NotConvergedError
        The fit did not converge.

    Notes
    -----
    Flat priors on the coefficients and on sigma in (0, max(4 sigma, 0.8)) [2]_. At each value of sigma the joint mode of coefficients and effects,
    with the Schur information S, ``B_i = sum w x`` and ``A_i = sum w + 1/sigma^2``; weight ``exp(L - log|S|/2)`` [1]_. Given sigma
    ``Cov(u) = diag(1/A) + D S^-1 D'``, ``D = B/A``. Hospitals with fewer than 30 events or non-events have their exact density on 41 nodes, convolved with the
    normal of the rest. The mixture over sigma gives everything else. Contrast: ``c_i = u_i - mean(u)``.
    Empirical Bayes intervals, which leave sigma and the coefficients out [3]_, cover 64 to 92 % where these cover 93.5 to 95 %.

    Examples
    --------
    >>> from riskstats.providers import fit_random_intercept
    >>> events = [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24]
    >>> cases = [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360]
    >>> X = np.zeros((12, 0))
    >>> effects = posterior(fit_random_intercept(X, events, range(12), m=cases), X, events, range(12), m=cases)
    >>> effects.mean.argmax(), effects.prob_gt(0.0).round(2)[[0, 7]]
    (np.int64(7), array([0.11, 1.  ]))
    """
    fit.require_converged()
    with one_blas_thread():
        data = grouped(X, y, group, m, offset, fit.names)
        start = _scaled(data, fit)
        values = _grid(data, fit, start, threads) if grid is None else _given(grid)
        few, u = _few(data), fit.u[data.present]
        slices: list[Slice] = []
        for sigma in values:
            part, start, u = _slice(data, float(sigma), start, u, few, fit.n_quad, threads)
            slices.append(part)
    return _posterior(data, values, tuple(slices), contrast=contrast)


def _scaled(data: Grouped, fit: RandomInterceptFit) -> Floats:
    slopes = fit.beta[1:][data.scaling.kept]
    return np.concatenate([[fit.beta[0] + slopes @ data.scaling.mean], slopes * data.scaling.scale])


def _given(grid: npt.ArrayLike) -> Floats:
    values = above("grid", vector("grid", grid), 0.0)
    if (np.diff(values) <= 0).any():
        raise ValueError(f"expected grid to rise, but got {values!r}")
    return values


def _grid(data: Grouped, fit: RandomInterceptFit, beta: Floats, threads: int) -> Floats:
    """Nine values around a sharp estimate, else fifteen over the whole range of the prior."""
    if fit.sigma > 0:
        step, middle, u = 0.02, float(np.log(fit.sigma)), fit.u[data.present]
        slopes = [evaluate(data, beta, middle + way * step, u, threads=threads).gradient[-1] for way in (-1, 1)]
        curvature = (slopes[0] - slopes[1]) / (2 * step)
        if curvature > 1 / SHARP**2:
            return np.asarray(np.exp(middle + np.linspace(-3, 3, NARROW_GRID) / np.sqrt(curvature)))
    upper = max(4 * fit.sigma, LEAST_UPPER)
    return upper * (np.arange(WIDE_GRID) + 0.5) / WIDE_GRID


def _few(data: Grouped) -> _Few:
    at = np.concatenate([block.at + block.hospitals.start for block in data.blocks])
    events, trials = group_sums(at, data.events), group_sums(at, data.trials)
    hospitals = np.flatnonzero(np.minimum(events, trials - events) < FEW_EVENTS)
    rows = np.isin(at, hospitals)
    own = np.searchsorted(hospitals, at[rows])
    starts = np.searchsorted(own, np.arange(len(hospitals)))
    return _Few(hospitals, data.z[rows], data.events[rows], data.trials[rows], data.offset[rows], starts, own)


def _slice(
    data: Grouped, sigma: float, beta: Floats, u: Floats, few: _Few, n_quad: int, threads: int
) -> tuple[Slice, Floats, Floats]:
    """Find the joint mode at one sigma, and what lies around it."""
    for _ in range(MODE_ITERATIONS):
        state, around = evaluate_around(data, beta, float(np.log(sigma)), u, n_quad=n_quad, threads=threads)
        u = state.u
        step = solve(around.information, around.gradient)
        if float(around.gradient @ step) < MODE_TOLERANCE:
            break
        beta = beta + step
    root = np.linalg.cholesky(inverse(around.information))
    log_det = log_determinant(around.information)
    nodes, shares = _own_density(few, sigma, beta, u[few.hospitals], state.A[few.hospitals])
    mean, variance = u.copy(), 1 / state.A
    mean[few.hospitals] = (shares * nodes).sum(axis=0)
    variance[few.hospitals] = (shares * (nodes - mean[few.hospitals]) ** 2).sum(axis=0)
    M = around.B / state.A[:, None] @ root
    return Slice(state.loglik - log_det / 2, mean, variance, M, few.hospitals, nodes, shares), beta, u


def _own_density(few: _Few, sigma: float, beta: Floats, u: Floats, A: Floats) -> tuple[Floats, Floats]:
    """Conditional densities of the hospitals with few events, on nodes, shape (K, F)."""
    nodes = u + np.linspace(-REACH, REACH, NODES)[:, None] * A**-0.5
    heights = -(nodes**2) / (2 * sigma**2)
    if len(few.hospitals):
        base = few.z @ beta + few.offset
        for place, effects in enumerate(nodes):
            eta = base + effects[few.at]
            heights[place] += np.add.reduceat(few.events * eta - few.trials * softplus(eta), few.starts)
    shares = np.exp(heights - heights.max(axis=0, initial=-np.inf))
    return nodes, shares / shares.sum(axis=0)


def _posterior(data: Grouped, values: Floats, slices: tuple[Slice, ...], *, contrast: bool) -> Posterior:
    heights = np.array([part.log_weight for part in slices])
    weights = np.exp(heights - heights.max()) * (np.gradient(values) if len(values) > 1 else 1.0)
    weights /= weights.sum()
    parts = [_components(part, contrast=contrast) for part in slices]
    mixture = Mixture(
        centres=np.stack([centres for centres, _, _ in parts]),
        shares=np.stack([weight * shares for weight, (_, shares, _) in zip(weights, parts, strict=True)]),
        spreads=np.stack([spreads for _, _, spreads in parts]),
    )
    mean = (mixture.shares * mixture.centres).sum(axis=(0, 1))
    around = (mixture.centres - mean) ** 2 + mixture.spreads[:, None, :] ** 2
    sd = np.sqrt((mixture.shares * around).sum(axis=(0, 1)))
    return Posterior(
        mean=data.everywhere(mean, np.nan),
        sd=data.everywhere(sd, np.nan),
        sigma=values,
        weights=weights,
        contrast=contrast,
        present=data.present,
        mixture=mixture,
        slices=slices,
        warnings=data.warnings,
    )


def _components(part: Slice, *, contrast: bool) -> tuple[Floats, Floats, Floats]:
    """Give back centres and shares, shape (K, I), and spreads, shape (I,), of the effects at one sigma."""
    size = len(part.u)
    own, M, centre = 1.0, part.M, part.u
    others = np.zeros(size)
    if contrast:
        own, M, centre = 1 - 1 / size, part.M - part.M.mean(axis=0), part.u - part.u.mean()
        others = (part.variance.sum() - part.variance) / size**2
    rest = others + (M**2).sum(axis=1)
    spread2 = rest + own**2 * part.variance
    nodes = NODES if len(part.few) else 1
    centres = np.repeat(centre[None, :], nodes, axis=0)
    shares = np.zeros((nodes, size))
    shares[0] = 1.0
    if len(part.few):
        # The spread of the rest smooths the nodes; where it is too narrow for that, the nodes give up a little of theirs.
        step = own * (part.nodes[1] - part.nodes[0])
        smooth = np.maximum(step**2 - rest[part.few], 0.0)
        kept = np.sqrt(np.maximum(1 - smooth / (own**2 * part.variance[part.few]), 0.0))
        centres[:, part.few] = centre[part.few] + kept * own * (part.nodes - part.u[part.few])
        shares[:, part.few] = part.shares
        spread2[part.few] = rest[part.few] + smooth
    return centres, shares, np.sqrt(spread2)
