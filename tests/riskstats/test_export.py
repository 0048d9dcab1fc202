import csv

import numpy as np
import pytest

from riskstats.export import for_r
from riskstats.providers import fit_random_intercept
from riskstats.riskmodel import fit_logistic
from tests.riskstats.simulated import collaborative


DATA = collaborative(8, 60, seed=41)
NAMES = ["age", "age^2", "type=2", "type=other/missing"]


def test_pooled_fit_becomes_a_call_of_glm():
    fit = fit_logistic(DATA.X, DATA.y, names=NAMES)

    text = for_r(fit, outcome="died", offset="logit")

    rows = list(csv.DictReader(text.coefficients.splitlines()))
    assert (
        text.call
        == "glm(died ~ age + age.2 + type.2 + type.other.missing + offset(logit), family = binomial, data = cases)"
    )
    assert [row["term"] for row in rows] == ["(Intercept)", "age", "age.2", "type.2", "type.other.missing"]
    assert [row["name"] for row in rows] == ["", *NAMES]
    assert [float(row["estimate"]) for row in rows] == fit.coef.tolist()
    assert [float(row["standard_error"]) for row in rows] == fit.se.tolist()
    assert text.warnings == ()


def test_fit_without_covariates_has_an_intercept():
    assert for_r(fit_logistic(np.zeros((4, 0)), [0, 1, 0, 0])).call == "glm(y ~ 1, family = binomial, data = cases)"


def test_mixed_fit_becomes_a_call_of_glmer_without_the_columns_left_out():
    X = np.column_stack([DATA.X[:, :2], np.ones(len(DATA.y))])
    fit = fit_random_intercept(X, DATA.y, DATA.group, n_quad=7, names=["1st", "1st", "constant"])

    text = for_r(fit, trials="n", hospital="site")

    assert (
        text.call
        == "lme4::glmer(cbind(y, n - y) ~ x1st + x1st.2 + (1 | site), family = binomial, data = cases, nAGQ = 7)"
    )
    assert len(text.coefficients.splitlines()) == 4
    assert text.warnings == ("constant was left out",)


@pytest.mark.parametrize("name", ["1y", "y; system('x')", "a b"])
def test_names_that_r_does_not_read_are_refused(name):
    with pytest.raises(ValueError, match="expected a name that R reads, but got"):
        for_r(fit_logistic(np.zeros((4, 0)), [0, 1, 0, 0]), outcome=name)


def test_names_of_r_are_those_of_the_frame():
    fit = fit_random_intercept(DATA.X, DATA.y, DATA.group, names=["Age", "%", "ASA III", "...b"])

    text = for_r(fit)

    assert text.call == (
        "lme4::glmer(y ~ Age + x + ASA.III + b + (1 | hospital), family = binomial, data = cases, nAGQ = 1)"
    )
    assert "\r" not in text.coefficients


def test_column_left_out_first_does_not_take_the_next_with_it():
    X = np.column_stack([np.ones(len(DATA.y)), DATA.X[:, :2]])

    text = for_r(fit_logistic(X, DATA.y, names=["constant", "a", "b"]), outcome="Dead")

    assert text.call.startswith("glm(Dead ~ a + b,")
    assert [row.split(",")[0] for row in text.coefficients.splitlines()[1:]] == ["(Intercept)", "a", "b"]
