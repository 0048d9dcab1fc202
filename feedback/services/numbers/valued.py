"""All numbers of a measure whose cases carry a value: rate, ratio, continuous. From its frozen slices alone."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from feedback.enums import Reading
from feedback.selectors.disclosing import shown_benchmark
from feedback.selectors.slices import Slice
from feedback.services.numbers.funnel import rate_funnel
from feedback.services.numbers.scales import (
    Sample,
    counted_places,
    estimate,
    is_lone,
    quartiles,
    sample_of,
    shrunken,
    step_of,
)
from feedback.services.numbers.strata import codes_of, stratum_name
from feedback.services.numbers.tally import MONTHS_IN_QUARTER, quarter_name, quarters_of, quarters_of_days, tally
from feedback.services.numbers.valued_control import control_of_values
from feedback.services.numbers.values import Json, MeasureInput, MeasureNumbers, PooledNumbers, SiteNumbers
from measures.definition.spec import Direction, MeasureKind, MeasureSpec
from measures.definition.sums import value_of
from privacy.disclosure import withheld
from riskstats.abc import risk_adjusted_benchmark


NO_DAYS, NO_EVENTS, NO_VALUES = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.bool_), np.zeros(0)
NO_LIMITS: Json = {"note": "A typical value has no limits over volume: see every hospital's interval instead."}


@dataclass(frozen=True)
class _Group:
    """All hospitals together. `comparable` is false where a comparison would tell about a single hospital or case."""

    value: float | None
    comparable: bool
    step: float | None = None
    benchmark: float | None = None
    benchmark_hospitals: int = 0
    shown_benchmark: float | None = None


def compare_values(given: MeasureInput) -> MeasureNumbers:
    """Counts, values with intervals, benchmark, readings and control limits."""
    measure = given.measure
    quarters = quarters_of(given.slices.values(), given.window_from, given.window_to)
    samples = {key: sample_of(columns, measure) for key, columns in sorted(given.slices.items())}
    sites = {key: _site(given.slices[key], sample, measure, quarters) for key, sample in samples.items()}
    sites = _with_shrunken(sites, samples, measure)
    group = _group(given, sites, samples)
    compared = {key: _compared(site, group, given) for key, site in sites.items()}
    strata = _strata(given)
    kept = {
        # Case by case there is only yes or no to watch: no VLAD, no CUSUM.
        key: replace(site, control=control_of_values(given, key, samples[key]), strata=strata[key])
        for key, site in compared.items()
    }
    return MeasureNumbers(sites=kept, pooled=_pooled(kept, group, samples, measure), fit=None)


def _site(columns: Slice, sample: Sample, measure: MeasureSpec, quarters: list[int]) -> SiteNumbers:
    counts = tally(columns, measure, quarters)
    found = estimate(measure, sample)
    values: Json = {"total": sample.total, "lone": is_lone(measure, sample)} if len(sample) else {}
    if measure.kind is MeasureKind.CONTINUOUS:
        values |= quartiles(sample)
    return replace(
        counts,
        rate=found.value if found else None,
        rate_low=found.low if found else None,
        rate_high=found.high if found else None,
        values=values,
        trend=_trend(columns, sample, measure, counts.trend),
    )


def _trend(columns: Slice, sample: Sample, measure: MeasureSpec, points: Sequence[Json]) -> list[Json]:
    """The quarters with what their values add up to, and what that comes to."""
    totals: dict[str, float] = defaultdict(float)
    for month, total, *_ in columns.sums:
        totals[quarter_name(month // MONTHS_IN_QUARTER)] += total
    happened = quarters_of_days(sample.days)
    for quarter in np.unique(happened).tolist():
        totals[quarter_name(quarter)] += float(sample.scaled[happened == quarter].sum())
    return [_point(measure, point, totals[str(point["quarter"])]) for point in points]


def _point(measure: MeasureSpec, point: Json, total: float) -> Json:
    events, cases = int(str(point["observed"])), int(str(point["denominator"]))
    return point | {"total": total, "value": value_of(measure, events=events, cases=cases, total=total)}


def _with_shrunken(
    sites: Mapping[int, SiteNumbers], samples: Mapping[int, Sample], measure: MeasureSpec
) -> dict[int, SiteNumbers]:
    keys = [key for key, site in sites.items() if site.rate is not None]
    found = dict(zip(keys, shrunken(measure, [samples[key] for key in keys]), strict=True)) if keys else {}
    return {key: replace(site, shrunken_rate=found.get(key)) for key, site in sites.items()}


def _group(given: MeasureInput, sites: Mapping[int, SiteNumbers], samples: Mapping[int, Sample]) -> _Group:
    measure, counted = given.measure, [each for each in samples.values() if len(each)]
    overall = _overall(measure, counted)
    reason = withheld([len(each) for each in counted], given.rules)
    if measure.kind.is_per_value:
        reason = reason or withheld([each.total for each in counted], given.rules)
    if overall is None or reason or is_lone(measure, _together(counted)):
        return _Group(overall, comparable=False)
    step = step_of(measure, overall, counted)
    chosen = _leaders(sites, samples, given)
    value = _overall(measure, [samples[key] for key in chosen])
    told = (
        shown_benchmark(value, leading=len(chosen), hospitals=len(counted), step=Decimal(repr(step))) if value else None
    )
    return _Group(overall, step is not None, step, value, len(chosen), told)


def _overall(measure: MeasureSpec, samples: Sequence[Sample]) -> float | None:
    events, total = sum(each.events for each in samples), sum(each.total for each in samples)
    return value_of(measure, events=events, cases=sum(map(len, samples)), total=total)


def _together(samples: Sequence[Sample]) -> Sample:
    return Sample(
        np.concatenate([NO_DAYS, *(each.days for each in samples)]),
        np.concatenate([NO_EVENTS, *(each.met for each in samples)]),
        np.concatenate([NO_VALUES, *(each.values for each in samples)]),
        np.concatenate([NO_VALUES, *(each.scaled for each in samples)]),
    )


def _leaders(sites: Mapping[int, SiteNumbers], samples: Mapping[int, Sample], given: MeasureInput) -> list[int]:
    """The best hospitals that care for a tenth of the cases, by values that small numbers do not carry to the top."""
    keys = [key for key, site in sites.items() if site.shrunken_rate is not None]
    cases = [len(samples[key]) for key in keys]
    best = risk_adjusted_benchmark(
        [sites[key].shrunken_rate or 0.0 for key in keys],
        cases,
        cases,
        cases,
        higher_is_better=given.measure.direction is Direction.HIGHER,
    )
    return [key for key, leads in zip(keys, best.selected.tolist(), strict=True) if leads]


def _compared(site: SiteNumbers, group: _Group, given: MeasureInput) -> SiteNumbers:
    if (
        not group.comparable
        or site.denominator < given.minimum_cases
        or site.rate_low is None
        or site.rate_high is None
    ):
        return site
    higher = given.measure.direction is Direction.HIGHER
    reading = Reading.AS_EXPECTED
    if group.value is not None and not site.rate_low <= group.value <= site.rate_high:
        reading = Reading.BETTER if (site.rate_low > group.value) == higher else Reading.WORSE
    gap = _gap(site, group, higher=higher) if given.measure.kind.is_per_value else None
    return replace(site, reading=reading, gap=gap)


def _gap(site: SiteNumbers, group: _Group, *, higher: bool) -> int | None:
    """Events between this hospital and the benchmark as members see it; none where it is reached."""
    if group.shown_benchmark is None:
        return None
    gap = float(str(site.values["total"])) * group.shown_benchmark - site.observed
    return max(0, math.ceil((gap if higher else -gap) - 1e-9))


def _pooled(
    sites: Mapping[int, SiteNumbers], group: _Group, samples: Mapping[int, Sample], measure: MeasureSpec
) -> PooledNumbers:
    per_value = measure.kind.is_per_value
    return PooledNumbers(
        hospitals=sum(1 for site in sites.values() if site.denominator),
        denominator=sum(site.denominator for site in sites.values()),
        observed=sum(site.observed for site in sites.values()),
        expected=None,
        rate=group.value,
        benchmark=group.benchmark,
        benchmark_hospitals=group.benchmark_hospitals,
        trend=_pooled_trend([site.trend for site in sites.values()], measure),
        funnel=rate_funnel(sites, group.value) if per_value else NO_LIMITS,
        values={"total": sum(each.total for each in samples.values()), "step": group.step} if group.comparable else {},
    )


def _pooled_trend(trends: Sequence[Sequence[Json]], measure: MeasureSpec) -> list[Json]:
    return [
        _point(
            measure,
            {
                "quarter": points[0]["quarter"],
                "denominator": sum(int(str(point["denominator"])) for point in points),
                "observed": sum(int(str(point["observed"])) for point in points),
            },
            sum(float(str(point["total"])) for point in points),
        )
        for points in zip(*trends, strict=True)
    ]


def _strata(given: MeasureInput) -> dict[int, list[Json]]:
    """For each hospital its strata in the order of the definition, those without cases left out."""
    names = [(variable, code) for variable in given.measure.stratifiers for code, _ in codes_of(given.form, variable)]
    found: dict[int, list[Json]] = {hospital: [] for hospital in given.slices}
    for variable, code in names:
        parts = {key: _part(given.slices[key], given.measure, variable, code) for key in sorted(given.slices)}
        for hospital, entry in _stratum(stratum_name(variable, code), given.measure, parts).items():
            found[hospital].append(entry)
    return found


def _part(columns: Slice, measure: MeasureSpec, variable: str, code: str) -> Sample:
    sample, codes = sample_of(columns, measure), columns.strata.get(variable)
    if codes is None or code not in codes.values:
        return sample.where(np.zeros(len(sample), dtype=np.bool_))
    return sample.where(np.asarray(codes.places)[counted_places(columns)] == codes.values.index(code))


def _stratum(name: str, measure: MeasureSpec, parts: Mapping[int, Sample]) -> dict[int, Json]:
    shown = {key: (sample, found) for key, sample in parts.items() if (found := estimate(measure, sample))}
    if not shown:
        return {}
    pulled = shrunken(measure, [sample for sample, _ in shown.values()])
    return {
        key: {
            "stratum": name,
            "denominator": len(sample),
            "observed": sample.events,
            "total": sample.total,
            "rate": found.value,
            "low": found.low,
            "high": found.high,
            "shrunken": value,
            "lone": is_lone(measure, sample),
        }
        for (key, (sample, found)), value in zip(shown.items(), pulled, strict=True)
    }
