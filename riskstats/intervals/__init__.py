"""Intervals for proportions, counts and standardised rates, and tails of sums of unequal chances.

Every interval is two-sided at ``level`` and comes back as ``Limits``, in the shape of its inputs.
"""

from riskstats._arrays import Limits
from riskstats.intervals.counts import StandardisedRate, byar, dobson, poisson_exact, poisson_midp
from riskstats.intervals.poisson_binomial import Tails, poisson_binomial_pmf, poisson_binomial_tails
from riskstats.intervals.proportions import clopper_pearson, jeffreys, wilson


__all__ = [
    "Limits",
    "StandardisedRate",
    "Tails",
    "byar",
    "clopper_pearson",
    "dobson",
    "jeffreys",
    "poisson_binomial_pmf",
    "poisson_binomial_tails",
    "poisson_exact",
    "poisson_midp",
    "wilson",
]
