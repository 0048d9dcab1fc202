import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from riskstats import funnel
from riskstats.funnel import RatioClass
from tests.riskstats.reference.tables import reference


R = reference("funnel")
MEDPAR = Path(__file__).parents[3] / "shared" / "data" / "medpar.csv"
# Bristol Royal Infirmary Inquiry, open-heart surgery under one year, 12 centres 1991-95 (STATISTICS 9), Bristol first.
OPERATIONS = np.array([143, 187, 323, 122, 164, 405, 239, 482, 195, 177, 581, 301])
DEATHS = np.array([41, 25, 24, 23, 25, 42, 24, 53, 26, 25, 58, 31])


# Degenerate cases first.
def test_limits_of_one_case_span_everything():
    lo, hi = funnel.exact_binomial_limits(1, 0.2, 0.025)

    assert (lo, hi) == (0, 1)


def test_fewer_than_ten_units_are_not_assessed():
    result = funnel.overdispersion("oe", [1, 50, 9] * 3, [10] * 9)

    assert (result.phi, result.tau2) == (1, 0)
    assert result.warnings == ("9 units: over-dispersion was not assessed, at least 10 are needed",)
    assert result.kept.all()


def test_units_without_events_have_no_logarithm_and_are_not_kept():
    result = funnel.overdispersion("oe", [0] * 2 + [8, 12] * 5, [10.0] * 12, transform="log")

    assert result.kept.tolist() == [False] * 2 + [True] * 10
    assert_allclose(result.Y[:2], np.log(0.05))
    assert result.warnings == ("unit 0: no events, no logarithm", "unit 1: no events, no logarithm")


@pytest.mark.parametrize("method", ["winsorise", "truncate"])
def test_units_all_without_events_are_not_assessed(method):
    result = funnel.overdispersion("oe", [0] * 12, [10] * 12, transform="log", method=method)

    assert not result.kept.any()
    assert (result.phi, result.tau2) == (1, 0)
    assert result.warnings[-1].startswith("0 units: over-dispersion was not assessed")


@pytest.mark.parametrize(("kind", "transform"), [("oe", "sqrt"), ("proportion", "arcsine"), ("ratio_of_counts", "log")])
def test_units_that_scatter_less_than_chance_have_no_extra_variance(kind, transform):
    result = funnel.overdispersion(kind, [10] * 20, [20] * 20, target=0.5)

    assert result.phi < 1
    assert result.tau2 == 0
    assert result.target == 0.5


def test_nothing_is_trimmed_when_trim_is_0():
    plain = [funnel.overdispersion("oe", R["num"], R["den"], trim=0, method=way) for way in ("winsorise", "truncate")]

    assert plain[0].phi == plain[1].phi == pytest.approx((plain[0].z ** 2).mean())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: funnel.exact_binomial_limits([5, 0], 0.1), "expected n to be at least 1, but got 0"),
        (lambda: funnel.exact_binomial_limits(5.5, 0.1), "expected n to hold whole numbers, but got 5.5"),
        (lambda: funnel.exact_binomial_limits([], 0.1), "expected n to hold at least one value"),
        (lambda: funnel.exact_binomial_limits(5, 0), "expected target to lie strictly between 0 and 1, but got 0"),
        (lambda: funnel.exact_binomial_limits(5, 0.1, 1), "expected tail to lie strictly between 0 and 1, but got 1"),
        (lambda: funnel.exact_poisson_limits(0), "expected e to be above 0, but got 0"),
        (lambda: funnel.exact_poisson_limits(np.nan), "expected e to be finite, but got nan at position 0"),
        (lambda: funnel.exact_poisson_limits(1, 0), "expected tail to lie strictly between 0 and 1, but got 0"),
        (lambda: funnel.wilson_limits(0, 0.5), "expected n to be above 0, but got 0"),
        (lambda: funnel.wilson_limits(1, 1.5), "expected target to lie strictly between 0 and 1, but got 1.5"),
        (lambda: funnel.classify_ratio([1], [1, 2]), "same length, but got o 1, e 2"),
        (lambda: funnel.classify_ratio([1], [0]), "expected e to be above 0, but got 0"),
        (
            lambda: funnel.overdispersion("odds", [1], [1]),
            "kind to be one of oe, proportion, ratio_of_counts, but got 'odds'",
        ),
        (
            lambda: funnel.overdispersion("oe", [1], [1], transform="arcsine"),
            "transform of oe to be one of sqrt, log, but got 'arcsine'",
        ),
        (lambda: funnel.overdispersion("proportion", [2], [1]), "expected num to be at most den, but got 2 of 1"),
        (lambda: funnel.overdispersion("oe", [-1], [1]), "expected num to be at least 0, but got -1"),
        (lambda: funnel.overdispersion("oe", [1], [0]), "expected den to be above 0, but got 0"),
        (lambda: funnel.overdispersion("oe", [1, 2], [1]), "same length, but got num 2, den 1"),
        (
            lambda: funnel.overdispersion("oe", [1], [1], trim=0.5),
            "expected trim to be at least 0 and below 0.5, but got 0.5",
        ),
        (
            lambda: funnel.overdispersion("oe", [1], [1], method="drop"),
            "expected method to be winsorise or truncate, but got 'drop'",
        ),
        (
            lambda: funnel.overdispersion("proportion", [1], [1], target=1),
            "target to lie strictly between 0 and 1, but got 1",
        ),
        (
            lambda: funnel.overdispersed_limits("oe", [1], 1.0),
            "expected either tau2 or phi, but got tau2=None and phi=None",
        ),
        (
            lambda: funnel.overdispersed_limits("oe", [1], 1.0, 0.1, 2),
            "expected either tau2 or phi, but got tau2=0.1 and phi=2",
        ),
        (lambda: funnel.overdispersed_limits("oe", [1], 1.0, -0.1), "expected tau2 to be at least 0, but got -0.1"),
        (lambda: funnel.overdispersed_limits("oe", [1], 1.0, phi=-1), "expected phi to be at least 0, but got -1"),
        (
            lambda: funnel.overdispersed_limits("oe", [1], 0.0, 0.1),
            "target to lie strictly between 0 and inf, but got 0",
        ),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Published and reference values.
def test_only_bristol_lies_outside():
    overall = DEATHS.sum() / OPERATIONS.sum()

    lo, hi = funnel.exact_binomial_limits(OPERATIONS, overall, 0.001)
    paper = funnel.exact_binomial_limits(OPERATIONS, overall, 0.001, paper2005=True)

    rate = DEATHS / OPERATIONS
    assert overall == pytest.approx(0.11961, abs=5e-6)
    assert ((rate < lo) | (rate > hi)).tolist() == [True] + [False] * 11
    assert rate[0] == pytest.approx(0.287, abs=5e-4)
    # The printed limit of 21.0 % is qbinom(0.999)/143 without interpolation; the two forms lie on either side of it.
    assert paper.hi[0] < 30 / 143 < hi[0]
    assert_allclose([paper.hi[0], hi[0]], [0.20732, 0.21431], atol=5e-6)


@pytest.mark.parametrize("j", [1, 2])
@pytest.mark.parametrize("i", [1, 2, 3, 4])
def test_binomial_limits_agree_with_r(i, j):
    # qbinom, pbinom, dbinom: reference/generate/funnel.R
    lo, hi = funnel.exact_binomial_limits(R["n"], R["target"][i - 1], R["tail"][j - 1])

    assert_allclose(lo, R[f"binomial_lo_{i}_{j}"], rtol=1e-7, atol=1e-9)
    assert_allclose(hi, R[f"binomial_hi_{i}_{j}"], rtol=1e-7)


@pytest.mark.parametrize("j", [1, 2])
def test_poisson_limits_agree_with_r(j):
    lo, hi = funnel.exact_poisson_limits(R["e"], R["tail"][j - 1])

    assert_allclose(lo, R[f"poisson_lo_{j}"], rtol=1e-9)
    assert_allclose(hi, R[f"poisson_hi_{j}"], rtol=1e-9)


@pytest.mark.parametrize("i", [1, 2, 3, 4])
def test_wilson_limits_agree_with_fingertips(i):
    # The long formula of the technical guidance: reference/generate/funnel.R
    lo, hi = funnel.wilson_limits(R["n"][2:7], R["target"][i - 1], 0.998)

    assert_allclose(lo, np.maximum(R[f"fingertips_lo_{i}"], 0), rtol=1e-7, atol=1e-12)
    assert_allclose(hi, np.minimum(R[f"fingertips_hi_{i}"], 1), rtol=1e-7)


def test_ratios_are_classed_as_the_uk_does():
    # Garwood limits of 5 events at 95 %: 1.6235 and 11.6683, at 99.8 %: 0.7394 and 16.4547.
    expected = [0.73, 0.75, 1.62, 1.63, 11.66, 11.67, 16.45, 16.46]

    classes = funnel.classify_ratio([5] * 8, expected)

    high, low = [RatioClass.HIGH_998, RatioClass.HIGH_95, RatioClass.HIGH_95], [RatioClass.LOW_95, RatioClass.LOW_95]
    assert list(classes) == [*high, *[RatioClass.NOT_SIGNIFICANT] * 2, *low, RatioClass.LOW_998]


@pytest.mark.parametrize("method", ["winsorise", "truncate"])
@pytest.mark.parametrize(
    ("kind", "transform", "num"),
    [
        ("oe", "sqrt", "num"),
        ("oe", "log", "num"),
        ("proportion", "arcsine", "cases"),
        ("ratio_of_counts", "log", "num"),
    ],
)
def test_overdispersion_agrees_with_r(kind, transform, num, method):
    name = f"{kind}_{transform}_{method}"

    result = funnel.overdispersion(kind, R[num], R["den"], transform=transform, method=method)

    assert_allclose(result.z, R[f"{name}_z"], rtol=1e-9)
    assert result.phi == pytest.approx(R[f"{name}_phi"][0], rel=1e-9)
    assert result.tau2 == pytest.approx(R[f"{name}_tau2"][0], rel=1e-9)


def test_default_transforms_are_those_of_the_regulators():
    assert_allclose(funnel.overdispersion("oe", R["num"], R["den"]).z, R["oe_sqrt_winsorise_z"])
    assert_allclose(funnel.overdispersion("proportion", R["cases"], R["den"]).z, R["proportion_arcsine_winsorise_z"])


@pytest.mark.skipif(not MEDPAR.exists(), reason="the real cases lie beside the repository, never inside it")
def test_length_of_stay_of_medicare_patients_agrees_with_the_published_funnel():
    # STATISTICS 9: FunnelPlotR on medpar, SHMI method.
    with MEDPAR.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    los, hmo, died, age80, kind = (
        np.array([float(row[name]) for row in rows]) for name in ("los", "hmo", "died", "age80", "type")
    )
    X = np.column_stack([np.ones(len(rows)), hmo, died, age80, kind == 2, kind == 3])
    beta = np.array([np.log(los.mean()), 0, 0, 0, 0, 0])
    for _ in range(20):  # Poisson regression
        mean = np.exp(X @ beta)
        beta = beta + np.linalg.solve(X.T @ (mean[:, None] * X), X.T @ (los - mean))
    hospital = np.unique([row["provnum"] for row in rows], return_inverse=True)[1]
    observed, expected = np.bincount(hospital, los), np.bincount(hospital, np.exp(X @ beta))

    shmi = funnel.overdispersion("oe", observed, expected, transform="log", method="truncate")
    exact = funnel.exact_poisson_limits(expected, 0.001)
    wide = funnel.overdispersed_limits("oe", expected, 1.0, tau2=shmi.tau2, transform="log")

    oe = observed / expected
    assert_allclose(beta, [2.26875, -0.07637, -0.24574, -0.02141, 0.24921, 0.74869], atol=6e-6)
    assert (shmi.phi, shmi.tau2) == (pytest.approx(8.532, abs=5e-4), pytest.approx(0.02841, abs=5e-6))
    assert [int(((oe < lo) | (oe > hi)).sum()) for lo, hi in (exact, wide)] == [25, 9]


def test_limits_of_few_units_keep_what_was_measured():
    result = funnel.overdispersion("oe", [2, 3, 8], [3.0, 3.0, 3.0], target=1.0)

    assert (result.phi, result.tau2, result.target) == (1.0, 0.0, 1.0)
    assert_allclose(result.z, (np.sqrt([2 / 3, 1, 8 / 3]) - 1) * 2 * np.sqrt(3))
    assert_allclose(result.Y, np.sqrt([2 / 3, 1, 8 / 3]))
    assert_allclose(result.s, 1 / (2 * np.sqrt([3.0] * 3)))
    assert result.kept.all()


@pytest.mark.parametrize(("units", "assessed"), [(9, False), (10, True)])
def test_ten_units_are_enough(units, assessed):
    result = funnel.overdispersion("oe", np.tile([2, 9], 5)[:units], [4.0] * units)

    assert (result.phi != 1.0) is assessed
    assert bool(result.warnings) is not assessed


def test_limits_take_the_default_transform_and_tail():
    assert_array_equal(
        funnel.overdispersed_limits("oe", [10, 20], 1.0, 0.1).hi,
        funnel.overdispersed_limits("oe", [10, 20], 1.0, 0.1, transform="sqrt", tail=0.001).hi,
    )
    assert_array_equal(funnel.overdispersed_limits("oe", [10, 20], 1.0, 0.1, transform="log").hi > 0, [True, True])
    assert_array_equal(funnel.exact_poisson_limits([3.0]).hi, funnel.exact_poisson_limits([3.0], 0.001).hi)
    assert_array_equal(funnel.exact_binomial_limits(30, 0.1).hi, funnel.exact_binomial_limits(30, 0.1, 0.001).hi)
    assert_array_equal(funnel.wilson_limits(30, 0.1).hi, funnel.wilson_limits(30, 0.1, 0.998).hi)


@pytest.mark.parametrize(
    ("kind", "transform", "error"),
    [
        ("oe", "log", lambda den: 1 / np.sqrt(den)),
        ("ratio_of_counts", "log", lambda den: np.sqrt(1.5 * den / (1.5 * den + 0.5) ** 2 + den / (den + 0.5) ** 2)),
    ],
)
def test_logarithmic_limits_are_those_of_the_formula(kind, transform, error):
    den, z = np.array([4.0, 40.0]), -special.ndtri(0.01)

    additive = funnel.overdispersed_limits(kind, den, 1.5, 0.04, tail=0.01, transform=transform)
    factor = funnel.overdispersed_limits(kind, den, 1.5, phi=2.0, tail=0.01, transform=transform)

    assert_allclose(additive.hi, 1.5 * np.exp(z * np.sqrt(error(den) ** 2 + 0.04)))
    assert_allclose(additive.lo, 1.5 * np.exp(-z * np.sqrt(error(den) ** 2 + 0.04)))
    assert_allclose(factor.hi, 1.5 * np.exp(z * error(den) * np.sqrt(2)))


def test_errors_of_assessed_units_are_given_back():
    result = funnel.overdispersion("oe", np.tile([2, 9], 5), [4.0] * 10, target=1.0)

    assert_allclose(result.s, np.full(10, 0.25))


@pytest.mark.parametrize(("name", "wrong"), [("tau2", np.nan), ("phi", np.inf)])
def test_dispersion_that_is_not_finite_is_refused_by_name(name, wrong):
    with pytest.raises(ValueError, match=f"expected {name} to be finite"):
        funnel.overdispersed_limits("oe", [1], 1.0, **{name: wrong})


# Inversion and properties.
@given(st.integers(1, 3000), st.floats(0.01, 0.99), st.sampled_from([0.001, 0.025]))
def test_interpolated_tail_at_a_binomial_limit_is_the_one_asked_for(n, target, tail):
    lo, hi = (float(limit) * n for limit in funnel.exact_binomial_limits(n, target, tail))

    def upto(k):
        return float(special.bdtr(np.floor(k), n, target)) if k >= 0 else 0.0

    if lo > 0:
        k = np.floor(lo)
        assert upto(k) + (lo - k) * (upto(k + 1) - upto(k)) == pytest.approx(tail, rel=1e-6)
    if hi < n:
        k = np.floor(hi)
        assert 1 - upto(k - 1) - (hi - k) * (upto(k) - upto(k - 1)) == pytest.approx(tail, rel=1e-5)


@given(
    st.sampled_from([("oe", "sqrt"), ("oe", "log"), ("proportion", "arcsine"), ("ratio_of_counts", "log")]),
    st.floats(5, 1e4),
    st.floats(0.05, 0.95),
    st.floats(0, 0.5),
)
def test_limits_with_extra_variance_enclose_those_without(kind, den, target, tau2):
    plain = funnel.overdispersed_limits(kind[0], den, target, tau2=0.0, transform=kind[1])
    wide = funnel.overdispersed_limits(kind[0], den, target, tau2=tau2, transform=kind[1])
    scaled = funnel.overdispersed_limits(kind[0], den, target, phi=1 + tau2, transform=kind[1])

    for outer in (wide, scaled):
        assert 0 <= outer.lo <= plain.lo <= target <= plain.hi <= outer.hi


def test_unit_on_the_limit_has_the_z_of_the_tail():
    lo, hi = funnel.overdispersed_limits("proportion", R["den"], 0.2, phi=1.0, tail=0.025)

    for limit, sign in ((lo, -1), (hi, 1)):
        z = (np.arcsin(np.sqrt(limit)) - np.arcsin(np.sqrt(0.2))) * 2 * np.sqrt(R["den"])
        assert_allclose(z, sign * 1.959964, rtol=1e-6)


def test_factor_below_one_does_not_narrow_the_limits():
    assert_array_equal(
        funnel.overdispersed_limits("oe", [10, 20], 1.0, phi=0.5).hi,
        funnel.overdispersed_limits("oe", [10, 20], 1.0, phi=1).hi,
    )
