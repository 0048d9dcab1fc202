"""Funnel plots: how far hospitals of a given size scatter by chance, and by more than chance."""

from riskstats.funnel.dispersion import Kind, Overdispersion, Transform, overdispersed_limits, overdispersion
from riskstats.funnel.limits import (
    RatioClass,
    classify_ratio,
    exact_binomial_limits,
    exact_poisson_limits,
    wilson_limits,
)


__all__ = [
    "Kind",
    "Overdispersion",
    "RatioClass",
    "Transform",
    "classify_ratio",
    "exact_binomial_limits",
    "exact_poisson_limits",
    "overdispersed_limits",
    "overdispersion",
    "wilson_limits",
]
