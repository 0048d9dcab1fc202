"""Every argument of every function that holds numbers: nonsense is refused in words that name the argument and what came."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest

import riskstats
from riskstats import (
    abc,
    agreement,
    composite,
    cusum,
    flags,
    funnel,
    intervals,
    multiplicity,
    ranking,
    ratios,
    reliability,
    spc,
)
from riskstats.providers import (
    fit_lmm,
    fit_random_intercept,
    fixed_effects,
    observed_expected,
    posterior,
    predicted_expected,
)
from riskstats.riskmodel import fit_logistic, quality, recalibrate
from tests.riskstats.simulated import collaborative


DATA = collaborative(6, 30, seed=11)
CASES = len(DATA.y)
ONES, NOTHING = np.ones(CASES), np.zeros(CASES)
RISKS = 1 / (1 + np.exp(2.5 - DATA.X[:, 0]))
FIT = fit_random_intercept(DATA.X, DATA.y, DATA.group)
OF_CASES = {"X": "matrix", "y": "yes or no", "group": "codes"}
EVENTS, TRIALS = [3, 5, 2], [30, 40, 25]
EVIDENCE = flags.ratio_evidence(EVENTS, [3.0, 4, 2], [0.5, 0.5, 0.5])
CHART = {"y": "points"}
POSITIVE = {"y": "points from 0"}
TWO = {"y": "points from 0", "n": "points from 0"}
BOUNDS = {
    "any": {},
    "from 0": {-1: "to be at least 0, but got -1"},
    "above 0": {-1: "to be above 0, but got -1", 0: "to be above 0, but got 0"},
    "whole": {-1: "to be at least 0, but got -1", 0.5: "to hold whole numbers, but got 0.5"},
    "chance": {
        -1: "to lie between 0 and 1, but got -1 at position 0",
        2: "to lie between 0 and 1, but got 2 at position 0",
    },
    "open chance": {
        0: "to lie strictly between 0 and 1, but got 0 at position 0",
        1: "to lie strictly between 0 and 1, but got 1 at position 0",
    },
    "yes or no": {0.5: "to hold only 0 and 1, but got 0.5", 2: "to hold only 0 and 1, but got 2"},
    "share": {-1: "to be at least 0, but got -1", 2: "to be at most 1, but got 2"},
}
BOUNDS |= {
    "codes": BOUNDS["whole"],
    "trials": BOUNDS["whole"],
    "points": {},
    "points from 0": BOUNDS["from 0"],
    "matrix": {},
}
# Function, its arguments, and what each array among them must be; "=" before it: of any shape.
CALLS: list[tuple[Callable[..., object], dict[str, object], dict[str, str]]] = [
    (abc.achievable_benchmark, {"x": EVENTS, "d": TRIALS}, {"x": "whole", "d": "whole"}),
    (
        abc.risk_adjusted_benchmark,
        {"effect": [0.1, 0.2, 0.3], "observed": EVENTS, "expected": [3.0, 4, 2], "n": TRIALS},
        {"effect": "any", "observed": "from 0", "expected": "above 0", "n": "from 0"},
    ),
    (agreement.numeric, {"first": [1, 2, 3], "second": [1, 2, 4], "tolerance": 1}, {"first": "any", "second": "any"}),
    (
        composite.composite,
        {"draws": [np.ones((5, 3))], "weights": [1.0], "direction": ["higher"]},
        {"weights": "from 0"},
    ),
    (cusum.llr, {"y": [0, 1], "p": [0.1, 0.2], "ra": 2}, {"y": "yes or no", "p": "open chance"}),
    (cusum.cusum, {"w": [0.1, 0.2], "h": 1}, {"w": "any"}),
    (cusum.vlad, {"y": [0, 1], "p": [0.1, 0.2]}, {"y": "yes or no", "p": "chance"}),
    (
        cusum.arl,
        {"p": [0.1, 0.2], "weights": [1, 1], "h": 1, "ra": 2},
        {"p": "open chance", "weights": "from 0"},
    ),
    (
        cusum.limit_for_arl,
        {"p": [0.1, 0.2], "weights": [1, 1], "ra": 2, "arl0": 20},
        {"p": "open chance", "weights": "from 0"},
    ),
    (
        flags.ratio_evidence,
        {"o": EVENTS, "e": [3.0, 4, 2], "p": [0.5, 0.5, 0.5]},
        {"o": "from 0", "e": "from 0"},
    ),
    (flags.classify, {"contrast": EVIDENCE, "R": [0.5, 0.5, 0.5], "n": TRIALS}, {"R": "chance", "n": "whole"}),
    *((adjust, {"p": [0.1, 0.2]}, {"p": "chance"}) for adjust in (multiplicity.bh, multiplicity.by, multiplicity.holm)),
    (ranking.expected_ranks, {"mean": [0.1, 0.2], "sd": [0.1, 0.1]}, {"mean": "any", "sd": "above 0"}),
    (ranking.p_top, {"mean": [0.1, 0.2], "sd": [0.1, 0.1], "k": 1}, {"mean": "any", "sd": "above 0"}),
    (
        ranking.positive_deviants,
        {"prob_better": [0.9, 0.2], "p_best": [0.5, 0.1], "R": [0.8, 0.8]},
        {"prob_better": "chance", "p_best": "chance", "R": "chance"},
    ),
    *(
        (ratio, {"observed": EVENTS, "expected": [3.0, 4, 2]}, {"observed": "whole", "expected": "above 0"})
        for ratio in (ratios.count_ratios, ratios.smoothed_ratios)
    ),
    (reliability.signal_to_noise, {"sigma2": 0.1, "cond_var": [0.1, 0.2]}, {"cond_var": "from 0"}),
    (reliability.beta_binomial, {"x": EVENTS, "n": TRIALS}, {"x": "whole", "n": "whole"}),
    (reliability.latent_icc, {"sigma2": [0.1, 0.2]}, {"sigma2": "=from 0"}),
    (reliability.spearman_brown, {"icc": [0.1, 0.2], "n": [10, 20]}, {"icc": "=share", "n": "=from 0"}),
    (reliability.min_cases, {"icc": [0.1, 0.2], "R": [0.4, 0.5]}, {"icc": "=share", "R": "=from 0"}),
    (funnel.overdispersion, {"kind": "oe", "num": EVENTS, "den": TRIALS}, {"num": "from 0", "den": "above 0"}),
    (funnel.overdispersed_limits, {"kind": "oe", "den": TRIALS, "target": 1.0, "tau2": 0.1}, {"den": "=above 0"}),
    (funnel.exact_binomial_limits, {"n": TRIALS, "target": 0.1}, {"n": "=any"}),
    (funnel.exact_poisson_limits, {"e": [1.0, 2]}, {"e": "=above 0"}),
    (funnel.wilson_limits, {"n": TRIALS, "target": 0.1}, {"n": "=above 0"}),
    (funnel.classify_ratio, {"o": EVENTS, "e": [3.0, 4, 2]}, {"o": "from 0", "e": "above 0"}),
    *(
        (limits, {"x": EVENTS, "n": TRIALS}, {"x": "=whole", "n": "=whole"})
        for limits in (intervals.wilson, intervals.clopper_pearson, intervals.jeffreys)
    ),
    (intervals.poisson_exact, {"o": EVENTS}, {"o": "=whole"}),
    (intervals.poisson_midp, {"o": EVENTS}, {"o": "=whole"}),
    (intervals.byar, {"o": EVENTS}, {"o": "=from 0"}),
    (
        intervals.dobson,
        {"x_k": EVENTS, "n_k": TRIALS, "w_k": [1, 1, 1]},
        {"x_k": "from 0", "n_k": "above 0", "w_k": "from 0"},
    ),
    (intervals.poisson_binomial_pmf, {"p": [0.1, 0.2]}, {"p": "chance"}),
    (intervals.poisson_binomial_tails, {"o": 1, "p": [0.1, 0.2]}, {"p": "chance"}),
    (
        observed_expected,
        {"y": DATA.y, "p": RISKS, "group": DATA.group},
        {"y": "yes or no", "p": "chance", "group": "codes"},
    ),
    (fixed_effects, {"X": DATA.X, "y": DATA.y, "group": DATA.group}, OF_CASES),
    (
        fit_random_intercept,
        {"X": DATA.X, "y": DATA.y, "group": DATA.group, "m": ONES, "offset": NOTHING},
        OF_CASES | {"y": "from 0", "m": "trials", "offset": "any"},
    ),
    (
        posterior,
        {"fit": FIT, "X": DATA.X, "y": DATA.y, "group": DATA.group, "m": ONES, "offset": NOTHING},
        OF_CASES | {"y": "from 0", "m": "trials", "offset": "any"},
    ),
    (
        predicted_expected,
        {"fit": FIT, "X": DATA.X, "group": DATA.group, "m": ONES, "offset": NOTHING},
        {"X": "matrix", "group": "codes", "m": "trials", "offset": "any"},
    ),
    (fit_lmm, {"X": DATA.X, "y": DATA.X[:, 0] + DATA.y, "group": DATA.group}, OF_CASES | {"y": "any"}),
    (
        fit_logistic,
        {"X": DATA.X, "y": DATA.y, "m": ONES, "offset": NOTHING},
        {"X": "matrix", "y": "from 0", "m": "trials", "offset": "any"},
    ),
    (recalibrate, {"eta": DATA.X[:, 0], "y": DATA.y, "m": ONES}, {"eta": "any", "y": "from 0", "m": "trials"}),
    (quality, {"y": DATA.y, "p": RISKS}, {"y": "yes or no", "p": "open chance"}),
    *(
        (chart, {"y": EVENTS, "n": TRIALS}, TWO)
        for chart in (spc.p_chart, spc.u_chart, spc.p_prime_chart, spc.u_prime_chart)
    ),
    (spc.i_prime_chart, {"y": EVENTS, "n": TRIALS}, CHART | {"n": "points from 0"}),
    *((chart, {"y": EVENTS}, POSITIVE) for chart in (spc.c_chart, spc.g_chart, spc.t_chart)),
    *((chart, {"y": EVENTS}, CHART) for chart in (spc.xmr_chart, spc.mr_chart, spc.run_chart, spc.nhs_mdc)),
    (
        spc.xbar_chart,
        {"mean": [1.0, 2, 3], "sd": [1.0, 1, 1], "n": [5, 5, 5]},
        {"mean": "points", "sd": "points from 0", "n": "points from 0"},
    ),
    (spc.s_chart, {"sd": [1.0, 1, 1], "n": [5, 5, 5]}, {"sd": "points from 0", "n": "points from 0"}),
    (spc.anhoej, {"y": EVENTS, "cl": 3.0}, CHART),
    *((rules, {"z": [0.1, 0.2]}, {"z": "points"}) for rules in (spc.nelson, spc.western_electric)),
]


# Numbers that stand alone: what they must lie between.
SCALARS: dict[str, dict[str, str]] = {
    "achievable_benchmark": {"share": "0 and 1"},
    "risk_adjusted_benchmark": {"share": "0 and 1"},
    "numeric": {"level": "0 and 1"},
    "composite": {"level": "0 and 1"},
    "llr": {"ra": "0 and inf", "r0": "0 and inf"},
    "cusum": {"h": "0 and inf"},
    "arl": {"h": "0 and inf", "ra": "0 and inf", "rq": "0 and inf", "r0": "0 and inf"},
    "limit_for_arl": {"ra": "0 and inf", "arl0": "1 and inf", "r0": "0 and inf"},
    "bh": {"rate": "0 and 1"},
    "by": {"rate": "0 and 1"},
    "holm": {"rate": "0 and 1"},
    "overdispersed_limits": {"tail": "0 and 1"},
    "exact_binomial_limits": {"target": "0 and 1", "tail": "0 and 1"},
    "exact_poisson_limits": {"tail": "0 and 1"},
    "wilson_limits": {"target": "0 and 1", "level": "0 and 1"},
    "count_ratios": {"level": "0 and 1"},
    "wilson": {"level": "0 and 1"},
    "clopper_pearson": {"level": "0 and 1"},
    "jeffreys": {"level": "0 and 1"},
    "poisson_exact": {"level": "0 and 1"},
    "poisson_midp": {"level": "0 and 1"},
    "byar": {"level": "0 and 1"},
    "dobson": {"level": "0 and 1"},
    "observed_expected": {"level": "0 and 1"},
    "fixed_effects": {"bound": "0 and inf"},
    "quality": {"level": "0 and 1"},
}


def first_is(values: object, wrong: float) -> npt.NDArray[np.float64]:
    array = np.array(values, dtype=float)
    array.flat[0] = wrong
    return array


def wrongs(name: str, values: object, kind: str) -> Iterator[tuple[str, object, str]]:
    """What may be given instead of good values, and what is said about it."""
    shaped, kind = not kind.startswith("="), kind.removeprefix("=")
    gaps, columns = kind.startswith("points"), kind == "matrix"
    array = np.array(values, dtype=float)
    yield "text", "many", f"expected numbers in {name}, but got 'many'"
    yield "infinite", first_is(array, np.inf), f"expected {name} to be finite, "
    if not gaps:
        yield "NaN", first_is(array, np.nan), f"expected {name} to be finite, but got nan at position 0"
    if columns:
        yield "empty", array[:, 0], f"expected {name} to have two dimensions (cases, columns), but got shape ({CASES},)"
    else:
        many = "point" if gaps else "value"
        yield "empty", [], f"expected {name} to hold at least one {many}, but got an empty array"
    if shaped and not columns and kind != "trials":
        yield "deep", array[None], f"expected {name} to have one dimension, but got shape {array[None].shape}"
    for wrong, said in BOUNDS[kind].items():
        yield f"{wrong}", first_is(array, wrong), f"expected {name} {said}"


WRONG = [
    pytest.param(function, arguments | {name: wrong}, said, id=f"{function.__name__}-{name}-{how}")
    for function, arguments, arrays in CALLS
    for name, kind in arrays.items()
    for how, wrong, said in wrongs(name, arguments[name], kind)
]
TOGETHER = [
    pytest.param(function, arguments, name, id=f"{function.__name__}-{name}")
    for function, arguments, arrays in CALLS
    for name in arrays
    if len(arrays) > 1
]


@pytest.mark.parametrize(("function", "arguments", "arrays"), CALLS, ids=[call[0].__name__ for call in CALLS])
def test_good_input_is_accepted(function, arguments, arrays):
    assert function(**arguments) is not None


@pytest.mark.parametrize(("function", "arguments", "said"), WRONG)
def test_nonsense_is_refused_with_the_name_of_the_argument(function, arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        function(**arguments)


@pytest.mark.parametrize(("function", "arguments", "name"), TOGETHER)
def test_another_length_is_refused_with_the_lengths(function, arguments, name):
    values = np.array(arguments[name], dtype=float)
    longer = len(values) + 1
    listed = rf"but got .*\b{name} \(?{longer}\b"
    rows = rf"expected X to have \d+ rows like the outcome, but got {longer}|expected X to have {longer} rows like"

    with pytest.raises(ValueError, match=f"{listed}|{rows}"):
        function(**arguments | {name: np.append(values, values[-1:], axis=0)})


@pytest.mark.parametrize("end", [0, 1], ids=["lower", "upper"])
@pytest.mark.parametrize(
    ("function", "arguments", "name", "said"),
    [
        pytest.param(function, arguments, name, said, id=f"{function.__name__}-{name}")
        for function, arguments, _ in CALLS
        for name, said in SCALARS.get(function.__name__, {}).items()
    ],
)
def test_number_on_its_bound_is_refused(function, arguments, name, said, end):
    bound = float(said.split(" and ")[end])

    with pytest.raises(ValueError, match=rf"expected {name} to lie strictly between {said}, but got {bound}"):
        function(**arguments | {name: bound})


def test_every_function_is_asked():
    modules = (
        abc,
        agreement,
        cusum,
        flags,
        funnel,
        intervals,
        multiplicity,
        ranking,
        ratios,
        reliability,
        riskstats.providers,
        spc,
    )
    public = {
        name
        for module in modules
        for name, function in vars(module).items()
        if callable(function)
        and not isinstance(function, type)
        and not name.startswith("_")
        and getattr(function, "__module__", "").startswith(module.__name__)
    }
    elsewhere = {"two_rater", "many_raters", "ranks_from_draws", "posterior_evidence"}

    assert public - elsewhere == {call[0].__name__ for call in CALLS} - {
        "composite",
        "fit_logistic",
        "quality",
        "recalibrate",
    }
