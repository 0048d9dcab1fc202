import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from riskstats import _scaling
from riskstats._scaling import Scaling, refuse_separation, settle_columns
from riskstats.errors import NotConvergedError, SeparationError
from riskstats.riskmodel import Column, Design, fit_logistic, logistic, quality, recalibrate
from tests.riskstats.reference.tables import reference


R = reference("riskmodel")
MEDPAR = Path(__file__).parents[3] / "shared" / "data" / "medpar.csv"


def dummies():
    return np.column_stack([R["age"], R["type"] == 2, R["type"] == 3, R["white"]])


# Degenerate cases first.
def test_model_without_covariates_is_the_overall_share():
    fit = fit_logistic(np.zeros((4, 0)), [1, 0, 0, 0])

    assert_allclose(fit.coef, [np.log(1 / 3)])
    assert_allclose(fit.se, [np.sqrt(1 / 1 + 1 / 3)])


def test_constant_and_dependent_columns_are_dropped_in_order_and_listed():
    x = R["age"]
    X = np.column_stack([np.full(600, 7.0), x, R["white"], 2 * x - 3 * R["white"] + 1, x + 1])

    fit = fit_logistic(X, R["y"], names=["one", "age", "white", "mix", "later"])

    alone = fit_logistic(X[:, 1:3], R["y"])
    assert fit.dropped == (0, 3, 4)
    assert fit.warnings == (
        "one is the same in every case and was left out",
        "mix follows from earlier columns and was left out",
        "later follows from earlier columns and was left out",
    )
    assert_allclose(fit.coef, [alone.coef[0], 0, *alone.coef[1:], 0, 0], rtol=1e-9)
    assert_allclose(fit.se, [alone.se[0], 0, *alone.se[1:], 0, 0], rtol=1e-9)
    assert_allclose(fit.predict(X), alone.predict(X[:, 1:3]))


def test_columns_of_wild_units_do_not_trouble_the_fit():
    X = dummies()
    scale, centre = np.array([1e-9, 1e6, 1, 1e3]), np.array([1e-6, 3e8, 0, 5e5])

    plain, wild = fit_logistic(X, R["y"]), fit_logistic(X * scale + centre, R["y"])

    assert wild.dropped == ()
    assert_allclose(wild.coef[1:] * scale, plain.coef[1:], rtol=1e-6)


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1]])
def test_outcome_that_never_or_always_occurs_is_refused(y):
    with pytest.raises(
        SeparationError, match=f"expected both events and non-events, but got {sum(y)} events in 3 cases"
    ):
        fit_logistic([[1], [2], [3]], y)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0, 0, 0, 0, 1, 1], [0, 1, 0, 1, 1, 1]),  # every case with the covariate has the event
        ([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1]),  # a threshold separates
        ([1, 2, 3, 3, 4, 5], [0, 0, 0, 1, 1, 1]),  # separates but for a tie
    ],
)
def test_separation_names_the_covariate(x, y):
    others = [0.3, 0.1, 0.2, 0.5, 0.3, 0.6]

    with pytest.raises(SeparationError, match=r"predict the outcome perfectly: .*urgent") as caught:
        fit_logistic(np.column_stack([x, others]), y, names=["urgent", "age"])

    assert "urgent" in caught.value.covariates


def test_offsets_that_leave_nothing_uncertain_are_refused():
    with pytest.raises(SeparationError, match="risks of 0 or 1 in nearly every case: check the offset"):
        fit_logistic(np.zeros((2, 0)), [0, 1], offset=[-900, 900])


def test_fit_that_does_not_converge_is_refused(monkeypatch):
    monkeypatch.setattr(logistic, "MOST_ITERATIONS", 2)

    with pytest.raises(NotConvergedError, match="expected a maximum within 2 steps, but got a decrement of"):
        fit_logistic(dummies(), R["y"])


def test_steps_that_overshoot_are_shortened():
    offset = np.where(np.arange(600) % 2, 6.0, -6.0)
    y = (np.arange(600) % 10 < 3).astype(float)

    fit = fit_logistic(np.zeros((600, 0)), y, offset=offset)

    assert fit.predict(np.zeros((600, 0)), offset).sum() == pytest.approx(180)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_logistic([[1], [np.nan]], [0, 1]), "expected X to be finite, but got nan at position 1"),
        (lambda: fit_logistic([[1], [2]], [0, np.nan]), "expected y to be finite"),
        (lambda: fit_logistic([[1], [2]], [0, 1, 1]), "expected X to have 3 rows like the outcome, but got 2"),
        (
            lambda: fit_logistic([1, 2], [0, 1]),
            r"expected X to have two dimensions \(cases, columns\), but got shape \(2,\)",
        ),
        (lambda: fit_logistic([[1], [2]], []), "expected y to hold at least one value"),
        (lambda: fit_logistic([[1], [2]], [0, 2]), "expected y to be at most m, but got 2"),
        (lambda: fit_logistic([[1], [2]], [0, 1], m=[1, 0]), "expected m to be at least 1, but got 0"),
        (lambda: fit_logistic([[1], [2]], [0, 1], m=[1]), "same length, but got y 2, m 1, offset 2"),
        (
            lambda: fit_logistic([[1], [2]], [0, 1], names=["a", "b"]),
            "expected 1 names, one for each column, but got 2",
        ),
        (
            lambda: fit_logistic([[1], [1], [2], [2]], [0, 1, 0, 1]).predict([[1, 2]]),
            "X to have 1 columns like the model, but got 2",
        ),
        (lambda: recalibrate([], []), "expected eta to hold at least one value"),
        (lambda: quality([0, 1], [0.1, 1.0]), "expected p to lie strictly between 0 and 1, but got 1 at position 1"),
        (lambda: quality([0, 2], [0.1, 0.2]), "expected y to hold only 0 and 1, but got 2"),
        (lambda: quality([0, 0], [0.1, 0.2]), "expected both events and non-events, but got 0 events in 2 cases"),
        (lambda: quality([0, 1], [0.1, 0.2, 0.3]), "same length, but got y 2, p 3"),
        (lambda: quality([0, 1], [0.1, 0.2], groups=1), "expected groups to be at least 2, but got 1"),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_matrix_without_rows_is_refused():
    with pytest.raises(ValueError, match=r"expected X to hold at least one row, but got shape \(0, 0\)"):
        fit_logistic(np.zeros((0, 0)), [1])


# Reference values.
@pytest.mark.parametrize(
    ("name", "y", "options"),
    [("plain", "y", {}), ("offset", "y", {"offset": R["offset"]}), ("grouped", "events", {"m": R["trials"]})],
)
def test_fit_agrees_with_glm(name, y, options):
    # glm(..., binomial): reference/generate/riskmodel.R
    fit = fit_logistic(dummies(), R[y], **options)

    assert_allclose(fit.coef, R[f"{name}_coef"], rtol=1e-8)
    assert_allclose(fit.cov.ravel(), R[f"{name}_cov"], rtol=1e-6)
    assert fit.converged


def test_log_likelihood_agrees_with_glm():
    assert fit_logistic(dummies(), R["y"]).loglik == pytest.approx(R["plain_loglik"][0], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("square", Column(name="age", kind="square", centre=65, scale=10)),
        ("spline", Column(name="age", kind="spline", knots=(50.0, 60.0, 70.0, 80.0))),
    ],
)
def test_curved_design_agrees_with_glm(name, column):
    records = {"age": R["age"]}
    X, names = Design.learn([column], records).matrix(records)

    fit = fit_logistic(X, R["y"], names=names)

    assert fit.dropped == (X.shape[1] - 1,)
    assert_allclose(fit.coef[:-1], R[f"{name}_coef"], rtol=1e-7)


def test_many_blocks_give_the_same_fit(monkeypatch):
    whole = fit_logistic(dummies(), R["y"])
    monkeypatch.setattr(logistic, "BLOCK", 100)

    blocked = fit_logistic(dummies(), R["y"])

    assert_allclose(blocked.coef, whole.coef, rtol=1e-10)


def test_recalibration_agrees_with_glm():
    eta = np.log(R["p"] / (1 - R["p"]))

    shift, both = recalibrate(eta, R["y"]), recalibrate(eta, R["y"], slope=True)

    assert shift.intercept == pytest.approx(R["cil"][0], rel=1e-8)
    assert (shift.slope, shift.slope_se) == (1, 0)
    assert_allclose([both.intercept, both.slope], R["recalibrated_coef"], rtol=1e-8)
    assert_allclose([both.intercept_se**2, both.slope_se**2], R["recalibrated_cov"][[0, 3]], rtol=1e-6)


def test_quality_agrees_with_r():
    # DeLong over all pairs, cut() at quantiles, glm: reference/generate/riskmodel.R
    result = quality(R["y"], R["p"])

    assert_allclose([result.c, result.c_lo, result.c_hi], R["c"], rtol=1e-10)
    assert_allclose([result.brier, result.scaled_brier], [*R["brier"], *R["scaled_brier"]], rtol=1e-12)
    assert_allclose([result.cil, result.slope], [R["cil"][0], R["recalibrated_coef"][1]], rtol=1e-7)
    assert_array_equal(result.deciles.n, R["decile_n"])
    assert_array_equal(result.deciles.observed, R["decile_observed"])
    assert_allclose(result.deciles.expected, R["decile_expected"])
    assert_allclose([result.hl_chi2, result.hl_df, result.hl_p], R["hl"], rtol=1e-10)
    assert result.warnings == ()


def test_deciles_are_rising_and_do_not_overlap():
    deciles = quality(R["y"], R["p"]).deciles

    assert (deciles.lower[1:] > deciles.upper[:-1]).all()


def test_quality_of_equal_risks_says_what_does_not_exist():
    result = quality([0, 0, 1, 0], [0.25] * 4)

    assert (result.c, result.scaled_brier) == (0.5, 0)
    assert np.isnan([result.slope, result.hl_chi2, result.hl_df, result.hl_p, result.c_lo - result.c_hi]).tolist() == [
        True
    ] * 4 + [False]
    assert result.warnings == (
        "all risks are equal: there is no calibration slope",
        "one event or one non-event: the C statistic has no interval",
    )


def test_quality_of_perfect_separation_has_no_slope():
    result = quality([0, 0, 0, 1, 1], [0.1, 0.15, 0.2, 0.7, 0.9], groups=4)

    assert (result.c, result.c_lo, result.c_hi) == (1, 1, 1)
    assert np.isnan(result.slope)
    assert result.warnings == ("the risks separate events from non-events perfectly: there is no calibration slope",)


def test_hosmer_lemeshow_of_very_many_cases_carries_a_warning():
    y = np.arange(25_001) % 3 == 0

    result = quality(y, np.where(np.arange(25_001) % 2, 0.3, 0.35))

    assert result.warnings == ("25,001 cases: the Hosmer-Lemeshow test is always significant, show the groups instead",)


@given(st.integers(0, 2**32 - 1))
def test_expected_events_equal_observed_ones_after_a_fit_and_after_recalibration(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(200, 2))
    y = rng.random(200) < 0.3

    fit = fit_logistic(X, y)
    later = rng.random(200) < 0.4
    shift = recalibrate(fit.linear_predictor(X), later)

    assert fit.predict(X).sum() == pytest.approx(y.sum(), rel=1e-9)
    assert fit.predict(X, np.full(200, shift.intercept)).sum() == pytest.approx(later.sum(), rel=1e-9)


@pytest.mark.skipif(not MEDPAR.exists(), reason="the real cases lie beside the repository, never inside it")
def test_death_of_medicare_patients_agrees_with_the_published_model():
    # STATISTICS 9 and issue 2; R: glm(died ~ age80 + factor(type) + white + hmo, binomial, medpar)
    with MEDPAR.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    records = {name: [int(row[name]) for row in rows] for name in ("age80", "type", "white", "hmo")}
    y = [int(row["died"]) for row in rows]
    design = Design.learn(
        [
            Column(name="age80", kind="yes_no"),
            Column(name="type", kind="category", reference="1"),
            Column(name="white", kind="yes_no"),
            Column(name="hmo", kind="yes_no"),
        ],
        records,
    )
    X, names = design.matrix(records)

    fit = fit_logistic(X, y, names=names)

    published = {"age80": 0.6586, "type=2": 0.3619, "type=3": 0.6870, "white": 0.3147, "hmo": 0.0836}
    assert (len(y), sum(y)) == (1495, 513)
    assert fit.coef[0] == pytest.approx(-1.2205, abs=5e-5)
    assert {name: value for name, value in zip(names, fit.coef[1:].round(4), strict=True) if value} == published
    assert fit.predict(X).sum() == pytest.approx(513, abs=1e-6)
    assert quality(y, fit.predict(X)).c == pytest.approx(0.594, abs=5e-4)


def test_recalibration_of_counts_is_that_of_their_cases():
    eta, events, trials = np.array([-2.0, -1.5, -0.5]), np.array([3, 6, 9]), np.array([20, 25, 20])
    cases = np.concatenate([[1.0] * y + [0.0] * (m - y) for y, m in zip(events, trials, strict=True)])

    for slope in (False, True):
        grouped = recalibrate(eta, events, trials, slope=slope)
        single = recalibrate(np.repeat(eta, trials), cases, slope=slope)

        for name in ("intercept", "slope", "intercept_se", "slope_se"):
            assert getattr(grouped, name) == pytest.approx(getattr(single, name), rel=1e-7), name


def test_recalibration_of_a_constant_predictor_has_no_slope_and_says_so():
    result = recalibrate([-1.0] * 10, [1, 0] * 5, slope=True)

    assert result.warnings == ("linear predictor is the same in every case and was left out",)


def test_fit_tells_its_steps():
    assert 1 <= fit_logistic([[0.0], [1.0]], [10, 30], m=[100, 100]).iterations <= 20


def test_two_groups_are_enough_to_judge():
    rng = np.random.default_rng(3)
    p = rng.uniform(0.05, 0.6, 400)
    y = (rng.random(400) < p).astype(float)

    result = quality(y, p, groups=2)

    assert len(result.deciles.n) == 2
    assert result.deciles.n.sum() == 400
    assert quality(y, p, groups=3).hl_df == 1


@pytest.mark.parametrize(("eta", "y"), [([0.0, 1.0], [1, 0, 1]), ([0.0, 1.0, 2.0], [1, 0])])
def test_recalibration_names_the_predictor_of_another_length(eta, y):
    with pytest.raises(ValueError, match=f"same length, but got eta {len(eta)}, y {len(y)}"):
        recalibrate(eta, y)


def test_blocks_of_rows_do_not_change_what_is_settled(monkeypatch):
    rng = np.random.default_rng(17)
    X = np.column_stack([rng.normal(50, 9, 100), rng.random(100) < 0.3, np.full(100, 2.0), rng.normal(size=100)])
    X = np.column_stack([X, X[:, 0] - 3 * X[:, 3]])
    y = rng.random(100) < 0.4
    whole, scaling = fit_logistic(X, y), settle_columns(X, tuple("abcde"))
    monkeypatch.setattr(_scaling, "BLOCK", 7)

    blocks, in_blocks = fit_logistic(X, y), settle_columns(X, tuple("abcde"))

    assert blocks.dropped == whole.dropped == (2, 4)
    assert_allclose(blocks.coef, whole.coef, rtol=1e-9, atol=1e-12)
    for name in ("kept", "mean", "scale", "step"):
        assert_allclose(getattr(in_blocks[0], name), getattr(scaling[0], name), rtol=1e-12)
    assert_allclose(in_blocks[0].mean, X[:, [0, 1, 3]].mean(axis=0))
    assert_allclose(in_blocks[0].scale, X[:, [0, 1, 3]].std(axis=0))
    assert_allclose(in_blocks[0].step, [1, 1 / X[:, 1].std(), 1])  # the whole step of a column of two values


@pytest.mark.parametrize(
    ("beta", "se", "step", "refused"),
    [
        (3.0, 1.0, 4.0, True),
        (-3.0, 1.0, 4.0, True),
        (3.0, 1.0, 3.0, False),
        (0.5, 20.0, 4.0, True),
        (0.5, 20.0, 2.0, False),
    ],
)
def test_estimates_are_judged_over_the_whole_step_of_a_covariate(beta, se, step, refused):
    # More than 10 over the step, or a standard error of more than 50 over it.
    scaling = Scaling(np.array([0]), np.zeros(1), np.ones(1), np.array([step]), 1)

    if refused:
        with pytest.raises(SeparationError, match="perfectly: dialysis; join") as error:
            refuse_separation(scaling, np.array([0.0, beta]), np.array([1.0, se]), ("dialysis",))
        assert error.value.covariates == ("dialysis",)
    else:
        refuse_separation(scaling, np.array([0.0, beta]), np.array([1.0, se]), ("dialysis",))
