"""Hospital effects: observed, modelled, shrunken, and what is said of them."""

import numpy as np

from method_plots.plain import BLUE, MUTED, ORANGE, Plot
from method_plots.simulated import compared, fitted, world
from riskstats import flags, providers, ranking, reliability


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
