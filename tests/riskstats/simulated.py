"""Collaboratives of known truth, for tests and benchmarks."""

import dataclasses

import numpy as np
import numpy.typing as npt


@dataclasses.dataclass(frozen=True)
class Simulated:
    X: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    group: npt.NDArray[np.int64]
    u: npt.NDArray[np.float64]


def collaborative(hospitals, cases, *, seed, sigma=0.35, intercept=-2.5):
    """Cases with two normal and two yes/no covariates; hospitals of Poisson size around ``cases``."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(hospitals), rng.poisson(cases, hospitals))
    X = np.column_stack([rng.normal(size=(len(group), 2)), rng.random((len(group), 2)) < 0.3])
    u = rng.normal(0, sigma, hospitals)
    eta = intercept + X @ np.array([0.3, -0.2, 0.4, 0.3]) + u[group]
    return Simulated(X, (rng.random(len(group)) < 1 / (1 + np.exp(-eta))).astype(float), group, u)
