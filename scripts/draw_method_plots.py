# ruff: noqa: INP001 - a script, not a package
"""Draws the plots of docs/methods with riskstats, on seeded or published data.

Usage: python scripts/draw_method_plots.py [NAME …]. Writes docs/methods/plots/NAME.svg, all of them without a name.
"""

import sys
from collections.abc import Callable
from pathlib import Path


ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from method_plots import comparisons, effects, rates, series  # noqa: E402 - the repository is no installed package


PLOTS: dict[str, Callable[[], str]] = {
    "achievable-benchmark": comparisons.achievable_benchmark_plot,
    "agreement": comparisons.agreement_plot,
    "composite": comparisons.composite_plot,
    "control-charts": series.control_charts_plot,
    "cusum": series.cusum_plot,
    "fixed-effects": effects.fixed_effects_plot,
    "flags": effects.flags_plot,
    "funnel-plots": comparisons.funnel_plots_plot,
    "intervals": rates.intervals_plot,
    "linear-mixed-model": effects.linear_mixed_model_plot,
    "making-data-count": series.making_data_count_plot,
    "observed-expected": effects.observed_expected_plot,
    "predicted-expected": effects.predicted_expected_plot,
    "random-intercept": effects.random_intercept_plot,
    "ranking": effects.ranking_plot,
    "reliability": comparisons.reliability_plot,
    "risk-model": rates.risk_model_plot,
    "run-charts": series.run_charts_plot,
    "small-counts": rates.small_counts_plot,
}


def main(names: list[str]) -> None:
    folder = ROOT / "docs" / "methods" / "plots"
    folder.mkdir(exist_ok=True)
    for name in names or PLOTS:
        (folder / f"{name}.svg").write_text(PLOTS[name](), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
