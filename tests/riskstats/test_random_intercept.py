import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import integrate, special

from riskstats.errors import NotConvergedError, SeparationError, TooFewHospitalsError
from riskstats.providers import _grouped, _likelihood, fit_random_intercept, random_intercept
from riskstats.providers._grouped import grouped
from riskstats.providers._likelihood import evaluate
from riskstats.riskmodel import fit_logistic
from tests.riskstats.reference.tables import reference
from tests.riskstats.simulated import collaborative


R = reference("random_intercept")
# BUGS example "Surgical": deaths after heart surgery in babies, 12 hospitals (STATISTICS 9).
OPERATIONS = np.array([47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360])
DEATHS = np.array([0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24])
NOTHING = np.zeros((12, 0))

MODELS = {
    "cases": (
        np.column_stack([R["cases_age"], R["cases_urgent"], R["cases_high"]]),
        R["cases_y"],
        R["cases_group"],
        {"names": ["age", "urgent", "high"]},
    ),
    "offset": (R["cases_age"][:, None], R["cases_y"], R["cases_group"], {"offset": R["cases_offset"]}),
    "herds": (R["herds_period"][:, None], R["herds_y"], R["herds_group"], {"m": R["herds_m"]}),
    "tiny": (R["tiny_x"][:, None], R["tiny_y"], R["tiny_group"], {}),
}
QUADRATURES = [
    (name, int(key.split("_")[1]))
    for name in MODELS
    for key in R
    if key.count("_") == 1 and key.split("_")[1].isdigit() and key.startswith(name)
]


# Degenerate cases first.
@pytest.mark.parametrize("hospitals", [1, 4])
def test_fewer_than_five_hospitals_are_refused(hospitals):
    group = np.arange(100) % hospitals

    with pytest.raises(
        TooFewHospitalsError, match=f"at least 5 hospitals with cases, but got {hospitals}: use observed_expected"
    ):
        fit_random_intercept(np.zeros((100, 0)), np.arange(100) % 3 == 0, group)


def test_five_to_nine_hospitals_carry_a_warning():
    fit = fit_random_intercept(NOTHING[:9], DEATHS[:9], range(9), m=OPERATIONS[:9])

    assert fit.warnings == ("9 hospitals: show only the full posterior",)


@pytest.mark.parametrize("y", [np.zeros(60), np.ones(60)])
def test_outcome_that_never_or_always_occurs_is_refused(y):
    with pytest.raises(SeparationError, match="expected both events and non-events"):
        fit_random_intercept(np.zeros((60, 0)), y, np.arange(60) % 6)


def test_hospitals_that_do_not_differ_are_the_boundary():
    y = np.tile([1, 0, 0, 0, 0, 1, 0, 0, 0, 0], 12)

    fit = fit_random_intercept(np.zeros((120, 0)), y, np.repeat(range(12), 10))

    pooled = fit_logistic(np.zeros((120, 0)), y)
    assert fit.boundary
    assert fit.converged
    assert (fit.sigma, fit.gain, fit.p_sigma) == (0, 0, 1)
    assert_array_equal(fit.u, np.zeros(12))
    assert_array_equal(fit.cond_sd, np.zeros(12))
    assert_allclose(fit.beta, pooled.coef, rtol=1e-5)
    assert fit.minus2loglik == pytest.approx(-2 * pooled.loglik, abs=1e-4)
    assert fit.warnings == ("no detectable variation between hospitals: sigma is 0",)


def test_hospitals_with_no_or_all_events_stay_finite():
    rng = np.random.default_rng(3)
    y = np.concatenate([np.zeros(40), np.ones(40), rng.random(400) < 0.4])

    fit = fit_random_intercept(np.zeros((480, 0)), y, np.repeat(range(12), 40))

    assert fit.converged
    assert -6 < fit.u[0] < -2
    assert 2 < fit.u[1] < 6


def test_hospital_with_one_case_and_one_without_any():
    data = collaborative(10, 100, seed=5)
    group = np.append(data.group + 2, 0)

    fit = fit_random_intercept(np.vstack([data.X, [[0, 0, 0, 0]]]), np.append(data.y, 1), group)

    assert fit.warnings == ("hospital 1 has no case",)
    assert (fit.u[1], fit.cond_sd[1]) == (0, fit.sigma)
    assert 0 < fit.u[0] < 1
    assert len(fit.u) == 12


def test_constant_and_dependent_columns_are_left_out():
    data = collaborative(12, 80, seed=6)
    X = np.column_stack([np.ones(len(data.y)), data.X, data.X[:, 0] - data.X[:, 1]])

    fit, plain = fit_random_intercept(X, data.y, data.group), fit_random_intercept(data.X, data.y, data.group)

    assert fit.dropped == (0, 5)
    assert_allclose(fit.beta, [plain.beta[0], 0, *plain.beta[1:], 0], rtol=1e-6, atol=1e-9)
    assert fit.warnings[:2] == (
        "column 0 is the same in every case and was left out",
        "column 5 follows from earlier columns and was left out",
    )


def test_separation_names_the_covariate():
    data = collaborative(12, 80, seed=7)
    rare = np.zeros(len(data.y))
    rare[np.flatnonzero(data.y == 0)[:5]] = 1

    with pytest.raises(SeparationError, match="predict the outcome perfectly: dialysis"):
        fit_random_intercept(np.column_stack([data.X[:, 0], rare]), data.y, data.group, names=["age", "dialysis"])


def test_fit_that_does_not_converge_says_so_and_cannot_be_used(monkeypatch):
    monkeypatch.setattr(random_intercept, "MOST_ITERATIONS", 2)

    fit = fit_random_intercept(NOTHING, DEATHS, range(12), m=OPERATIONS)

    assert not fit.converged
    assert fit.warnings == ("the fit did not converge and must not be released",)
    with pytest.raises(
        NotConvergedError, match="expected a converged fit, but got one that stopped after 2 iterations"
    ):
        fit.require_converged()


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (
            (NOTHING, DEATHS, range(12)),
            {"m": OPERATIONS, "n_quad": 2},
            "expected n_quad to be odd, from 1 to 25, but got 2",
        ),
        (
            (NOTHING, DEATHS, range(12)),
            {"m": OPERATIONS, "n_quad": 27},
            "expected n_quad to be odd, from 1 to 25, but got 27",
        ),
        ((NOTHING, DEATHS, range(12)), {"m": OPERATIONS, "threads": 0}, "expected threads to be at least 1, but got 0"),
        (
            (NOTHING, DEATHS, range(12)),
            {"m": OPERATIONS, "start": [0]},
            "expected start to hold an intercept, 0 coefficients and a sigma",
        ),
        ((NOTHING, DEATHS, range(12)), {"m": OPERATIONS, "start": [0, 0]}, "and a sigma above 0, but got"),
        ((NOTHING, DEATHS, range(12)), {}, "expected y to be at most m, but got 18"),
        ((NOTHING, DEATHS, range(11)), {"m": OPERATIONS}, "same length, but got y 12, group 11, offset 12"),
        ((NOTHING[:5], DEATHS, range(12)), {"m": OPERATIONS}, "expected X to have 12 rows like the outcome, but got 5"),
        ((NOTHING, DEATHS, range(12)), {"m": OPERATIONS[:5]}, "same length, but got y 12, m 5"),
        ((NOTHING, DEATHS, range(12)), {"m": OPERATIONS, "offset": [np.nan] * 12}, "expected offset to be finite"),
        (
            (NOTHING, DEATHS, range(12)),
            {"m": OPERATIONS, "names": ["age"]},
            "expected 0 names, one for each column, but got 1",
        ),
        ((NOTHING, [], []), {}, "expected y to hold at least one value"),
    ],
)
def test_nonsense_is_refused_in_words(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        fit_random_intercept(*arguments, **options)


# Reference values.
@pytest.mark.parametrize(("name", "n_quad"), QUADRATURES)
def test_fit_agrees_with_lme4(name, n_quad):
    # glmer(nAGQ, tolPwrss = 1e-13, bobyqa to 1e-10): reference/generate/random_intercept.R
    X, y, group, options = MODELS[name]

    fit = fit_random_intercept(X, y, group, n_quad=n_quad, **options)

    key = f"{name}_{n_quad}"
    assert fit.converged
    assert fit.sigma == pytest.approx(R[key][0], abs=5e-6)
    assert_allclose(fit.beta, R[f"{key}_beta"], atol=5e-6)
    assert_allclose(fit.u, R[f"{key}_u"], atol=5e-6)
    assert_allclose(fit.cov.ravel(), R[f"{key}_cov"], rtol=5e-5)
    if (name, n_quad > 1) != ("herds", True):  # there lme4 leaves out the saturated likelihood
        assert fit.minus2loglik <= R[key][1] + 1e-8
        assert fit.minus2loglik == pytest.approx(R[key][1], abs=1e-6)
    if n_quad == 1:
        assert_allclose(fit.cond_sd, R[f"{key}_cond_sd"], rtol=1e-5)


def test_quadrature_of_binomial_counts_agrees_with_lme4_up_to_a_constant():
    X, y, group, options = MODELS["herds"]

    few, many = (fit_random_intercept(X, y, group, n_quad=k, **options).minus2loglik for k in (9, 25))

    assert many - few == pytest.approx(R["herds_25"][1] - R["herds_9"][1], abs=1e-9)


def test_surgical_example_of_bugs():
    # STATISTICS 9: maximum likelihood mu = -2.544, sigma = 0.358, shrunken rates within 0.003.
    fit = fit_random_intercept(NOTHING, DEATHS, range(12), m=OPERATIONS, n_quad=25)

    rates = special.expit(fit.beta[0] + fit.u)
    printed = [0.0555, 0.1027, 0.0709, 0.0590, 0.0521, 0.0693, 0.0669, 0.1234, 0.0700, 0.0784, 0.1023, 0.0684]
    assert (fit.beta[0], fit.sigma) == (pytest.approx(-2.544, abs=5e-4), pytest.approx(0.358, abs=5e-4))
    assert_allclose(rates, printed, atol=0.003)
    # The hospital without deaths has 47 cases, and is not the best.
    assert rates.argmin() == 4
    assert fit.overall == DEATHS.sum() / OPERATIONS.sum()


def test_many_quadrature_points_are_the_integral():
    beta, sigma = -2.3, 0.8
    data = grouped(NOTHING, DEATHS, range(12), OPERATIONS)

    loglik = evaluate(data, np.array([beta]), np.log(sigma), np.zeros(12), n_quad=25).loglik

    def density(u, x, n):
        eta = beta + u
        return np.exp(x * eta - n * np.log1p(np.exp(eta)) - u * u / (2 * sigma**2)) / np.sqrt(2 * np.pi) / sigma

    exact = [
        integrate.quad(
            density, -5, 5, (x, n), points=[special.logit((x + 0.5) / (n + 1)) - beta], epsabs=0, epsrel=1e-11
        )[0]
        for x, n in zip(DEATHS, OPERATIONS, strict=True)
        if n < 400
    ]
    rest = np.flatnonzero(OPERATIONS >= 400)
    small = grouped(np.zeros((11, 0)), np.delete(DEATHS, rest), range(11), np.delete(OPERATIONS, rest))
    without = evaluate(small, np.array([beta]), np.log(sigma), np.zeros(11), n_quad=25).loglik
    assert without == pytest.approx(np.log(exact).sum(), rel=1e-8)
    assert loglik < without


# Properties.
@pytest.mark.parametrize("n_quad", [1, 3, 9])
@pytest.mark.parametrize("name", MODELS)
def test_gradient_is_exact(name, n_quad):
    X, y, group, options = MODELS[name]
    data = grouped(X, y, group, options.get("m"), options.get("offset"))
    size = X.shape[1] + 2
    point = np.append(np.random.default_rng(11).normal(0, 0.3, size - 1), np.log(0.7))

    def at(where):
        return evaluate(data, where[:-1], where[-1], np.zeros(len(data.present)), n_quad=n_quad)

    numerical = [(at(point + step).loglik - at(point - step).loglik) / 2e-5 for step in 1e-5 * np.eye(size)]
    assert_allclose(at(point).gradient, numerical, rtol=1e-5, atol=1e-5)


def test_threads_and_blocks_do_not_change_the_result(monkeypatch):
    data = collaborative(20, 60, seed=8)
    whole = fit_random_intercept(data.X, data.y, data.group)
    monkeypatch.setattr(_grouped, "BLOCK", 100)

    one, two = (fit_random_intercept(data.X, data.y, data.group, threads=threads) for threads in (1, 2))

    assert one.minus2loglik == two.minus2loglik
    assert_array_equal(one.u, two.u)
    assert_allclose(one.u, whole.u, atol=1e-7)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_order_of_rows_and_names_of_hospitals_do_not_matter(seed):
    data = collaborative(12, 40, seed=9)
    rng = np.random.default_rng(seed)
    rows, codes = rng.permutation(len(data.y)), rng.permutation(12)

    fit = fit_random_intercept(data.X, data.y, data.group)
    shuffled = fit_random_intercept(data.X[rows], data.y[rows], codes[data.group][rows])

    assert_allclose(shuffled.u[codes], fit.u, atol=1e-6)
    assert shuffled.minus2loglik == pytest.approx(fit.minus2loglik, abs=1e-7)


def test_rows_joined_to_counts_have_the_same_fit():
    data = collaborative(12, 100, seed=10)
    keys, at = np.unique(np.column_stack([data.group, data.X[:, 2:]]), axis=0, return_inverse=True)
    at = at.ravel()

    single = fit_random_intercept(data.X[:, 2:], data.y, data.group)
    joined = fit_random_intercept(keys[:, 1:], np.bincount(at, data.y), keys[:, 0], m=np.bincount(at))

    assert_allclose(joined.u, single.u, atol=1e-6)
    assert_allclose(joined.beta, single.beta, atol=1e-6)


def test_frozen_coefficients_as_offset_leave_intercept_and_sigma_to_fit():
    data = collaborative(15, 150, seed=12)
    free = fit_random_intercept(data.X, data.y, data.group)

    frozen = fit_random_intercept(np.zeros((len(data.y), 0)), data.y, data.group, offset=data.X @ free.beta[1:])

    assert frozen.sigma == pytest.approx(free.sigma, abs=1e-5)
    assert frozen.beta[0] == pytest.approx(free.beta[0], abs=1e-5)
    assert_allclose(frozen.u, free.u, atol=1e-5)


def test_start_at_the_answer_needs_hardly_a_step():
    data = collaborative(15, 150, seed=13)
    X = np.column_stack([data.X, np.ones(len(data.y))])
    fit = fit_random_intercept(X, data.y, data.group)

    again = fit_random_intercept(X, data.y, data.group, start=[*fit.beta, fit.sigma])

    assert again.iterations <= 3
    assert again.sigma == pytest.approx(fit.sigma, abs=1e-5)


def test_test_of_no_variation_is_half_a_chi_square():
    fit = fit_random_intercept(NOTHING, DEATHS, range(12), m=OPERATIONS)
    pooled = fit_logistic(NOTHING, DEATHS, m=OPERATIONS)

    assert fit.gain == pytest.approx(-2 * pooled.loglik - fit.minus2loglik, abs=1e-6)
    assert fit.p_sigma == pytest.approx(special.erfc(np.sqrt(fit.gain / 2)) / 2)


def test_every_search_inside_the_fit_is_bounded(monkeypatch):
    monkeypatch.setattr(_likelihood, "MODE_ITERATIONS", 1)
    monkeypatch.setattr(_likelihood, "POOLED_ITERATIONS", 1)

    fit = fit_random_intercept(NOTHING, DEATHS, range(12), m=OPERATIONS)

    assert fit.sigma == pytest.approx(0.36, abs=0.05)


def test_standard_errors_are_those_of_the_covariance():
    fit = fit_random_intercept(*MODELS["cases"][:3])

    assert_allclose(fit.se**2, np.diag(fit.cov))


def test_gain_is_over_the_fit_without_hospitals_with_any_offset():
    data = collaborative(12, 80, seed=18)
    offset = np.random.default_rng(18).normal(0, 0.8, len(data.y))

    fit = fit_random_intercept(data.X, data.y, data.group, offset=offset)
    pooled = fit_logistic(data.X, data.y, offset=offset)

    assert fit.gain == pytest.approx(-2 * pooled.loglik - fit.minus2loglik, abs=1e-6)
