"""Rates of hospitals beside each other, and agreement of abstractors."""

import numpy as np

from method_plots.plain import BLUE, GREEN, INK, MUTED, ORANGE, Plot
from riskstats import abc, agreement, composite, funnel, reliability


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
