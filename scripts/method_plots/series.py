"""One hospital over time."""

import numpy as np

from method_plots.plain import BLUE, INK, MUTED, ORANGE, Plot
from riskstats import cusum, spc


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
