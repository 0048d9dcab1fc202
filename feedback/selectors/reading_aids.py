"""One sentence under every chart: what is compared, when, adjusted for what, and what is not told (STATISTICS 7)."""

from feedback.models import SiteResult
from feedback.selectors.comparing import ALL, ComparisonPart
from feedback.selectors.releases import period
from feedback.selectors.wording import Finding


def dots_aid(result: SiteResult, finding: Finding, comparison: ComparisonPart | None) -> str:
    """Of the blinded dots."""
    chosen = comparison.label if comparison and comparison.chosen != ALL else ""
    adjusted = finding.adjusted_rate is not None and (not chosen or (comparison is not None and comparison.is_group))
    what = "Risk-adjusted rates" if adjusted else "Rates, not risk-adjusted,"
    whose = f" ({chosen})" if chosen else ""
    model = " by the collaborative's risk model" if adjusted else ""
    return (
        f"{what}{model} of the hospitals that show at least {finding.minimum} cases{whose}, {_when(result)}. "
        "Peers are blinded and rounded to whole per cent; from a small count they are the estimate of a model."
    )


def trend_aid(result: SiteResult) -> str:
    """Of the own trend."""
    points = result.control.get("points") or result.trend
    cases = sum(point["denominator"] for point in points)
    return (
        f"Your own {cases:,} counted cases, definition v{result.measure_version.number} throughout, "
        f"{_when(result)}. No trend of a peer is shown."
    )


def _when(result: SiteResult) -> str:
    release = result.release
    return f"{period(release.window_from, release.window_to)}, computed {release.created_at:%-d %b %Y}"
