"""All numbers of one measure of a release, from its frozen slices alone: the same slices give the same numbers."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from feedback.enums import Reading
from feedback.selectors.disclosing import shown_benchmark
from feedback.services.numbers.effects import LEVEL
from feedback.services.numbers.fit import Fitted, fit_measure
from feedback.services.numbers.funnel import funnel
from feedback.services.numbers.over_time import over_time
from feedback.services.numbers.tally import add_trends, quarters_of, tally
from feedback.services.numbers.valued import compare_values
from feedback.services.numbers.values import Comparison, MeasureInput, MeasureNumbers, PooledNumbers, SiteNumbers
from measures.definition.spec import Direction
from privacy.disclosure import pooled_share
from riskstats.abc import Benchmark, achievable_benchmark, risk_adjusted_benchmark
from riskstats.intervals import wilson
from riskstats.reliability import beta_binomial


READINGS = {"better": Reading.BETTER, "worse": Reading.WORSE}


@dataclass(frozen=True)
class _Group:
    """All hospitals together. `comparable` is false where a comparison would tell about a single hospital."""

    denominator: int
    observed: int
    comparable: bool
    fitted: Fitted | None = None
    benchmark: float | None = None
    benchmark_hospitals: int = 0
    shown_benchmark: float | None = None

    @property
    def rate(self) -> float | None:
        return self.observed / self.denominator if self.denominator else None


def compute_measure(given: MeasureInput) -> MeasureNumbers:
    """Counts, rates, intervals, risk adjustment, benchmark, readings and control limits.

    Raises
    ------
    ModelRefusedError
        The risk model cannot be fitted on these cases.
    """
    if given.measure.has_value:
        return compare_values(given)
    quarters = quarters_of(given.slices.values(), given.window_from, given.window_to)
    counted = {key: tally(columns, given.measure, quarters) for key, columns in sorted(given.slices.items())}
    model = given.risk_model
    return over_time(given, compare(given, counted, partial(fit_measure, given, model) if model else None))


def compare(given: Comparison, counted: Mapping[int, SiteNumbers], fit: Callable[[], Fitted] | None) -> MeasureNumbers:
    """From the counts of hospitals, wherever they come from, to all numbers. Nothing is fitted where nothing is compared."""
    sites = _with_shrunken(_with_rates(counted))
    group = _group(given, sites, fit)
    sites = {key: _compared(site, group, key, given) for key, site in sites.items()}
    pooled = PooledNumbers(
        hospitals=sum(1 for site in sites.values() if site.denominator),
        denominator=group.denominator,
        observed=group.observed,
        expected=sum(each.expected for each in group.fitted.hospitals.values()) if group.fitted else None,
        rate=group.rate,
        benchmark=group.benchmark,
        benchmark_hospitals=group.benchmark_hospitals,
        trend=add_trends([site.trend for site in sites.values()]),
        funnel=funnel(sites, group.rate, adjusted=group.fitted is not None),
    )
    return MeasureNumbers(
        sites=sites,
        pooled=pooled,
        fit=group.fitted.numbers if group.fitted else None,
        risks=group.fitted.risks if group.fitted else {},
    )


def _with_rates(sites: Mapping[int, SiteNumbers]) -> dict[int, SiteNumbers]:
    if not sites:
        return {}
    limits = wilson([site.observed for site in sites.values()], [site.denominator for site in sites.values()], LEVEL)
    return {
        key: replace(site, rate=site.observed / site.denominator, rate_low=low, rate_high=high)
        if site.denominator
        else site
        for (key, site), low, high in zip(sites.items(), limits.lo.tolist(), limits.hi.tolist(), strict=True)
    }


def _with_shrunken(sites: Mapping[int, SiteNumbers]) -> dict[int, SiteNumbers]:
    """Rates pulled towards the mean by the beta-binomial model; a risk model replaces them by its own."""
    shown = {key: site for key, site in sites.items() if site.denominator}
    if not shown:
        return dict(sites)
    found = beta_binomial([site.observed for site in shown.values()], [site.denominator for site in shown.values()])
    shrunken = dict(zip(shown, found.shrunken.tolist(), strict=True))
    return {key: replace(site, shrunken_rate=shrunken.get(key)) for key, site in sites.items()}


def _group(given: Comparison, sites: Mapping[int, SiteNumbers], fit: Callable[[], Fitted] | None) -> _Group:
    observed, denominators = (
        sum(site.observed for site in sites.values()),
        [site.denominator for site in sites.values()],
    )
    comparable = pooled_share(observed, denominators, given.rules) is not None
    group = _Group(sum(denominators), observed, comparable)
    if not comparable:
        return group
    group = replace(group, fitted=fit()) if fit else group
    best = _benchmark(sites, group, given.measure.direction)
    value = best.benchmark * (group.rate or 0) if group.fitted else best.benchmark
    leading, hospitals = int(best.selected.sum()), sum(1 for each in denominators if each)
    return replace(
        group,
        benchmark=value,
        benchmark_hospitals=leading,
        shown_benchmark=shown_benchmark(value, leading=leading, hospitals=hospitals),
    )


def _benchmark(sites: Mapping[int, SiteNumbers], group: _Group, direction: Direction) -> Benchmark:
    higher = direction is Direction.HIGHER
    cases, observed = [site.denominator for site in sites.values()], [site.observed for site in sites.values()]
    if group.fitted is None:
        return achievable_benchmark(observed, cases, higher_is_better=higher)
    found = group.fitted.hospitals
    expected = [found[key].expected if key in found else 0.0 for key in sites]
    # Ranked by the model's rate, so that a small hospital without events cannot lead.
    effect = [group.fitted.merit(key) for key in sites]
    return risk_adjusted_benchmark(effect, observed, expected, cases, higher_is_better=higher)


def _compared(site: SiteNumbers, group: _Group, key: int, given: Comparison) -> SiteNumbers:
    if group.fitted and key in group.fitted.hospitals:
        site = replace(site, **vars(group.fitted.hospitals[key]))
    if group.fitted and (effect := group.fitted.effects.get(key)):
        site = replace(site, **vars(effect), shrunken_rate=effect.adjusted_rate)
    if group.fitted and key in group.fitted.smoothed:
        site = replace(site, shrunken_rate=group.fitted.smoothed[key])
    if not group.comparable or site.denominator < given.minimum_cases:
        return site
    higher = given.measure.direction is Direction.HIGHER
    return replace(site, reading=_reading(site, group, higher=higher), gap=_gap(site, group, higher=higher))


def _reading(site: SiteNumbers, group: _Group, *, higher: bool) -> Reading:
    """Better or worse by the flag of the posterior; without one, when the 95 % interval of the page excludes the rate of all."""
    if site.flag:
        return READINGS.get(site.flag.rpartition("-")[2], Reading.AS_EXPECTED)
    if site.oe is not None:
        low, high, middle = site.oe_low or 0.0, site.oe_high or 0.0, 1.0
    else:
        low, high, middle = site.rate_low or 0.0, site.rate_high or 1.0, group.rate or 0.0
    if low > middle:
        return Reading.BETTER if higher else Reading.WORSE
    if high < middle:
        return Reading.WORSE if higher else Reading.BETTER
    return Reading.AS_EXPECTED


def _gap(site: SiteNumbers, group: _Group, *, higher: bool) -> int | None:
    """Patients between this hospital and the benchmark as members see it; none where it is reached."""
    if group.shown_benchmark is None or not group.rate:
        return None
    patients = site.denominator if site.expected is None else site.expected / group.rate
    gap = patients * group.shown_benchmark - site.observed
    return max(0, math.ceil((gap if higher else -gap) - 1e-9))
