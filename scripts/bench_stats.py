# ruff: noqa: INP001 - a script, not a package
"""Times the hierarchical fits, beside lme4 where R has it, and writes docs/methods/benchmarks.md.

Usage: python scripts/bench_stats.py [--lme4-up-to CASES]. Each fit runs in a process of its own, so that peak memory is its own.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SIZES = [(20, 10_000), (70, 100_000), (100, 1_000_000)]
COLUMNS = 20
HEAD = """# Benchmarks of the random-intercept fit

Written by `scripts/bench_stats.py` on {where}; load average {load:.1f} at the start, {after:.1f} at the end:
above the number of cores, elapsed seconds are upper bounds.

20 covariates: 4 normal, 16 yes/no with hospital-dependent prevalence; sizes log-normal, sigma = 0.35. Seconds are elapsed time, CPU
seconds in brackets; peak memory is that of the whole process with its data. lme4: seconds of `glmer` with bobyqa, without derivatives at the
end, the same cases, right after; differences from its optimum after a second, tighter start. Columns b and u: largest absolute difference.

"""
Measured = dict[str, float | list[float] | str]


def simulate(hospitals: int, cases: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """4 normal and 16 yes/no covariates whose prevalence differs between hospitals; sizes log-normal; sigma 0.35."""
    rng = np.random.default_rng(hospitals)
    size = rng.lognormal(0, 0.6, hospitals)
    group = rng.choice(hospitals, cases, p=size / size.sum())
    columns = np.empty((cases, COLUMNS))
    columns[:, :4] = rng.normal(size=(cases, 4))
    for column in range(4, COLUMNS):
        columns[:, column] = rng.random(cases) < np.clip(rng.beta(2, 6, hospitals), 0.02, 0.9)[group]
    eta = -3.2 + columns @ rng.normal(0, 0.2, COLUMNS) + rng.normal(0, 0.35, hospitals)[group]
    return columns, (rng.random(cases) < 1 / (1 + np.exp(-eta))).astype(float), group


def fit_own(hospitals: int, cases: int, n_quad: int, threads: int) -> None:
    """Fit in this process and print what was measured."""
    from riskstats.providers import fit_random_intercept, posterior  # noqa: PLC0415 - counts towards this process's memory

    columns, y, group = simulate(hospitals, cases)
    small = slice(0, 2000)
    fit_random_intercept(columns[small], y[small], group[small])  # imports and first touches are not the fit
    begun = time.perf_counter(), time.process_time()
    fit = fit_random_intercept(columns, y, group, n_quad=n_quad, threads=threads)
    done = time.perf_counter(), time.process_time()
    posterior(fit, columns, y, group, threads=threads)
    sys.stdout.write(
        json.dumps(
            {
                "seconds": done[0] - begun[0],
                "cpu": done[1] - begun[1],
                "posterior": time.perf_counter() - done[0],
                "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "events": float(y.mean()),
                "sigma": fit.sigma,
                "minus2loglik": fit.minus2loglik,
                "beta": fit.beta.tolist(),
                "u": fit.u.tolist(),
            }
        )
    )


def measure_own(hospitals: int, cases: int, n_quad: int, threads: int) -> Measured:
    """Fit in a fresh process."""
    command = [sys.executable, __file__, "--own", *map(str, (hospitals, cases, n_quad, threads))]
    found: Measured = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603
    return found


def measure_lme4(hospitals: int, cases: int, n_quad: int) -> Measured:
    """Fit the same cases with lme4."""
    with tempfile.TemporaryDirectory() as folder:
        for name, values in zip(("X", "y", "group"), simulate(hospitals, cases), strict=True):
            values.astype("<f8").tofile(Path(folder) / name)
        script = str(ROOT / "scripts" / "bench_stats.R")
        command = ["Rscript", script, folder, str(cases), str(COLUMNS), str(n_quad)]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603
    found: Measured = {}
    lists: dict[str, list[float]] = {"beta": [], "u": []}
    for line in lines:
        name, _, value = line.partition(",")
        if name in lists:
            lists[name].append(float(value))
        else:
            found[name] = value if name == "version" else float(value)
    return found | lists


def table(lme4_up_to: int) -> list[str]:
    """Measure every size and give back the lines of a Markdown table."""
    lines = [
        "| hospitals x cases | fit | seconds (CPU) | peak MB | posterior, s | sigma | b | u | -2 log-likelihood |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    with_lme4 = shutil.which("Rscript") is not None
    for hospitals, cases in SIZES:
        size = f"{hospitals} x {cases:,}"
        for n_quad in (1, 7):
            own = {threads: measure_own(hospitals, cases, n_quad, threads) for threads in (1, 2)}
            for threads, each in own.items():
                lines.append(
                    f"| {size} | ours, nAGQ {n_quad}, {threads} thread{'s' * (threads > 1)} | {each['seconds']:.2f} ({each['cpu']:.2f}) "
                    f"| {each['mb']:.0f} | {each['posterior']:.2f} | {each['sigma']:.6f} | | | {each['minus2loglik']:.4f} |"
                )
                sys.stderr.write(lines[-1] + "\n")
            if with_lme4 and cases <= lme4_up_to:
                theirs = measure_lme4(hospitals, cases, n_quad)
                away = {
                    name: float(np.abs(np.subtract(own[1][name], theirs[name])).max())
                    for name in ("sigma", "beta", "u")
                }
                gain = float(np.subtract(own[1]["minus2loglik"], theirs["minus2loglik"]))
                lines.append(
                    f"| {size} | lme4 {theirs['version']}, nAGQ {n_quad} | {theirs['seconds']:.1f} | {theirs['mb']:.0f} | "
                    f"| differs by {away['sigma']:.1e} | {away['beta']:.1e} | {away['u']:.1e} | ours - theirs {gain:+.1e} |"
                )
                sys.stderr.write(lines[-1] + "\n")
    return lines


def main() -> None:
    """Read the command line, measure, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lme4-up-to", type=int, default=100_000, help="largest number of cases to fit with lme4 too")
    parser.add_argument("--own", nargs=4, type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.own:
        fit_own(*arguments.own)
        return
    load = os.getloadavg()[0]
    where = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, numpy {np.__version__}"
    lines = "\n".join(table(arguments.lme4_up_to))
    text = HEAD.format(where=where, load=load, after=os.getloadavg()[0]) + lines + "\n"
    (ROOT / "docs" / "methods" / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
