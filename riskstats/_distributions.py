"""Quantiles and tails that several methods need, from scipy.special: scipy.stats costs seconds to import."""

import numpy as np
import scipy

from riskstats._arrays import Floats, between


def normal_quantile(level: float) -> float:
    """Give back the z of a two-sided ``level``: 1.96 at 0.95."""
    return float(scipy.special.ndtri(0.5 + between("level", level) / 2))


def normal_density(x: Floats | float) -> Floats:
    """Give back the standard normal density."""
    return np.asarray(np.exp(-np.square(x) / 2) / np.sqrt(2 * np.pi))


def log_binomial(n: Floats, k: Floats) -> float:
    """Give back the sum of the logarithms of ``n over k``."""
    log_factorial = scipy.special.gammaln
    return float((log_factorial(n + 1) - log_factorial(k + 1) - log_factorial(n - k + 1)).sum())
