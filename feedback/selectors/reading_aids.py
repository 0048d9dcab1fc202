"""One sentence under every chart: what is compared, when, adjusted for what, and what is not told (STATISTICS 7)."""

from feedback.models import SiteResult
from feedback.selectors.comparing import ALL, ComparisonPart
from feedback.selectors.releases import period
from feedback.selectors.wording import Finding
from measures.definition.spec import Chart


NO_FUNNEL = " The funnel over volume is the coordinating centre's alone: volumes would tell which hospital is which."


def dots_aid(result: SiteResult, finding: Finding, comparison: ComparisonPart | None) -> str:
    """Of the blinded dots. Of a measure whose chart is a funnel it says why members have none (STATISTICS 6.2)."""
    chosen = comparison.label if comparison and comparison.chosen != ALL else ""
    adjusted = finding.adjusted_rate is not None and (not chosen or (comparison is not None and comparison.is_adjusted))
    what = "Risk-adjusted rates" if adjusted else f"{finding.value_name}s, not risk-adjusted,"
    whose = f" ({chosen})" if chosen else ""
    whose_model = "supplier" if result.measure_version.definition.is_aggregate else "collaborative"
    model = f" by the {whose_model}'s risk model" if adjusted else ""
    return (
        f"{what}{model} of the hospitals that show at least {finding.minimum} cases{whose}, {_when(result)}. "
        f"Peers are blinded and rounded to {finding.form.write_step()}; from a small count they are the estimate of a model."
        f"{NO_FUNNEL if result.measure_version.definition.chart is Chart.FUNNEL else ''}"
    )


def trend_aid(result: SiteResult, hospital: str = "") -> str:
    """Of a hospital's trend: the own one, or for the centre that of a named one."""
    points = result.control.get("points") or result.trend
    cases = sum(point["denominator"] for point in points)
    whose, peers = (f"Of {hospital}", "") if hospital else ("Your own", " No trend of a peer is shown.")
    version = result.measure_version
    what = "cases of the supplied figures" if version.definition.is_aggregate else "counted cases"
    return f"{whose} {cases:,} {what}, definition v{version.number} throughout, {_when(result)}.{peers}"


def _when(result: SiteResult) -> str:
    release = result.release
    return f"{period(release.window_from, release.window_to)}, computed {release.created_at:%-d %b %Y}"
