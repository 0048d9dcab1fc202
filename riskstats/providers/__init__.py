"""Comparing hospitals: observed against expected events, hospital effects, and what can be said of them."""

from riskstats.providers.effects import Posterior, posterior
from riskstats.providers.fixed import FixedEffects, fixed_effects
from riskstats.providers.linear import LinearMixedFit, fit_lmm
from riskstats.providers.observed import ObservedExpected, observed_expected
from riskstats.providers.predicted import PredictedExpected, predicted_expected
from riskstats.providers.random_intercept import RandomInterceptFit, fit_random_intercept


__all__ = [
    "FixedEffects",
    "LinearMixedFit",
    "ObservedExpected",
    "Posterior",
    "PredictedExpected",
    "RandomInterceptFit",
    "fit_lmm",
    "fit_random_intercept",
    "fixed_effects",
    "observed_expected",
    "posterior",
    "predicted_expected",
]
