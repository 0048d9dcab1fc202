"""Comparing hospitals: observed against expected events, hospital effects, and what can be said of them."""

from riskstats.providers.effects import Posterior, posterior
from riskstats.providers.observed import ObservedExpected, observed_expected
from riskstats.providers.random_intercept import RandomInterceptFit, fit_random_intercept


__all__ = [
    "ObservedExpected",
    "Posterior",
    "RandomInterceptFit",
    "fit_random_intercept",
    "observed_expected",
    "posterior",
]
