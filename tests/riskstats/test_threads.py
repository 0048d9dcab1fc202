"""Inside a fit BLAS has one thread, whatever it has outside."""

import numpy as np
import pytest
import scipy
from threadpoolctl import threadpool_info, threadpool_limits

from riskstats.providers import fit_lmm, fit_random_intercept, fixed_effects, posterior
from riskstats.riskmodel import fit_logistic
from tests.riskstats.simulated import collaborative


DATA = collaborative(8, 60, seed=12)
FIT = fit_random_intercept(DATA.X, DATA.y, DATA.group)
SPIED = [(np.linalg, "inv"), (np.linalg, "solve"), (np.linalg, "slogdet"), (scipy.linalg, "cho_factor")]


def blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@pytest.mark.parametrize(
    "fit",
    [
        lambda: fit_logistic(DATA.X, DATA.y),
        lambda: fit_random_intercept(DATA.X, DATA.y, DATA.group),
        lambda: posterior(FIT, DATA.X, DATA.y, DATA.group),
        lambda: fixed_effects(DATA.X, DATA.y, DATA.group),
        lambda: fit_lmm(DATA.X, DATA.X[:, 0] + DATA.y, DATA.group),
    ],
    ids=["logistic", "random intercept", "posterior", "fixed effects", "linear"],
)
def test_fits_keep_blas_to_one_thread(fit, monkeypatch):
    seen = []
    for module, name in SPIED:
        original = getattr(module, name)

        def spy(*arguments, original=original, **options):
            seen.append(blas_threads())
            return original(*arguments, **options)

        monkeypatch.setattr(module, name, spy)

    with threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        fit()
        after = blas_threads()

    assert seen
    assert all(threads == {1} for threads in seen)
    assert before == after == {2}
