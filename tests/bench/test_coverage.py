"""The full coverage simulation: how often 95 % intervals of hospital effects hold the truth. Writes docs/methods/coverage.md."""

import dataclasses
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from riskstats.providers import fit_random_intercept, posterior
from tests.riskstats.simulated import collaborative


PAGE = Path(__file__).parents[2] / "docs" / "methods" / "coverage.md"
SIZES = [(10, 100, 2000), (20, 400, 1000), (70, 600, 500)]  # hospitals, mean cases, simulated collaboratives
FIRST_SEED = 50_000
REACH = 1.959964  # standard deviations of a normal 95 % interval
HEAD = """# Coverage of the posterior intervals

Written by `tests/bench/test_coverage.py` (`make bench`) with Python's numpy {numpy} and scipy {scipy}; the same versions give the same numbers.

Each collaborative is simulated anew: hospitals of Poisson size, two normal and two yes/no covariates, an event rate of about 12 %, true effects normal with sigma = 0.35. The model is fitted by the Laplace
approximation and the nominal 95 % interval of each hospital's contrast with the mean of all is compared with the truth. Coverage is the share of hospitals whose interval holds it; its Monte-Carlo standard error is
that of the mean over collaboratives, as hospitals of one collaborative share a fit. Asserted: between 92 and 98 %.

"Mode ∓ 1.96 SD" is the plain empirical-Bayes interval of uᵢ at the estimates, shown for comparison; no page of ours uses it. "Boundary": fits with an estimated sigma of 0.

| hospitals x cases | collaboratives | coverage, % | Monte-Carlo SE | interval too low, % | too high, % | mean width, log odds | mode ∓ 1.96 SD, % | boundary, % |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


@dataclasses.dataclass(frozen=True)
class Coverage:
    """Shares of hospitals, one entry for each collaborative."""

    covered: list[float]
    too_low: list[float]
    too_high: list[float]
    width: list[float]
    plain: list[float]
    boundary: list[float]

    @property
    def percent(self) -> float:
        return 100 * float(np.mean(self.covered))

    def row(self, hospitals: int, cases: int) -> str:
        repeats = len(self.covered)
        error = 100 * np.std(self.covered, ddof=1) / np.sqrt(repeats)
        below, above, plain, boundary = (
            100 * np.mean(each) for each in (self.too_low, self.too_high, self.plain, self.boundary)
        )
        return (
            f"| {hospitals} x {cases} | {repeats} | {self.percent:.2f} | {error:.2f} | {below:.2f} | {above:.2f} "
            f"| {np.mean(self.width):.3f} | {plain:.1f} | {boundary:.1f} |\n"
        )


def simulate(hospitals: int, cases: int, repeats: int) -> Coverage:
    found = Coverage([], [], [], [], [], [])
    for seed in range(FIRST_SEED, FIRST_SEED + repeats):
        data = collaborative(hospitals, cases, seed=seed)
        fit = fit_random_intercept(data.X, data.y, data.group)
        shown = posterior(fit, data.X, data.y, data.group)
        low, high = shown.quantile(0.025), shown.quantile(0.975)
        truth = data.u - data.u.mean()
        found.covered.append(float(np.mean((low <= truth) & (truth <= high))))
        found.too_low.append(float(np.mean(high < truth)))
        found.too_high.append(float(np.mean(truth < low)))
        found.width.append(float(np.mean(high - low)))
        found.plain.append(float(np.mean(np.abs(fit.u - data.u) <= REACH * fit.cond_sd)))
        found.boundary.append(float(fit.boundary))
    return found


def test_intervals_cover_the_truth_at_every_size(capsys: pytest.CaptureFixture[str]) -> None:
    found = {(hospitals, cases): simulate(hospitals, cases, repeats) for hospitals, cases, repeats in SIZES}
    rows = [coverage.row(hospitals, cases) for (hospitals, cases), coverage in found.items()]
    PAGE.write_text(HEAD.format(numpy=version("numpy"), scipy=version("scipy")) + "".join(rows), encoding="utf-8")

    with capsys.disabled():
        print("\n" + "".join(rows), end="")  # noqa: T201 -- the measurement is the point
    assert {size: coverage.percent for size, coverage in found.items() if not 92 <= coverage.percent <= 98} == {}
