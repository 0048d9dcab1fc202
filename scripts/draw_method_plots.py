# ruff: noqa: INP001 - a script, not a package
"""Draws the plots of docs/methods with riskstats, on seeded or published data.

Usage: python scripts/draw_method_plots.py [NAME …]. Writes docs/methods/plots/NAME.svg, all of them without a name.
"""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from plain_plot import BLUE, GREEN, INK, MUTED, ORANGE, PALE, Plot, length, wrap


ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from privacy.disclosure import DisclosureRules  # noqa: E402 - the repository is no installed package
from privacy.suppression import suppress_table  # noqa: E402
from riskstats import (  # noqa: E402  # noqa: E402
    abc,
    agreement,
    composite,
    cusum,
    flags,
    funnel,
    intervals,
    providers,
    ranking,
    reliability,
    riskmodel,
    spc,
)


# Bristol inquiry, open-heart surgery under one year, 12 centres 1991-95: operations and deaths (STATISTICS 9).
BRISTOL = [
    ("Bristol", 143, 41),
    ("Leicester", 187, 25),
    ("Leeds", 323, 24),
    ("Oxford", 122, 23),
    ("Guys", 164, 25),
    ("Liverpool", 405, 42),
    ("Southampton", 239, 24),
    ("Great Ormond Street", 482, 53),
    ("Newcastle", 195, 26),
    ("Harefield", 177, 25),
    ("Birmingham", 581, 58),
    ("Brompton", 301, 31),
]


class World(NamedTuple):
    """A simulated collaborative: covariates, outcomes, hospitals, and the effects that made the outcomes."""

    X: np.ndarray
    y: np.ndarray
    group: np.ndarray
    u: np.ndarray

    @property
    def n(self) -> np.ndarray:
        return np.bincount(self.group)


@functools.cache
def world(hospitals: int = 20, seed: int = 18) -> World:
    """Hospitals of 40 to 1,500 cases, sigma 0.4, event rate about 10 %."""
    rng = np.random.default_rng(seed)
    sizes = np.clip(rng.lognormal(5.3, 0.9, hospitals), 40, 1500).astype(int)
    group = np.repeat(np.arange(hospitals), sizes)
    covariates = np.column_stack([rng.normal(size=len(group)), rng.random(len(group)) < 0.3])
    u = rng.normal(0, 0.4, hospitals)
    risk = 1 / (1 + np.exp(2.5 - covariates @ np.array([0.5, 0.4]) - u[group]))
    return World(covariates, (rng.random(len(group)) < risk).astype(float), group, u)


@functools.cache
def fitted() -> tuple[providers.RandomInterceptFit, providers.Posterior]:
    here = world()
    fit = providers.fit_random_intercept(here.X, here.y, here.group)
    return fit, providers.posterior(fit, here.X, here.y, here.group)


@functools.cache
def compared() -> providers.ObservedExpected:
    here = world()
    return providers.observed_expected(here.y, riskmodel.fit_logistic(here.X, here.y).predict(here.X), here.group)


def intervals_plot() -> str:
    n, rates = 50, np.linspace(0.002, 0.5, 250)
    x = np.arange(n + 1)
    chance = intervals_chance(n, rates)
    plot = Plot(
        "How often 95 % intervals of 50 cases cover the true rate",
        x=(0, 0.5),
        y=(0.85, 1.0),
        names=("true rate", "coverage"),
        right=140,
    )
    plot.ticks(x=(0, 0.1, 0.2, 0.3, 0.4, 0.5), y=(0.85, 0.9, 0.95, 1.0), form=(".0%", ".0%"))
    plot.level(0.95, dash="4 3")
    for place, (name, method, colour) in enumerate(
        [
            ("Clopper-Pearson", intervals.clopper_pearson, MUTED),
            ("Wilson", intervals.wilson, BLUE),
            ("Jeffreys", intervals.jeffreys, ORANGE),
        ]
    ):
        lo, hi = method(x, np.full(n + 1, n))
        covered = (lo <= rates[:, None]) & (rates[:, None] <= hi)
        plot.line(rates, np.maximum((chance * covered).sum(axis=1), 0.85), colour=colour, width=1.3)
        plot.text(plot.right + 10, 80 + 20 * place, name, colour=colour)
    return plot.svg()


def intervals_chance(n: int, rates: np.ndarray) -> np.ndarray:
    """Binomial probabilities of 0..n events, a row for each rate, from the package's own distribution."""
    return np.array([intervals.poisson_binomial_pmf(np.full(n, rate)) for rate in rates])


def risk_model_plot() -> str:
    here = world()
    risks = riskmodel.fit_logistic(here.X, here.y).predict(here.X)
    quality = riskmodel.quality(here.y, risks)
    tenths = quality.deciles
    plot = Plot(
        f"Calibration by tenths of risk: C {quality.c:.2f}, Brier {quality.brier:.3f}",
        x=(0, 0.35),
        y=(0, 0.35),
        names=("mean predicted risk", "observed, with Wilson's 95 % interval"),
    )
    plot.ticks(x=(0, 0.1, 0.2, 0.3), y=(0, 0.1, 0.2, 0.3), form=(".0%", ".0%"))
    plot.line((0, 0.35), (0, 0.35), colour=MUTED, dash="4 3", width=1.2)
    lo, hi = intervals.wilson(tenths.observed, tenths.n)
    for expected, observed, n, low, high in zip(tenths.expected, tenths.observed, tenths.n, lo, hi, strict=True):
        plot.span(expected / n, low, high)
        plot.dot(expected / n, observed / n)
    return plot.svg()


def observed_expected_plot() -> str:
    result = compared()
    order = np.argsort(result.oe)
    outside = (result.lo > 1) | (result.hi < 1)
    plot = Plot(
        f"Observed over expected, 95 % (Byar): {outside.sum()} of {len(order)} exclude 1",
        x=(0, len(order) + 1),
        y=(0.25, 4),
        names=("hospitals by O/E (simulated)", "O/E, logarithmic"),
        log="y",
    )
    plot.ticks(y=(0.25, 0.5, 1, 2, 4))
    plot.level(1)
    for place, each in enumerate(order, 1):
        colour = ORANGE if outside[each] else BLUE
        plot.span(place, result.lo[each], result.hi[each], colour=colour)
        plot.dot(place, result.oe[each], colour=colour)
    return plot.svg()


def random_intercept_plot() -> str:
    here, (_, effects) = world(), fitted()
    truth = np.exp(here.u - here.u.mean())
    lo, middle, hi = (np.exp(effects.quantile(q)) for q in (0.025, 0.5, 0.975))
    covered = ((lo <= truth) & (truth <= hi)).sum()
    plot = Plot(
        f"Posterior of each hospital against the truth: {covered} of {len(truth)} intervals cover it",
        x=(0.35, 3),
        y=(0.35, 3),
        names=("true odds ratio against the average (simulated)", "posterior median and 95 % interval"),
        log="xy",
    )
    plot.ticks(x=(0.5, 1, 2), y=(0.5, 1, 2))
    plot.line((0.35, 3), (0.35, 3), colour=MUTED, dash="4 3", width=1.2)
    for true, low, mid, high in zip(truth, lo, middle, hi, strict=True):
        colour = BLUE if low <= true <= high else ORANGE
        plot.span(true, low, high, colour=colour)
        plot.dot(true, mid, colour=colour)
    return plot.svg()


def predicted_expected_plot() -> str:
    here, (fit, _) = world(), fitted()
    ratio, oe, n = providers.predicted_expected(fit, here.X, here.group).ratio, compared().oe, here.n
    plot = Plot(
        "Predicted over expected is drawn to 1, most where there are few cases",
        x=(35, 2000),
        y=(0.4, 2.5),
        names=("cases, logarithmic (simulated)", "ratio, logarithmic"),
        log="xy",
        right=90,
    )
    plot.ticks(x=(50, 100, 200, 500, 1000, 2000), y=(0.5, 1, 2))
    plot.level(1)
    for cases, crude, drawn in zip(n, oe, ratio, strict=True):
        plot.line((cases, cases), (crude, drawn), colour=MUTED, width=1)
        plot.dot(cases, crude, colour=MUTED, hollow=True)
        plot.dot(cases, drawn)
    plot.text(plot.right + 12, 80, "○ O/E", colour=MUTED)
    plot.text(plot.right + 12, 100, "● P/E", colour=BLUE)
    return plot.svg()


def fixed_effects_plot() -> str:
    here = world()
    result = providers.fixed_effects(here.X, here.y, here.group)
    flag = result.flag(0.95)
    plot = Plot(
        f"Fixed effects: {(flag != 0).sum()} of {len(flag)} flagged at 5 % by the exact test",
        x=(35, 2000),
        y=(-2, 2),
        names=("cases, logarithmic (simulated)", "effect, log-odds, ± 1.96 standard errors"),
        log="x",
    )
    plot.ticks(x=(50, 100, 200, 500, 1000, 2000), y=(-2, -1, 0, 1, 2), form=("g", "+g"))
    plot.level(0)
    for cases, effect, se, flagged in zip(result.n, result.gamma - result.null, result.se_gamma, flag, strict=True):
        colour = ORANGE if flagged else BLUE
        plot.span(cases, effect - 1.96 * se, effect + 1.96 * se, colour=colour)
        plot.dot(cases, effect, colour=colour)
    return plot.svg()


def linear_mixed_model_plot() -> str:
    rng = np.random.default_rng(8)
    sizes = np.clip(rng.lognormal(3.6, 1.1, 20), 4, 400).astype(int)
    group = np.repeat(np.arange(20), sizes)
    age = rng.normal(size=len(group))
    days = 1.6 + 0.1 * age + rng.normal(0, 0.15, 20)[group] + rng.normal(0, 0.6, len(group))
    fit = providers.fit_lmm(age[:, None], days, group)
    crude = np.bincount(group, days - fit.beta[0] - fit.beta[1] * age) / sizes
    plot = Plot(
        f"Length of stay: ratio of geometric means, between hospitals {fit.sigma_u:.2f}, within {fit.sigma:.2f}",
        x=(4, 500),
        y=(0.5, 2),
        names=("stays, logarithmic (simulated)", "ratio, logarithmic"),
        log="xy",
        right=130,
    )
    plot.ticks(x=(5, 10, 20, 50, 100, 200, 500), y=(0.5, 0.7, 1, 1.4, 2))
    plot.level(1)
    for n, mean, u in zip(sizes, np.exp(crude), np.exp(fit.u), strict=True):
        plot.line((n, n), (mean, u), colour=MUTED, width=1)
        plot.dot(n, mean, colour=MUTED, hollow=True)
        plot.dot(n, u)
    plot.text(plot.right + 12, 80, "○ adjusted mean", colour=MUTED)
    plot.text(plot.right + 12, 100, "● model", colour=BLUE)
    return plot.svg()


def funnel_plots_plot() -> str:
    operations, deaths = np.array([row[1] for row in BRISTOL]), np.array([row[2] for row in BRISTOL])
    target = deaths.sum() / operations.sum()
    n = np.arange(100, 621, 10)
    lo, hi = funnel.exact_binomial_limits(operations, target, 0.001)
    outside = (deaths / operations < lo) | (deaths / operations > hi)
    plot = Plot(
        f"Open-heart surgery under one year: {outside.sum()} of {len(BRISTOL)} centres outside 99.8 %",
        x=(100, 620),
        y=(0, 0.32),
        names=("operations", "deaths"),
        right=70,
    )
    plot.ticks(x=(100, 200, 300, 400, 500, 600), y=(0, 0.1, 0.2, 0.3), form=("g", ".0%"))
    plot.level(target)
    for tail, dash, name in ((0.001, "", "99.8 %"), (0.025, "4 3", "95 %")):
        low_line, high_line = funnel.exact_binomial_limits(n, target, tail)
        plot.line(n, low_line, colour=MUTED, dash=dash, width=1.2)
        plot.line(n, high_line, colour=MUTED, dash=dash, width=1.2)
        plot.label(620, high_line[-1], name, colour=MUTED)
    plot.label(620, target, f"{target:.1%}")
    for (name, size, events), out in zip(BRISTOL, outside, strict=True):
        plot.dot(size, events / size, colour=ORANGE if out else BLUE)
        if out:
            plot.label(size + 2, events / size, name, colour=ORANGE)
    return plot.svg()


def flags_plot() -> str:
    here, (fit, effects) = world(), fitted()
    trust = reliability.signal_to_noise(fit.sigma**2, fit.cond_sd**2)
    said = flags.classify(effects, trust, here.n)
    limits = [np.exp(effects.quantile(q)) for q in (0.001, 0.025, 0.5, 0.975, 0.999)]
    order = np.argsort(limits[2])
    plot = Plot(
        "Contrast with the average: thick 95 %, thin 99.8 %, and what is said of each",
        x=(0, len(order) + 1),
        y=(0.25, 4),
        names=("hospitals by contrast (simulated)", "odds ratio, logarithmic"),
        log="y",
        right=110,
    )
    plot.ticks(y=(0.25, 0.5, 1, 2, 4))
    plot.level(1)
    colours = {
        "none": MUTED,
        "too-few": "#9aa5b1",
        "look-better": BLUE,
        "act-better": BLUE,
        "look-worse": ORANGE,
        "act-worse": ORANGE,
    }
    for place, each in enumerate(order, 1):
        lo_act, lo_look, mid, hi_look, hi_act = (limit[each] for limit in limits)
        colour, act = colours[said.flag[each]], said.flag[each].startswith("act")
        plot.span(place, lo_act, hi_act, colour=colour, width=1)
        plot.span(place, lo_look, hi_look, colour=colour, width=3)
        plot.dot(place, mid, colour=colour, hollow=not act)
    for place, (mark, name, colour) in enumerate(
        [
            ("●", "act", ORANGE),
            ("○", "look", ORANGE),
            ("○", "none", MUTED),
            ("○", "too few", "#9aa5b1"),
            ("○", "look", BLUE),
            ("●", "act", BLUE),
        ]
    ):
        plot.text(plot.right + 12, 80 + 20 * place, f"{mark} {name}", colour=colour)
    return plot.svg()


def reliability_plot() -> str:
    n = np.geomspace(5, 2000, 80)
    plot = Plot(
        "Reliability grows with cases; how fast depends on how much hospitals differ",
        x=(5, 2000),
        y=(0, 1),
        names=("cases of a hospital, logarithmic", "reliability"),
        log="x",
        right=110,
    )
    plot.ticks(x=(5, 10, 20, 50, 100, 200, 500, 1000, 2000), y=(0, 0.2, 0.4, 0.6, 0.8, 1))
    for level, words in ((0.4, "compared"), (0.7, "good")):
        plot.level(level, colour=ORANGE, dash="4 3")
        plot.label(2000, level, words, colour=ORANGE, up=-2)
    plot.text(plot.right + 6, 232, "Cases for 0.7", colour=MUTED)
    for icc, colour, below in ((0.1, GREEN, 250), (0.0266, BLUE, 268), (0.01, INK, 286)):
        plot.line(n, reliability.spearman_brown(icc, n), colour=colour)
        needed = float(reliability.min_cases(icc, 0.7))
        plot.dot(needed, 0.7, colour=colour)
        plot.text(plot.right + 6, below, f"ICC {icc:g}: {np.ceil(needed):.0f}", colour=colour)
    return plot.svg()


def achievable_benchmark_plot() -> str:
    rng = np.random.default_rng(5)
    cases = np.clip(rng.lognormal(4.2, 1, 20), 3, 400).astype(int)
    done = rng.binomial(cases, rng.beta(16, 5, 20))
    done[np.argmin(cases)] = cases.min()  # the smallest has missed nobody
    result = abc.achievable_benchmark(done, cases)
    plot = Plot(
        f"Achievable benchmark {result.benchmark:.0%}: the best {result.selected.sum()} hospitals care for {result.share:.0%} of patients",
        x=(2, 500),
        y=(0.4, 1.02),
        names=("eligible patients, logarithmic (simulated)", "treated as recommended"),
        log="x",
        right=100,
    )
    plot.ticks(x=(2, 5, 10, 20, 50, 100, 200, 500), y=(0.4, 0.6, 0.8, 1), form=("g", ".0%"))
    plot.level(result.benchmark, colour=GREEN)
    plot.level(done.sum() / cases.sum(), colour=MUTED, dash="4 3")
    plot.label(500, result.benchmark, "benchmark", colour=GREEN)
    plot.label(500, done.sum() / cases.sum(), "mean", colour=MUTED)
    for x, d, best in zip(done, cases, result.selected, strict=True):
        plot.dot(d, x / d, colour=GREEN if best else BLUE, hollow=not best)
    return plot.svg()


def ranking_plot() -> str:
    effects = fitted()[1]
    ranks = ranking.ranks_from_draws(effects.draws(4000, np.random.default_rng(1)))
    order = np.argsort(ranks.mean)
    size = len(order)
    plot = Plot(
        f"Ranks are uncertain: 95 % intervals span {np.mean(ranks.hi - ranks.lo + 1):.0f} of {size} places on average",
        x=(0, size + 1),
        y=(0, size + 1),
        names=("hospitals by mean rank (simulated)", "rank; 1 is the lowest odds"),
    )
    plot.ticks(y=(1, 5, 10, 15, 20))
    for place, each in enumerate(order, 1):
        plot.span(place, ranks.lo[each], ranks.hi[each])
        plot.dot(place, ranks.median[each])
    return plot.svg()


def composite_plot() -> str:
    rng = np.random.default_rng(11)
    quality = rng.normal(0, 0.3, 20)
    draws = [quality + rng.normal(0, 0.1, 20) + rng.normal(0, 0.2, (4000, 20)) for _ in range(3)]
    result = composite.composite(draws, [0.5, 0.3, 0.2], ["higher", "higher", "higher"])
    order = np.argsort(result.score)
    colours = {1: ORANGE, 2: MUTED, 3: GREEN}
    plot = Plot(
        "A composite of three measures, weights 0.5, 0.3, 0.2, with its stars",
        x=(0, 21),
        y=(-3.2, 3.4),
        names=("hospitals by score (simulated)", "score, standard deviations between hospitals"),
    )
    plot.ticks(y=(-2, 0, 2), form=("g", "+g"))
    plot.level(0)
    for place, each in enumerate(order, 1):
        colour = colours[int(result.star[each])]
        plot.span(place, result.lo[each], result.hi[each], colour=colour)
        plot.dot(place, result.score[each], colour=colour)
        plot.text(plot.px(place), 70, "★" * int(result.star[each]), anchor="middle", colour=colour, size=6)
    return plot.svg()


def months_plot(title: str, values: np.ndarray, y: tuple[float, float], name: str) -> Plot:
    """Axes of a monthly series with its line."""
    plot = Plot(title, x=(0.3, len(values) + 0.7), y=y, names=("month (simulated)", name), right=96)
    plot.ticks(x=range(1, len(values) + 1, 3))
    return plot


def control_charts_plot() -> str:
    rng = np.random.default_rng(21)
    n = rng.integers(60, 160, 30)
    y = rng.binomial(n, np.where(np.arange(30) == 22, 0.32, 0.12))
    chart = spc.p_chart(y, n, baseline=20)
    out = int(chart.sigma_signal.sum())
    plot = months_plot(
        f"p chart: limits from the first 20 months, {out} point outside", chart.y, (0, 0.4), "share with a complication"
    )
    plot.ticks(y=(0, 0.1, 0.2, 0.3, 0.4), form=("g", ".0%"))
    months = np.arange(1, 31)
    for limit in (chart.lcl, chart.ucl):
        plot.line(months, limit, colour=MUTED, dash="4 3", width=1.2)
    plot.line(months, chart.cl)
    plot.line(months, chart.y, colour=BLUE, width=1.2)
    for month, value, signal in zip(months, chart.y, chart.sigma_signal, strict=True):
        plot.dot(month, value, colour=ORANGE if signal else BLUE)
    plot.label(30.7, chart.cl[-1], "mean")
    plot.label(30.7, chart.ucl[-1], "3 sigma", colour=MUTED)
    return plot.svg()


def run_charts_plot() -> str:
    rng = np.random.default_rng(8)
    y = rng.normal(np.where(np.arange(24) < 12, 62, 50), 6)
    chart = spc.run_chart(y)
    verdict = spc.anhoej(y, chart.cl)
    title = (
        f"Run chart: longest run {verdict.longest} (at most {verdict.longest_max}), "
        f"{verdict.crossings} crossings (at least {verdict.crossings_min})"
    )
    plot = months_plot(title, y, (30, 80), "minutes to antibiotic")
    plot.ticks(y=(30, 40, 50, 60, 70, 80))
    months = np.arange(1, 25)
    plot.line(months, chart.cl)
    plot.line(months, y, colour=BLUE, width=1.2)
    for month, value, in_run in zip(months, y, verdict.run, strict=True):
        plot.dot(month, value, colour=ORANGE if in_run else BLUE)
    plot.label(24.7, chart.cl[-1], "median")
    return plot.svg()


def making_data_count_plot() -> str:
    rng = np.random.default_rng(12)
    y = rng.normal(np.where(np.arange(24) < 15, 78, 88), 3)
    chart = spc.nhs_mdc(y, baseline=12, direction="higher", target=70)
    plot = months_plot(
        f"Making Data Count: higher is better, target 70 %: {chart.assurance}", y, (60, 100), "percent screened"
    )
    plot.ticks(y=(60, 70, 80, 90, 100))
    months = np.arange(1, 25)
    for limit in (chart.lpl, chart.upl):
        plot.line(months, limit, colour=MUTED, dash="4 3", width=1.2)
    plot.line(months, chart.mean)
    plot.level(70, colour=ORANGE)
    plot.line(months, y, colour=MUTED, width=1.2)
    colours = {"improvement": BLUE, "concern": ORANGE, "common cause": "#8b97a3", "neutral": INK}
    for month, value, variation in zip(months, y, chart.variation, strict=True):
        plot.dot(month, value, colour=colours[variation])
    plot.label(24.7, chart.upl[-1], "limits", colour=MUTED)
    plot.label(24.7, chart.mean[-1], "mean")
    plot.label(24.7, 70, "target", colour=ORANGE)
    plot.text(plot.right + 4, 80, "● improving", colour=BLUE)
    return plot.svg()


def cusum_plot() -> str:
    rng = np.random.default_rng(2)
    risk = 1 / (1 + np.exp(-rng.normal(-3, 0.8, 1500)))
    odds = risk / (1 - risk) * np.where(np.arange(1500) < 900, 1, 2.5)
    y = (rng.random(1500) < odds / (1 + odds)).astype(float)
    h = cusum.limit_for_arl(risk, None, 2, 5000, states=200)
    path = cusum.cusum(cusum.llr(y, risk, 2), h)
    saved = cusum.vlad(y, risk)
    first = int(np.flatnonzero(path.signal)[0]) + 1
    plot = Plot(
        f"Risk-adjusted CUSUM: odds times 2.5 from case 900 on, first signal at case {first}",
        x=(0, 1500),
        y=(0, 6),
        names=("cases in order of time (simulated)", "CUSUM for an odds ratio of 2"),
        right=110,
    )
    plot.ticks(x=(0, 300, 600, 900, 1200, 1500), y=(0, 2, 4, 6))
    plot.level(h, colour=ORANGE, dash="4 3")
    plot.upright(900, colour=MUTED, dash="2 3")
    every = slice(None, None, 3)
    keep = np.unique(np.concatenate([np.arange(1500)[every], np.flatnonzero(path.signal), [1499]]))
    plot.line(keep + 1, np.minimum(path.s[keep], 6), colour=BLUE, width=1.2)
    for case in np.flatnonzero(path.signal):
        plot.dot(case + 1, min(path.s[case], 6), colour=ORANGE)
    plot.label(1500, h, f"limit {h:.2f}", colour=ORANGE)
    for place, case in enumerate((900, 1500)):
        plot.text(plot.right + 6, 180 + 40 * place, f"VLAD at {case}:", colour=MUTED)
        plot.text(
            plot.right + 6, 196 + 40 * place, f"{saved[case - 1]:+.1f} lives".replace("-", "\u2212"), colour=MUTED
        )
    return plot.svg()


def agreement_plot() -> str:
    shares = np.arange(10, 191, 5)
    kappa, ac1 = [], []
    for both in shares:  # charts that both call positive, of 200 with 20 disagreements
        both_yes = both - 10
        result = agreement.two_rater([[180 - both_yes, 10], [10, both_yes]])
        kappa.append(result.kappa)
        ac1.append(result.ac1)
    plot = Plot(
        "Two abstractors agree on 180 of 200 charts: what kappa and AC1 say",
        x=(0, 1),
        y=(-0.1, 1),
        names=("share of charts with the condition", "coefficient"),
        right=140,
    )
    plot.ticks(x=(0, 0.2, 0.4, 0.6, 0.8, 1), y=(0, 0.2, 0.4, 0.6, 0.8, 1), form=(".0%", "g"))
    plot.level(0.9, colour=MUTED, dash="4 3")
    plot.line(shares / 200, kappa, colour=ORANGE)
    plot.line(shares / 200, ac1, colour=BLUE)
    plot.text(plot.right + 10, plot.py(0.9) + 4, "percent agreement", colour=MUTED)
    plot.text(plot.right + 10, 110, "Gwet's AC1", colour=BLUE)
    plot.text(plot.right + 10, 130, "Cohen's kappa", colour=ORANGE)
    return plot.svg()


def small_counts_plot() -> str:
    cells = np.array([[34, 3, 58, 21], [76, 45, 88, 30], [52, 0, 47, 12], [95, 61, 103, 9]])
    table = np.vstack([cells, cells.sum(axis=0)])
    table = np.column_stack([table, table.sum(axis=1)])
    mask = suppress_table(table, DisclosureRules()).mask
    small = (table > 0) & (table < 11)
    title = f"{small.sum()} small counts, and {(mask & ~small).sum()} more that would give them away"
    marks = [f'<text x="12" y="24" fill="{INK}" font-size="15">{title}</text>']
    names = ["Type A", "Type B", "Type C", "Type D", "All"]
    for row, label in enumerate([*(f"Group {number}" for number in range(1, 5)), "All"]):
        marks.append(f'<text x="12" y="{93 + 38 * row}" fill="{MUTED}">{label}</text>')
        for column, name in enumerate(names):
            x, y = 100 + 84 * column, 70 + 38 * row
            if not row:
                marks.append(f'<text x="{x + 40}" y="58" fill="{MUTED}" text-anchor="middle">{name}</text>')
            hidden, first = mask[row, column], small[row, column]
            fill = ORANGE if first else PALE if hidden else "#f4f6f8"
            colour = "#ffffff" if first else INK
            marks.append(f'<rect x="{length(x)}" y="{length(y)}" width="80" height="34" rx="3" fill="{fill}"/>')
            marks.append(
                f'<text x="{x + 40}" y="{y + 22}" fill="{colour}" text-anchor="middle">{table[row, column]}</text>'
            )
    keys = [(ORANGE, "hidden: 1 to 10"), (PALE, "hidden as well"), ("#f4f6f8", "shown; zero, too")]
    for place, (fill, words) in enumerate(keys):
        marks.append(f'<rect x="{100 + 150 * place}" y="278" width="14" height="14" rx="2" fill="{fill}"/>')
        marks.append(f'<text x="{120 + 150 * place}" y="290" fill="{INK}">{words}</text>')
    return wrap(title, marks, height=310)


PLOTS: dict[str, Callable[[], str]] = {
    "achievable-benchmark": achievable_benchmark_plot,
    "agreement": agreement_plot,
    "composite": composite_plot,
    "control-charts": control_charts_plot,
    "cusum": cusum_plot,
    "fixed-effects": fixed_effects_plot,
    "flags": flags_plot,
    "funnel-plots": funnel_plots_plot,
    "intervals": intervals_plot,
    "linear-mixed-model": linear_mixed_model_plot,
    "making-data-count": making_data_count_plot,
    "observed-expected": observed_expected_plot,
    "predicted-expected": predicted_expected_plot,
    "random-intercept": random_intercept_plot,
    "ranking": ranking_plot,
    "reliability": reliability_plot,
    "risk-model": risk_model_plot,
    "run-charts": run_charts_plot,
    "small-counts": small_counts_plot,
}


def main(names: list[str]) -> None:
    folder = ROOT / "docs" / "methods" / "plots"
    folder.mkdir(exist_ok=True)
    for name in names or PLOTS:
        (folder / f"{name}.svg").write_text(PLOTS[name](), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
