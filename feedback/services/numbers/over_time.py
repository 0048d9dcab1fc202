"""What only the own hospital and the centre see of a measure: months on a control chart, cases one by one, strata."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from feedback.selectors.slices import Sequenced, Slice
from feedback.services.numbers.control import Period, control_chart
from feedback.services.numbers.monitoring import EPOCH, RARE, WATCHED, MonitoredCases, Watch, monitored, no_chart
from feedback.services.numbers.rare import Watched, rare_chart, sequenced
from feedback.services.numbers.strata import strata_of
from feedback.services.numbers.tally import month_name, month_of, months_of_days, outcomes_of
from feedback.services.numbers.values import Before, Json, MeasureInput, MeasureNumbers, Risks, SiteNumbers
from measures.definition.spec import Direction


Floats = npt.NDArray[np.float64]
DAYS_IN_YEAR = 365.25


def over_time(given: MeasureInput, numbers: MeasureNumbers) -> MeasureNumbers:
    """Add to each hospital what the release keeps of it over time and in its strata."""
    strata = strata_of(given, numbers.risks)
    sites = {
        key: replace(
            site,
            control=_control(given, key, site, numbers.risks.get(key)),
            cumulative=_cumulative(given, key, site, numbers.risks.get(key)),
            strata=strata[key],
        )
        for key, site in numbers.sites.items()
    }
    return replace(numbers, sites=sites)


@dataclass(frozen=True)
class _Counted:
    """The cases of a slice that count, in its order."""

    days: npt.NDArray[np.int32]
    met: npt.NDArray[np.bool_]


def _counted(columns: Slice) -> _Counted:
    letters = outcomes_of(columns)
    places = np.flatnonzero(np.isin(letters, [b"m", b"n"]))
    return _Counted(np.asarray(columns.days, dtype=np.int32)[places], letters[places] == b"m")


def _control(given: MeasureInput, key: int, site: SiteNumbers, risks: Risks | None) -> Json:
    """Event by event where there are few, else by month or quarter."""
    before = given.before.charts.get(key) if given.before else None
    columns, anew = given.slices[key], given.anew.get(key, ())
    if given.measure.domain in WATCHED and site.denominator and _few_events(given, site, before):
        counted = _counted(columns)
        events = sequenced(counted.days, counted.met, columns.rare or Sequenced((), (), 0))
        if chart := rare_chart(Watched(kind="g", events=events, last_day=given.window_to), before=before, anew=anew):
            return chart
    months = months_of(columns, given.window_from, given.window_to, risks)
    return control_chart(months, adjusted=risks is not None, before=before, anew=anew)


def _few_events(given: MeasureInput, site: SiteNumbers, before: Json | None) -> bool:
    """Fewer than ten a year; once drawn so, a chart stays so until there are twice as many."""
    most = RARE * (2 if before and before.get("unit") == "event" else 1)
    return _events_a_year(given, site) < most


def _events_a_year(given: MeasureInput, site: SiteNumbers) -> float:
    return (site.observed if site.expected is None else site.expected) / _years(given)


def _years(given: MeasureInput) -> float:
    return ((given.window_to - given.window_from).days + 1) / DAYS_IN_YEAR


def months_of(columns: Slice, first: date, last: date, risks: Risks | None = None) -> list[Period]:
    """Every month from the first with cases to the end of the window; expected events within the window only.

    Of the newest also the cases that may still come to count: cannot be told, or not complete yet.
    """
    counted, opens, newest = _counted(columns), month_of(first), month_of(last)
    happened = months_of_days(counted.days)
    met, cases = Counter[int](), Counter[int]()
    expected: dict[int, float] = {}
    begin = min([opens, *(month for month, _, _ in columns.history)])
    for month, events, others in columns.history:
        met[month], cases[month] = events, events + others
    for at, month in enumerate(range(opens, newest + 1)):
        inside = happened == opens + at
        met[month] += int(counted.met[inside].sum())
        cases[month] += int(inside.sum())
        if risks is not None:
            expected[month] = float(risks.now[inside].sum())
    unknown = _untold(columns, opens)
    unknown[newest] += columns.open
    return [
        Period(month_name(month), cases[month], met[month], expected.get(month), unknown[month])
        for month in range(begin, newest + 1)
    ]


def _untold(columns: Slice, opens: int) -> Counter[int]:
    """By month of the window: cases for which an answer is missing."""
    places = outcomes_of(columns) == b"c"
    months, cases = np.unique(months_of_days(np.asarray(columns.days, dtype=np.int32)[places]), return_counts=True)
    return Counter(
        {month: count for month, count in zip(months.tolist(), cases.tolist(), strict=True) if month >= opens}
    )


def _cumulative(given: MeasureInput, key: int, site: SiteNumbers, risks: Risks | None) -> Json:
    if given.measure.domain not in WATCHED or not site.denominator:
        return {}
    a_year = site.denominator / _years(given)
    rare = _events_a_year(given, site) < RARE
    counted = _counted(given.slices[key])
    reason, frozen = _frozen(given, counted, risks)
    if frozen is None or given.before is None:
        return no_chart(reason) | {"rare": rare}
    later = counted.days > (given.before.closed - EPOCH).days
    cases = MonitoredCases(counted.days[later], frozen[later], counted.met[later])
    watch = Watch(
        higher_is_better=given.measure.direction is Direction.HIGHER,
        cases_a_year=a_year,
        source=_source(given, given.before),
    )
    return monitored(cases, watch) | {"rare": rare}


def _frozen(given: MeasureInput, counted: _Counted, risks: Risks | None) -> tuple[str, Floats | None]:
    """A risk for each case from the release before, or why there is none."""
    if given.before is None:
        return (
            "There is no chart yet: what to expect of a case must be settled by an earlier release, before it happens.",
            None,
        )
    if given.risk_model is None:
        if given.before.rate is None:
            return f"Release {given.before.release} had no rate of all hospitals to expect of a case.", None
        return "", np.full(len(counted.days), given.before.rate)
    if risks is None or risks.frozen is None or given.earlier is None or given.earlier.release != given.before.release:
        return f"Release {given.before.release} had no risk model that can be read with these cases.", None
    return "", risks.frozen


def _source(given: MeasureInput, before: Before) -> str:
    if given.risk_model:
        return f"by the risk model of release {before.release}"
    return f"by the rate of all hospitals in release {before.release}"
