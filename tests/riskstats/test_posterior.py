import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

from riskstats.errors import NotConvergedError
from riskstats.providers import effects, fit_random_intercept, posterior, random_intercept
from tests.riskstats.simulated import collaborative


OPERATIONS = np.array([47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360])
DEATHS = np.array([0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24])
NOTHING = np.zeros((12, 0))


def surgical(*, contrast=True, **options):
    fit = fit_random_intercept(NOTHING, DEATHS, range(12), m=OPERATIONS)
    return posterior(fit, NOTHING, DEATHS, range(12), contrast=contrast, m=OPERATIONS, **options)


def simulated(data, **options):
    return posterior(fit_random_intercept(data.X, data.y, data.group), data.X, data.y, data.group, **options)


# Degenerate cases first.
def test_fit_that_did_not_converge_has_no_posterior(monkeypatch):
    monkeypatch.setattr(random_intercept, "MOST_ITERATIONS", 2)
    fit = fit_random_intercept(NOTHING, DEATHS, range(12), m=OPERATIONS)

    with pytest.raises(NotConvergedError, match="expected a converged fit"):
        posterior(fit, NOTHING, DEATHS, range(12), m=OPERATIONS)


def test_no_detectable_variation_still_has_uncertain_effects():
    y = np.tile([1, 0, 0, 0, 0, 1, 0, 0, 0, 0], 12)
    fit = fit_random_intercept(np.zeros((120, 0)), y, np.repeat(range(12), 10))

    shown = posterior(fit, np.zeros((120, 0)), y, np.repeat(range(12), 10))

    assert fit.sigma == 0
    assert len(shown.sigma) == 15
    assert shown.sigma.max() < 0.8
    assert_allclose(shown.mean, 0, atol=1e-8)
    assert (shown.sd > 0.1).all()


def test_hospital_without_cases_has_no_effect():
    data = collaborative(8, 60, seed=1)
    group = np.where(data.group >= 3, data.group + 1, data.group)
    fit = fit_random_intercept(data.X, data.y, group)

    shown = posterior(fit, data.X, data.y, group)

    for values in (
        shown.mean,
        shown.sd,
        shown.quantile(0.5),
        shown.prob_gt(0),
        shown.draws(3, np.random.default_rng(1))[0],
    ):
        assert np.isnan(values).tolist() == [False] * 3 + [True] + [False] * 5
    assert shown.warnings == ("hospital 3 has no case",)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: surgical(grid=[0.0, 0.1]), "expected grid to be above 0, but got 0"),
        (lambda: surgical(grid=[0.2, 0.1]), "expected grid to rise, but got"),
        (lambda: surgical(grid=[]), "expected grid to hold at least one value"),
        (lambda: surgical().quantile(1.0), "expected q to lie strictly between 0 and 1, but got 1.0"),
        (lambda: surgical().draws(0, np.random.default_rng(1)), "expected n to be at least 1, but got 0"),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Against brute force.
def brute_force(upper):
    """Exact marginal posteriors of u under flat priors on mu and on sigma in (0, upper): three nested sums."""
    sigma = upper * (np.arange(60) + 0.5) / 60
    mu, u = np.linspace(-3.6, -1.5, 106), np.linspace(-3, 3, 601)
    eta = mu[:, None] + u
    likelihood = np.exp(
        DEATHS[:, None, None] * eta
        - OPERATIONS[:, None, None] * np.log1p(np.exp(eta))
        + 330.0 * OPERATIONS[:, None, None] / 1000
    )
    likelihood /= likelihood.max(axis=(1, 2), keepdims=True)
    density = np.zeros((12, len(u)))
    for each in sigma:
        inner = likelihood * np.exp(-(u**2) / (2 * each**2)) / each
        alone = inner.sum(axis=2)
        logs = np.log(alone).sum(axis=0)
        rest = np.exp(logs - np.log(alone))
        density += np.einsum("im,imu->iu", rest, inner)
    return u, density / density.sum(axis=1, keepdims=True)


def test_effects_agree_with_brute_force():
    upper = max(4 * fit_random_intercept(NOTHING, DEATHS, range(12), m=OPERATIONS).sigma, 0.8)
    u, density = brute_force(upper)
    mean = density @ u
    sd = np.sqrt(density @ u**2 - mean**2)
    upto = np.cumsum(density, axis=1)

    shown = surgical(contrast=False)

    # STATISTICS 4.4 asks for 0.04 (means), 0.05 (limits), 0.034 (probabilities); plain EB is off by 0.18 and 0.63.
    assert_allclose(shown.mean, mean, atol=0.025)
    assert_allclose(shown.sd, sd, atol=0.025)
    assert_allclose(shown.prob_gt(0.0), 1 - upto[:, 300], atol=0.025)
    for q in (0.025, 0.5, 0.975):
        exact = [np.interp(q, row, u) for row in upto]
        assert_allclose(shown.quantile(q), exact, atol=0.05)


def test_given_sigma_large_hospitals_agree_with_the_normal_formula():
    data = collaborative(8, 3000, seed=2, intercept=-1.0)
    fit = fit_random_intercept(data.X, data.y, data.group)

    shown = posterior(fit, data.X, data.y, data.group, grid=[fit.sigma], contrast=False)
    contrast = posterior(fit, data.X, data.y, data.group, grid=[fit.sigma])

    part = shown.slices[0]
    cov = np.diag(part.variance) + part.M @ part.M.T
    centring = np.eye(8) - 1 / 8
    assert_allclose(shown.sd**2, np.diag(cov))
    assert_allclose(shown.quantile(0.975), shown.mean + special.ndtri(0.975) * shown.sd, atol=1e-9)
    assert_allclose(contrast.sd**2, np.diag(centring @ cov @ centring))
    assert_allclose(contrast.mean, part.u - part.u.mean(), atol=1e-12)
    assert_allclose(part.variance, fit.cond_sd**2, rtol=0.02)


# Properties.
@pytest.mark.parametrize("contrast", [True, False])
@pytest.mark.parametrize("cases", [60, 900])
def test_draws_agree_with_the_marginals(contrast, cases):
    shown = simulated(collaborative(12, cases, seed=3), contrast=contrast)

    drawn = shown.draws(40_000, np.random.default_rng(1))

    assert_allclose(drawn.mean(axis=0), shown.mean, atol=0.01)
    assert_allclose(drawn.std(axis=0), shown.sd, rtol=0.03)
    assert_allclose((drawn > 0.1).mean(axis=0), shown.prob_gt(0.1), atol=0.015)
    assert_allclose(np.quantile(drawn, 0.975, axis=0), shown.quantile(0.975), atol=0.03)


def test_contrasts_sum_to_zero_in_every_draw():
    drawn = surgical().draws(50, np.random.default_rng(1))

    assert_allclose(drawn.sum(axis=1), 0, atol=1e-12)
    assert_allclose(surgical().mean.sum(), 0, atol=1e-12)


def test_quantiles_invert_probabilities():
    shown = surgical()

    for q in (0.001, 0.3, 0.999):
        assert_allclose(shown.prob_gt(shown.quantile(q)), 1 - q, atol=1e-10)


@pytest.mark.parametrize(("cases", "size"), [(2000, 9), (60, 15)])
def test_sharp_estimates_need_a_narrow_grid(cases, size):
    shown = simulated(collaborative(30 if cases > 100 else 10, cases, seed=4))

    assert len(shown.sigma) == size
    assert shown.weights.sum() == pytest.approx(1)


def test_narrow_and_wide_grid_agree():
    data = collaborative(30, 1500, seed=5)
    narrow = simulated(data)

    wide = simulated(data, grid=np.linspace(0.005, 1.0, 200))

    assert len(narrow.sigma) == 9
    assert_allclose(narrow.mean, wide.mean, atol=0.003)
    assert_allclose(narrow.sd, wide.sd, rtol=0.02)


def test_posterior_is_wider_than_empirical_bayes_with_few_cases():
    data = collaborative(10, 100, seed=6)
    fit = fit_random_intercept(data.X, data.y, data.group)

    shown = posterior(fit, data.X, data.y, data.group, contrast=False)

    assert (shown.sd > fit.cond_sd).all()


def test_search_for_the_joint_mode_is_bounded(monkeypatch):
    free = surgical().mean
    monkeypatch.setattr(effects, "MODE_ITERATIONS", 1)

    assert_allclose(surgical().mean, free, atol=0.05)


def test_threads_do_not_change_the_result():
    data = collaborative(12, 60, seed=7)

    assert_allclose(simulated(data, threads=2).sd, simulated(data).sd, rtol=1e-12)


@pytest.mark.parametrize("column", [None, 0])
def test_an_offset_that_the_model_can_absorb_changes_nothing(column):
    # Small hospitals have their exact density, large ones a normal one.
    data = collaborative(8, 120, seed=13)
    offset = 1.3 * (np.ones(len(data.y)) if column is None else data.X[:, column])
    place = 0 if column is None else column + 1

    plain = fit_random_intercept(data.X, data.y, data.group)
    shifted = fit_random_intercept(data.X, data.y, data.group, offset=offset)

    assert shifted.beta[place] == pytest.approx(plain.beta[place] - 1.3, abs=1e-4)
    for name in ("sigma", "gain", "minus2loglik", "p_sigma"):
        assert getattr(shifted, name) == pytest.approx(getattr(plain, name), rel=1e-3, abs=1e-5), name
    without = posterior(plain, data.X, data.y, data.group)
    with_offset = posterior(shifted, data.X, data.y, data.group, offset=offset)
    assert_allclose(with_offset.mean, without.mean, atol=1e-4)
    assert_allclose(with_offset.quantile(0.1), without.quantile(0.1), atol=1e-4)


def test_counts_have_the_posterior_of_their_cases():
    rng = np.random.default_rng(14)
    group, trials = np.repeat(np.arange(8), 4), rng.integers(5, 40, 32)
    x = rng.normal(size=(32, 1))
    events = rng.binomial(trials, 1 / (1 + np.exp(1.5 - 0.4 * x[:, 0] - rng.normal(0, 0.4, 8)[group])))
    rows = np.repeat(np.arange(32), trials)
    y = np.concatenate([[1.0] * e + [0.0] * (m - e) for e, m in zip(events, trials, strict=True)])

    counted = posterior(fit_random_intercept(x, events, group, m=trials), x, events, group, m=trials)
    single = posterior(fit_random_intercept(x[rows], y, group[rows]), x[rows], y, group[rows])

    assert_allclose(counted.mean, single.mean, atol=1e-5)
    assert_allclose(counted.sd, single.sd, atol=1e-5)
    assert_allclose(counted.quantile(0.975), single.quantile(0.975), atol=1e-5)


def test_events_and_their_absence_mirror_each_other():
    data = collaborative(8, 90, seed=15)

    events = simulated(data)
    fit = fit_random_intercept(data.X, 1 - data.y, data.group)
    absences = posterior(fit, data.X, 1 - data.y, data.group)

    assert_allclose(absences.mean, -events.mean, atol=1e-4)
    assert_allclose(absences.sd, events.sd, atol=1e-4)
    assert_allclose(absences.quantile(0.1), -events.quantile(0.9), atol=1e-4)


def test_one_draw_can_be_asked_for():
    assert surgical().draws(1, np.random.default_rng(1)).shape == (1, 12)


@pytest.mark.slow
@pytest.mark.parametrize(("hospitals", "cases", "repeats"), [(10, 100, 60), (20, 400, 60), (70, 600, 8)])
def test_intervals_cover_the_truth(hospitals, cases, repeats):
    covered = []
    for seed in range(repeats):
        data = collaborative(hospitals, cases, seed=1000 + seed)
        shown = simulated(data)
        truth = data.u - data.u.mean()
        covered.append((shown.quantile(0.025) <= truth) & (truth <= shown.quantile(0.975)))

    assert 0.92 <= np.mean(covered) <= 0.98
