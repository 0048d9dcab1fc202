"""One simulated collaborative, and what the methods make of it."""

import functools
from typing import NamedTuple

import numpy as np

from riskstats import providers, riskmodel


class World(NamedTuple):
    """A simulated collaborative: covariates, outcomes, hospitals, and the effects that made the outcomes."""

    X: np.ndarray
    y: np.ndarray
    group: np.ndarray
    u: np.ndarray

    @property
    def n(self) -> np.ndarray:
        return np.bincount(self.group)


@functools.cache
def world(hospitals: int = 20, seed: int = 18) -> World:
    """Hospitals of 40 to 1,500 cases, sigma 0.4, event rate about 10 %."""
    rng = np.random.default_rng(seed)
    sizes = np.clip(rng.lognormal(5.3, 0.9, hospitals), 40, 1500).astype(int)
    group = np.repeat(np.arange(hospitals), sizes)
    covariates = np.column_stack([rng.normal(size=len(group)), rng.random(len(group)) < 0.3])
    u = rng.normal(0, 0.4, hospitals)
    risk = 1 / (1 + np.exp(2.5 - covariates @ np.array([0.5, 0.4]) - u[group]))
    return World(covariates, (rng.random(len(group)) < risk).astype(float), group, u)


@functools.cache
def fitted() -> tuple[providers.RandomInterceptFit, providers.Posterior]:
    here = world()
    fit = providers.fit_random_intercept(here.X, here.y, here.group)
    return fit, providers.posterior(fit, here.X, here.y, here.group)


@functools.cache
def compared() -> providers.ObservedExpected:
    here = world()
    return providers.observed_expected(here.y, riskmodel.fit_logistic(here.X, here.y).predict(here.X), here.group)
