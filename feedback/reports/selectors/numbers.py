"""Results as numbers for programs, rounded exactly as the pages round them."""

from collections.abc import Iterable, Iterator

from feedback.charts import ValueFormat
from feedback.models import Release, SiteResult
from feedback.reports.definition.measure_report import Item, Population, Reporter, Summary, measure_report
from feedback.reports.selectors.hospital import MeasureContent
from feedback.selectors.pooled import PooledRow
from feedback.selectors.results import interval_of
from measures.definition.canonical import Json
from measures.definition.evaluate import NOT_IN_POPULATION
from measures.definition.spec import MeasureKind


def percents(value: float | None, decimals: int = 1) -> float | None:
    """A share in per cent, as `wording.percent` writes it."""
    return None if value is None else float(f"{100 * value:.{decimals}f}")


def as_written(value: float | None, form: ValueFormat) -> float | None:
    """The own value as a number, as the page writes it: in per cent, or in the unit of the measure."""
    return None if value is None else float(f"{value * form.factor:.{form.decimals}f}")


def as_told(value: float | None, form: ValueFormat) -> float | None:
    """A value that was rounded for telling."""
    return None if value is None else float(f"{form.blind(value) * form.factor:.6g}")


def unit_of(form: ValueFormat) -> str:
    """%; minutes; per 1,000 line days; nothing of a ratio."""
    return (form.suffix or form.words).strip()


def rounded_to(value: float | None, decimals: int) -> float | None:
    return None if value is None else float(f"{value:.{decimals}f}")


def result_numbers(content: MeasureContent) -> dict[str, Json]:
    """One measure of one hospital: what its page says, as numbers and in words."""
    finding, result = content.finding, content.result
    low, high = interval_of(result)
    form = finding.form
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
        "rate": as_written(result.rate, form),
        "unit": unit_of(form),
        "exposure": finding.total,
        "median": as_written(finding.quartiles[1], form) if finding.quartiles else None,
        "expected": rounded_to(result.expected, 1),
        "observed_over_expected": rounded_to(result.oe, 2),
        "risk_adjusted_rate": percents(result.adjusted_rate),
        "value": as_written(finding.value, form),
        "interval_low": as_written(low, form),
        "interval_high": as_written(high, form),
        "collaborative": as_told(finding.collaborative, form),
        "benchmark": as_told(finding.benchmark, form),
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
        "rate": as_told(row.value, row.form),
        "unit": unit_of(row.form),
        "withheld": row.withheld,
        "sentence": row.sentence,
        "data_quality": row.statement.text,
    }


def hospital_report(release: Release, content: MeasureContent, reporter: Reporter) -> Item:
    result, form = content.result, content.finding.form
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
            score=as_written(result.rate, form),
            unit=unit_of(form),
            texts={"reading": content.reading, "sentence": content.sentence, "data-quality": content.statement.text},
            decimals={
                "expected": rounded_to(result.expected, 1),
                "observed-over-expected": rounded_to(result.oe, 2),
                "exposure": rounded_to(content.finding.total, 4),
            },
            percents={
                "risk-adjusted-rate": percents(result.adjusted_rate),
                "collaborative": as_told(content.finding.collaborative, form),
                "benchmark": as_told(content.finding.benchmark, form),
                "median": as_written(content.finding.quartiles[1], form) if content.finding.quartiles else None,
            },
            interval=None
            if low is None or high is None
            else (as_written(low, form) or 0.0, as_written(high, form) or 0.0),
        )
    )


def pooled_report(release: Release, row: PooledRow, reporter: Reporter) -> Item:
    """Counts of all hospitals are masked: two releases side by side would tell what one hospital added."""
    continuous = row.spec.kind is MeasureKind.CONTINUOUS
    codes = ("initial-population", *(("measure-population",) if continuous else ("denominator", "numerator")))
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
            score=as_told(row.value, row.form),
            unit=unit_of(row.form),
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
    # A continuous variable has one population, which is measured; nothing of it is a numerator.
    continuous = result.measure_version.definition.kind is MeasureKind.CONTINUOUS
    whole = "measure-population" if continuous else "denominator"
    yield Population(code="initial-population", count=initial)
    yield Population(code=whole, count=initial)
    for name, label, count in steps:
        if name != NOT_IN_POPULATION:
            yield Population(code=f"{whole}-exclusion", count=count, text=label)
    yield Population(code=f"{whole}-exclusion", count=result.cannot_tell, text="Cannot tell, an answer is missing")
    if not continuous:
        yield Population(code="numerator", count=result.observed)
