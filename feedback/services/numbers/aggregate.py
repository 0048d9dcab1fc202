"""All numbers of an aggregate measure of a release, from what was supplied and frozen: the same figures give the same.

With expected counts by New York State's method (STATISTICS 2.1, 9): O/E times the rate of all, exact Poisson limits on O.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from feedback.selectors.aggregate_slices import AggregateSlice, Supplied
from feedback.services.numbers.control import Period, supplied_chart
from feedback.services.numbers.effects import LEVEL
from feedback.services.numbers.fit import Fitted
from feedback.services.numbers.measure import compare
from feedback.services.numbers.values import AggregateInput, Compared, Json, MeasureNumbers, SiteNumbers
from riskstats.errors import ModelRefusedError
from riskstats.ratios import count_ratios, smoothed_ratios


def compute_aggregate(given: AggregateInput) -> MeasureNumbers:
    """Sums, rates, intervals, comparison with what was expected, benchmark, readings and control limits.

    Raises
    ------
    ModelRefusedError
        Expected counts are asked for, and those of some hospital were not supplied.
    """
    periods = _periods(given.slices.values())
    counted = {key: _counted(each, periods) for key, each in sorted(given.slices.items())}
    counted = {key: replace(site, control=_control(given, key)) for key, site in counted.items()}
    if not given.measure.is_adjusted:
        return compare(given, counted, None)
    expected = {key: _expected(given, key) for key, site in counted.items() if site.denominator}
    return compare(given, counted, lambda: compare_with_expected(counted, expected))


def compare_with_expected(counted: Mapping[int, SiteNumbers], expected: Mapping[int, float]) -> Fitted:
    """Each hospital against its expected count; their rates are smoothed for what small counts must not tell."""
    keys = list(expected)
    observed, means = [counted[key].observed for key in keys], [expected[key] for key in keys]
    overall = sum(observed) / sum(counted[key].denominator for key in keys)
    found = count_ratios(observed, means, LEVEL)
    ratios = (found.oe, found.lo, found.hi)
    rates = tuple(each * overall for each in ratios)
    columns = (
        np.array(means),
        np.array(means),
        *ratios,
        *rates,
        found.z,
        found.p_mid,
    )  # variance of a Poisson: its mean
    rows = zip(*(column.tolist() for column in columns), strict=True)
    smoothed = (smoothed_ratios(observed, means).smoothed * overall).tolist()
    return Fitted(
        numbers=None,
        hospitals={key: Compared(**dict(zip(_NAMES, row, strict=True))) for key, row in zip(keys, rows, strict=True)},
        effects={},
        smoothed=dict(zip(keys, smoothed, strict=True)),
    )


_NAMES = tuple(Compared.__dataclass_fields__)


def _expected(given: AggregateInput, key: int) -> float:
    figures = given.slices[key].figures
    lacking = [each.period for each in figures if each.denominator and each.expected is None]
    if lacking:
        raise ModelRefusedError(
            f"{given.measure.name}: expected counts are missing for {lacking[0]}. "
            "Upload those figures again with their expected counts"
        )
    return sum(each.expected or 0.0 for each in figures)


def _counted(supplied: AggregateSlice, periods: Sequence[str]) -> SiteNumbers:
    denominator = sum(each.denominator for each in supplied.figures)
    return SiteNumbers(
        cases=denominator,
        excluded=0,
        cannot_tell=0,
        denominator=denominator,
        observed=sum(each.numerator for each in supplied.figures),
        flow=[],
        missing={},
        trend=[_point(period, (*supplied.history, *supplied.figures)) for period in periods],
    )


def _periods(slices: Iterable[AggregateSlice]) -> list[str]:
    """Every period that any hospital has figures of, oldest first; the points of the trend."""
    found = {(each.first_day, each.last_day): each.period for part in slices for each in (*part.history, *part.figures)}
    return [found[days] for days in sorted(found)]


def _control(given: AggregateInput, key: int) -> Json:
    """Every period that was supplied of the hospital, as one point: the trend goes on from upload to upload."""
    supplied = (*given.slices[key].history, *given.slices[key].figures)
    found = {(each.first_day, each.last_day): each for each in supplied if each.denominator}
    periods = [
        Period(each.period, each.denominator, each.numerator, each.expected)
        for each in (found[days] for days in sorted(found))
    ]
    before = given.before.charts.get(key) if given.before else None
    return supplied_chart(periods, adjusted=given.measure.is_adjusted, before=before, anew=given.anew.get(key, ()))


def _point(period: str, figures: Sequence[Supplied]) -> Json:
    own = [each for each in figures if each.period == period]
    return {
        "quarter": period,
        "denominator": sum(each.denominator for each in own),
        "observed": sum(each.numerator for each in own),
    }
