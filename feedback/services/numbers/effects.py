"""How far each hospital is from the average hospital: the random-intercept model with its full posterior.

The contrast of a hospital's effect with the mean of all effects is what is shown (STATISTICS 4.4): its odds ratio, the rate
that all patients would have had with it, how sure that is, and the flag of the three-part rule (STATISTICS 7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from feedback.services.numbers.values import Effect, Json
from riskstats.flags import Classification, Rules, classify
from riskstats.providers import Posterior, RandomInterceptFit, fit_random_intercept, posterior, predicted_expected
from riskstats.ranking import ranks_from_draws
from riskstats.reliability import signal_to_noise


LEVEL, ACT_LEVEL = 0.95, 0.998
DRAWS, SEED = 4_000, 20_260  # of the ranks: fixed, so that a release computed again is the same to the bit
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Effects:
    between: Json
    hospitals: Mapping[int, Effect]


def hospital_effects(
    hospitals: Sequence[int], covariates: Floats, y: Floats, hospital: Codes, *, higher_is_better: bool
) -> Effects:
    """Fit the random-intercept model and read each hospital's contrast from its posterior.

    Parameters
    ----------
    hospitals : sequence of int
        Keys of the hospitals, in the order of their codes.
    covariates, y, hospital
        Covariates of the cases, shape (n, p), none of them constant; outcomes; codes from 0.

    Raises
    ------
    ModelRefusedError
        Fewer than five hospitals, separation, or a fit that did not converge.
    """
    fit = fit_random_intercept(covariates, y, hospital)
    found = _Read(posterior(fit, covariates, y, hospital))
    reliability = signal_to_noise(fit.sigma**2, fit.cond_sd**2)
    rules = Rules(look_level=LEVEL, act_level=ACT_LEVEL, lower_is_better=not higher_is_better)
    classes = classify(found, reliability, np.bincount(hospital), rules)
    columns = {
        **_limits(found),
        **_rates(fit, found, covariates, hospital),
        **_ranks(found.posterior, classes, higher_is_better=higher_is_better),
        "p_higher": found.prob_gt(0.0).tolist(),
        "reliability": reliability.tolist(),
        "flag": [flag.value for flag in classes.flag],
    }
    rows = zip(*columns.values(), strict=True)
    effects = {key: Effect(**dict(zip(columns, row, strict=True))) for key, row in zip(hospitals, rows, strict=True)}
    return Effects(_between(fit, found.posterior), effects)


class _Read:
    """A posterior of which the same quantiles are asked for again and again."""

    def __init__(self, posterior: Posterior) -> None:
        self.posterior, self.prob_gt, self.quantile = posterior, posterior.prob_gt, cache(posterior.quantile)


def _limits(found: _Read) -> dict[str, list[Any]]:
    """Odds ratios of the contrast: median, the limits to look at, and the wider ones to act on."""
    look, act = (1 - LEVEL) / 2, (1 - ACT_LEVEL) / 2
    at = {"odds_ratio": 0.5, "or_low": look, "or_high": 1 - look, "act_low": act, "act_high": 1 - act}
    return {name: np.exp(found.quantile(q)).tolist() for name, q in at.items()}


def _rates(fit: RandomInterceptFit, found: _Read, covariates: Floats, hospital: Codes) -> dict[str, list[Any]]:
    """Predicted over expected with the contrast for the effect, times the rate of all.

    It is the rate of all exactly where the odds ratio is 1, so that both intervals always say the same.
    """
    look = (1 - LEVEL) / 2
    at = {"adjusted_rate": 0.5, "adjusted_low": look, "adjusted_high": 1 - look}
    return {
        name: predicted_expected(fit, covariates, hospital, effect=found.quantile(q)).rsrr.tolist()
        for name, q in at.items()
    }


def _ranks(found: Posterior, classes: Classification, *, higher_is_better: bool) -> dict[str, list[Any]]:
    """1 is the best. None for a hospital that is not compared, or not reliably enough for a rank."""
    way = -1 if higher_is_better else 1
    ranks = ranks_from_draws(way * found.draws(DRAWS, np.random.default_rng(SEED)), LEVEL)
    ranked = ~np.isnan(classes.p_fdr) & ~classes.low_reliability
    columns = {"rank": ranks.median, "rank_low": ranks.lo, "rank_high": ranks.hi}
    return {
        name: [int(rank) if known else None for rank, known in zip(column, ranked, strict=True)]
        for name, column in columns.items()
    }


def _between(fit: RandomInterceptFit, found: Posterior) -> Json:
    return {
        "sigma": fit.sigma,
        "p_value": fit.p_sigma,
        "boundary": fit.boundary,
        "minus2loglik": fit.minus2loglik,
        "grid": found.sigma.tolist(),
        "weights": found.weights.tolist(),
        "terms": fit.beta.tolist(),
        "warnings": list(dict.fromkeys([*fit.warnings, *found.warnings])),
    }
