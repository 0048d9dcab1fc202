"""Single rates and risks, and counts in a table."""

import numpy as np

from method_plots.plain import BLUE, INK, MUTED, ORANGE, PALE, Plot, length, wrap
from method_plots.simulated import world
from privacy.disclosure import DisclosureRules
from privacy.suppression import suppress_table
from riskstats import intervals, riskmodel


def intervals_plot() -> str:
    n = 50
    rates = np.concatenate(
        [np.linspace(0.0005, 0.02, 60), np.linspace(0.021, 0.5, 240)]
    )  # coverage dips where rates are low
    x = np.arange(n + 1)
    chance = intervals_chance(n, rates)
    plot = Plot(
        "How often 95 % intervals of 50 cases cover the true rate",
        x=(0, 0.5),
        y=(0.82, 1.0),
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
        plot.line(rates, (chance * covered).sum(axis=1), colour=colour, width=1.3)
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
