"""Achievable Benchmarks of Care: what the best hospitals, caring for a tenth of the patients, already reach.

References
----------
.. [1] Kiefe CI et al. Identifying achievable benchmarks of care: concepts and methodology.
   Int J Qual Health Care 1998;10:443-447.
.. [2] Weissman NW et al. Achievable benchmarks of care: the ABCs of benchmarking. J Eval Clin Pract 1999;5:269-281.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Booleans, Floats, Integers, above, at_least, between, counts_of, same_length, vector


@dataclasses.dataclass(frozen=True)
class Benchmark:
    """An achievable benchmark.

    Attributes
    ----------
    benchmark : float
        The value that the best performers reach together: a proportion, or a ratio of observed to expected.
    selected : ndarray of bool, shape (H,)
        The best performers.
    share : float
        Their share of all patients.
    warnings : tuple of str
        Says how many hospitals without cases were left out.
    """

    benchmark: float
    selected: Booleans
    share: float
    warnings: tuple[str, ...] = ()


def achievable_benchmark(
    x: npt.ArrayLike,
    d: npt.ArrayLike,
    share: float = 0.10,
    higher_is_better: bool = True,  # noqa: FBT001, FBT002 - STATISTICS 8
) -> Benchmark:
    """Find the Achievable Benchmark of Care of a proportion.

    Parameters
    ----------
    x, d : array_like of whole numbers, shape (H,)
        Events and eligible cases of each hospital; hospitals without cases are left out.
    share : float
        Smallest share of all patients that the best performers must care for.
    higher_is_better : bool
        Whether a high proportion is good.

    Returns
    -------
    Benchmark
        ``benchmark`` is always the proportion of x in d, also when lower is better.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, x above d, share not inside (0, 1), or no cases at all.

    Notes
    -----
    Hospitals are ranked by the adjusted performance fraction ``(x + 1)/(d + 2)`` (of ``d - x`` when lower is better), so that a
    hospital with one case cannot lead; the benchmark is ``sum x / sum d`` over the shortest leading group with at least ``share`` of
    all cases [1]_ [2]_. Of hospitals with the same fraction the larger one comes first; the papers leave that open.

    Examples
    --------
    >>> result = achievable_benchmark([2, 45, 60, 30], [2, 50, 100, 90], share=0.2)
    >>> round(result.benchmark, 3), result.selected, round(result.share, 3)
    (0.9, array([False,  True, False, False]), 0.207)
    """
    events, cases = counts_of("x", vector("x", x), "d", vector("d", d))
    between("share", share)
    good = events if higher_is_better else cases - events
    return _benchmark((good + 1) / (cases + 2), cases, events, cases, share)


def risk_adjusted_benchmark(
    effect: npt.ArrayLike,
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    n: npt.ArrayLike,
    share: float = 0.10,
    *,
    higher_is_better: bool = False,
) -> Benchmark:
    """Find the achievable benchmark of a risk-adjusted outcome, as observed over expected events.

    Parameters
    ----------
    effect : array_like, shape (H,)
        Shrunken effect to rank by, such as the posterior mean contrast.
    observed, expected : array_like, shape (H,)
        Observed events, and expected events above 0 where there are cases.
    n : array_like, shape (H,)
        Cases; hospitals without cases are left out.
    share : float
        Smallest share of all patients that the best performers must care for.
    higher_is_better : bool
        Whether a high effect is good.

    Returns
    -------
    Benchmark
        ``benchmark`` is ``sum O / sum E`` of the best performers.

    Raises
    ------
    ValueError
        NaN, empty, different lengths, negative numbers, share not inside (0, 1), or no cases at all.

    Notes
    -----
    As :func:`achievable_benchmark`, with the shrunken effect in place of the adjusted performance fraction: it
    already keeps small hospitals from leading by chance.

    Examples
    --------
    >>> result = risk_adjusted_benchmark([-0.4, 0.1, -0.1], [10, 30, 24], [16, 28, 25], [200, 400, 300])
    >>> result.benchmark, result.selected
    (0.625, array([ True, False, False]))
    """
    effects, cases = vector("effect", effect), at_least("n", vector("n", n), 0.0)
    events, chances = at_least("observed", vector("observed", observed), 0.0), vector("expected", expected)
    same_length(effect=effects, observed=events, expected=chances, n=cases)
    between("share", share)
    if (cases > 0).any():
        above("expected", chances[cases > 0], 0.0)
    return _benchmark(effects if higher_is_better else -effects, cases, events, chances, share)


def _benchmark(merit: Floats, cases: Floats, top: Floats, bottom: Floats, share: float) -> Benchmark:
    total = cases.sum()
    if total == 0:
        raise ValueError("expected at least one case, but got none in any hospital")
    order: Integers = np.lexsort((-cases, -merit))
    order = order[cases[order] > 0]
    reached = np.cumsum(cases[order])
    # A hair of tolerance: three tenths of 10 cases are 3, not 3.0000000000000004.
    leading = order[: int(np.searchsorted(reached, share * total * (1 - 1e-12))) + 1]
    selected = np.zeros(len(cases), dtype=np.bool_)
    selected[leading] = True
    left_out = int((cases == 0).sum())
    notes = (f"{left_out} hospitals without cases were left out",) if left_out else ()
    value = float(top[leading].sum() / bottom[leading].sum())
    return Benchmark(value, selected, float(cases[leading].sum() / total), notes)
