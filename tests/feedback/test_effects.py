"""The contrast of each hospital with the average hospital, from the data to flag and rank."""

import math

import numpy as np
import pytest

from feedback.services.numbers.effects import Effects, hospital_effects
from riskstats.errors import TooFewHospitalsError


HOSPITALS, CASES = 30, 400


def simulated(
    sigma: float, *, cases: int = CASES, seed: int = 7
) -> tuple[np.ndarray, np.ndarray, list[int], np.ndarray]:
    """One covariate, hospitals that differ by sigma on the log-odds scale, and their true contrasts."""
    rng = np.random.default_rng(seed)
    true = rng.normal(0, sigma, HOSPITALS)
    hospital = np.repeat(np.arange(HOSPITALS), cases)
    covariate = rng.normal(0, 1, (len(hospital), 1))
    eta = -2 + 0.6 * covariate[:, 0] + true[hospital]
    died = (rng.random(len(hospital)) < 1 / (1 + np.exp(-eta))).astype(np.float64)
    return covariate, died, hospital.tolist(), true - true.mean()


def effects(sigma: float, *, higher_is_better: bool = False, **how: int) -> tuple[Effects, np.ndarray]:
    covariates, died, hospital, true = simulated(sigma, **how)
    keys = tuple(range(100, 100 + HOSPITALS))
    return hospital_effects(keys, covariates, died, hospital, higher_is_better=higher_is_better), true


@pytest.fixture(scope="module")
def found() -> tuple[Effects, np.ndarray]:
    return effects(0.6)


def test_true_contrasts_lie_in_their_intervals(found: tuple[Effects, np.ndarray]) -> None:
    each, true = found
    inside = [e.or_low <= math.exp(t) <= e.or_high for e, t in zip(each.hospitals.values(), true, strict=True)]
    assert sum(inside) >= 26, "30 intervals of 95 %: fewer than 26 hold the truth once in a thousand times"
    assert each.between["sigma"] == pytest.approx(0.6, abs=0.2)


def test_rate_and_odds_ratio_always_say_the_same(found: tuple[Effects, np.ndarray]) -> None:
    """The rate of all lies inside the interval of the adjusted rate exactly when 1 lies inside that of the odds ratio."""
    each, _ = found
    overall = simulated(0.6)[1].mean()
    for effect in each.hospitals.values():
        assert effect.act_low < effect.or_low < effect.odds_ratio < effect.or_high < effect.act_high
        assert (effect.adjusted_low > overall) == (effect.or_low > 1)
        assert (effect.adjusted_high < overall) == (effect.or_high < 1)


def test_flag_wants_interval_and_reliability(found: tuple[Effects, np.ndarray]) -> None:
    each, _ = found
    flags = {effect.flag for effect in each.hospitals.values()}
    assert {"act-worse", "act-better", "none"} <= flags
    for effect in each.hospitals.values():
        outside = effect.or_low > 1 or effect.or_high < 1
        assert (effect.flag != "none") == (outside and effect.reliability >= 0.4)
        if effect.flag.startswith("act"):
            assert effect.act_low > 1 or effect.act_high < 1


def test_hospitals_that_do_not_differ_are_not_flagged() -> None:
    each, _ = effects(0.0, cases=60)
    assert {effect.flag for effect in each.hospitals.values()} <= {"none", "too-few"}
    assert all(effect.rank is None for effect in each.hospitals.values())


def test_rank_one_is_the_best_whichever_way_is_good(found: tuple[Effects, np.ndarray]) -> None:
    lower, _ = found
    higher, _ = effects(0.6, higher_is_better=True)
    best = min(lower.hospitals, key=lambda key: lower.hospitals[key].odds_ratio)
    assert lower.hospitals[best].rank == 1
    assert higher.hospitals[best].rank == HOSPITALS
    assert (lower.hospitals[best].flag, higher.hospitals[best].flag) == ("act-better", "act-worse")
    for effect in lower.hospitals.values():
        assert effect.rank is None or (effect.rank_low or 0) <= effect.rank <= (effect.rank_high or 0)


def test_probability_agrees_with_the_interval(found: tuple[Effects, np.ndarray]) -> None:
    for effect in found[0].hospitals.values():
        assert (effect.p_higher > 0.975) == (effect.or_low > 1)
        assert (effect.p_higher < 0.025) == (effect.or_high < 1)


def test_same_cases_give_the_same_bits(found: tuple[Effects, np.ndarray]) -> None:
    again, _ = effects(0.6)
    assert again == found[0]


def test_four_hospitals_are_too_few_for_the_model() -> None:
    covariates, died, hospital, _ = simulated(0.3)
    few = [at for at, code in enumerate(hospital) if code < 4]
    with pytest.raises(TooFewHospitalsError):
        hospital_effects((1, 2, 3, 4), covariates[few], died[few], [hospital[at] for at in few], higher_is_better=False)
