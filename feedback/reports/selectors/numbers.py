"""Results as numbers for programs, rounded exactly as the pages round them."""

from collections.abc import Iterable, Iterator

from feedback.models import Release, SiteResult
from feedback.reports.definition.measure_report import Item, Population, Reporter, Summary, measure_report
from feedback.reports.selectors.hospital import MeasureContent
from feedback.selectors.pooled import PooledRow
from feedback.selectors.results import interval_of
from measures.definition.canonical import Json
from measures.definition.evaluate import NOT_IN_POPULATION


def percents(value: float | None, decimals: int = 1) -> float | None:
    """A share in per cent, as `wording.percent` writes it."""
    return None if value is None else float(f"{100 * value:.{decimals}f}")


def rounded_to(value: float | None, decimals: int) -> float | None:
    return None if value is None else float(f"{value:.{decimals}f}")


def result_numbers(content: MeasureContent) -> dict[str, Json]:
    """One measure of one hospital: what its page says, as numbers and in words."""
    finding, result = content.finding, content.result
    low, high = interval_of(result)
    return {
        "measure": content.spec.slug,
        "name": content.spec.name,
        "definition_version": content.version,
        "direction": content.spec.direction.value,
        "cases": result.cases,
        "excluded": result.excluded,
        "cannot_tell": result.cannot_tell,
        "denominator": result.denominator,
        "numerator": result.observed,
        "rate": percents(result.rate),
        "expected": rounded_to(result.expected, 1),
        "observed_over_expected": rounded_to(result.oe, 2),
        "risk_adjusted_rate": percents(result.adjusted_rate),
        "value": percents(finding.value),
        "interval_low": percents(low),
        "interval_high": percents(high),
        "collaborative": percents(finding.collaborative, 0),
        "benchmark": percents(finding.benchmark, 0),
        "gap": finding.gap,
        "reading": content.reading,
        "sentence": content.sentence,
        "data_quality": content.statement.text,
    }


def pooled_numbers(row: PooledRow) -> dict[str, Json]:
    """One measure of all hospitals: rates in whole per cent, and no counts."""
    return {
        "measure": row.spec.slug,
        "name": row.spec.name,
        "direction": row.spec.direction.value,
        "hospitals": row.hospitals,
        "rate": percents(row.value, 0),
        "withheld": row.withheld,
        "sentence": row.sentence,
        "data_quality": row.statement.text,
    }


def hospital_report(release: Release, content: MeasureContent, reporter: Reporter) -> Item:
    result = content.result
    low, high = interval_of(result)
    return measure_report(
        Summary(
            spec=content.spec,
            version=content.version,
            release=release.public_id,
            first=release.window_from,
            last=release.window_to,
            released=release.released_at or release.created_at,
            reporter=reporter,
            populations=tuple(_populations(result)),
            score=percents(result.rate),
            texts={"reading": content.reading, "sentence": content.sentence, "data-quality": content.statement.text},
            decimals={"expected": rounded_to(result.expected, 1), "observed-over-expected": rounded_to(result.oe, 2)},
            percents={
                "risk-adjusted-rate": percents(result.adjusted_rate),
                "collaborative": percents(content.finding.collaborative, 0),
                "benchmark": percents(content.finding.benchmark, 0),
            },
            interval=None if low is None or high is None else (percents(low) or 0.0, percents(high) or 0.0),
        )
    )


def pooled_report(release: Release, row: PooledRow, reporter: Reporter) -> Item:
    """Counts of all hospitals are masked: two releases side by side would tell what one hospital added."""
    codes = ("initial-population", "denominator", "numerator")
    return measure_report(
        Summary(
            spec=row.spec,
            version=row.version,
            release=release.public_id,
            first=release.window_from,
            last=release.window_to,
            released=release.released_at or release.created_at,
            reporter=reporter,
            populations=[Population(code=code, count=None) for code in codes],
            score=percents(row.value, 0),
            texts={
                "sentence": row.sentence or row.withheld,
                "hospitals": row.hospitals,
                "data-quality": row.statement.text,
            },
            decimals={},
            percents={},
        )
    )


def _populations(result: SiteResult) -> Iterator[Population]:
    flow: Iterable[dict[str, object]] = result.flow
    steps = [(str(each.get("name", "")), str(each["label"]), int(str(each["count"]))) for each in flow]
    outside = sum(count for name, _, count in steps if name == NOT_IN_POPULATION)
    initial = result.cases - outside
    yield Population(code="initial-population", count=initial)
    yield Population(code="denominator", count=initial)
    for name, label, count in steps:
        if name != NOT_IN_POPULATION:
            yield Population(code="denominator-exclusion", count=count, text=label)
    yield Population(code="denominator-exclusion", count=result.cannot_tell, text="Cannot tell, an answer is missing")
    yield Population(code="numerator", count=result.observed)
