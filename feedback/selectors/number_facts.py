"""The numbers beside a result, the same for the page, the file and the report."""

from feedback.models import SiteResult
from feedback.selectors.wording import Finding, few_cases_text, percent
from measures.definition.spec import Average, MeasureKind
from ui.parts import Fact


RELIABLE, LEAST_RELIABLE = 0.7, 0.4


def number_facts(result: SiteResult, finding: Finding) -> list[Fact]:
    """The same numbers for the page and the file."""
    facts = _count_facts(result, finding)
    if result.rate is not None:
        interval = finding.write_range(result.rate_low, result.rate_high)
        facts.append(Fact(finding.value_name, finding.write(result.rate), f"95% {interval}" if interval else ""))
    facts += _adjusted_facts(result)
    if finding.collaborative is not None:
        facts.append(Fact("Collaborative", finding.tell(finding.collaborative), _contrast(result, finding)))
    if finding.benchmark is not None:
        facts.append(Fact("Achievable benchmark", finding.tell(finding.benchmark)))
    if finding.few_cases and result.denominator:
        facts.append(Fact("Comparison", few_cases_text(finding.minimum)))
    return facts


def _count_facts(result: SiteResult, finding: Finding) -> list[Fact]:
    """What the value is of."""
    if finding.kind is MeasureKind.CONTINUOUS:
        facts = [Fact("Cases", f"{result.denominator:,}")]
        if finding.quartiles:
            low, middle, high = finding.quartiles
            facts.append(Fact("Median", finding.write(middle), f"middle half {finding.write_range(low, high)}"))
        return facts
    facts = [Fact("Numerator / denominator", f"{result.observed:,} / {result.denominator:,}")]
    if finding.total is not None:
        facts.append(Fact((finding.value_unit or "expected").capitalize(), f"{finding.total:,.1f}"))
    return facts


def _contrast(result: SiteResult, finding: Finding) -> str:
    """Ratio of geometric means, or difference of means, to what is told of all hospitals: no finer than that is told.

    Without an interval: one around a rounded value could say otherwise than the reading, which knows the exact one.
    """
    value, told = result.rate, finding.collaborative
    if finding.kind is not MeasureKind.CONTINUOUS or finding.few_cases or value is None or told is None:
        return ""
    if result.measure_version.definition.average is Average.ARITHMETIC:
        return f"difference to it {finding.write(value - told)}"
    return f"ratio to it {value / told:.2f}" if told > 0 else ""


def _adjusted_facts(result: SiteResult) -> list[Fact]:
    """The model's rate first, O/E always beside it."""
    if result.expected is None or result.oe is None:
        return []
    adjusted = _range(result.adjusted_low, result.adjusted_high)
    facts = [Fact("Risk-adjusted rate", percent(result.adjusted_rate), f"95% {adjusted}")]
    if result.odds_ratio is not None:
        facts.append(Fact("Odds ratio to the average hospital", odds_ratio_text(result)))
        facts.append(Fact("Probability to be above it", percent(result.p_higher, 0)))
        facts.append(Fact("Reliability", reliability_text(result)))
    low, high = result.oe_low or 0.0, result.oe_high or 0.0
    facts.append(Fact("Observed / expected", f"{result.observed:,} / {result.expected:.1f}"))
    facts.append(Fact("O/E ratio", f"{result.oe:.2f}", f"95% {low:.2f} to {high:.2f}"))
    return facts


def odds_ratio_text(result: SiteResult) -> str:
    if result.odds_ratio is None:
        return ""
    return f"{result.odds_ratio:.2f} ({result.or_low or 0:.2f} to {result.or_high or 0:.2f})"


def reliability_text(result: SiteResult) -> str:
    """How much of what sets the hospital apart is more than chance, with the word for it (STATISTICS 7)."""
    value = result.reliability or 0.0
    word = "good" if value >= RELIABLE else "low" if value >= LEAST_RELIABLE else "too low to tell hospitals apart"
    return f"{value:.2f}, {word}"


def _range(low: float | None, high: float | None) -> str:
    return f"{percent(low)} to {percent(high)}"
