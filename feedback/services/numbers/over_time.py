"""What only the own hospital and the centre see of a measure: months on a control chart, cases one by one, strata."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from feedback.selectors.slices import Slice
from feedback.services.numbers.control import Period, control_chart
from feedback.services.numbers.monitoring import EPOCH, RARE, MonitoredCases, Watch, monitored, no_chart
from feedback.services.numbers.strata import strata_of
from feedback.services.numbers.tally import month_name, month_of, months_of_days, outcomes_of
from feedback.services.numbers.values import Before, Json, MeasureInput, MeasureNumbers, Risks, SiteNumbers
from measures.definition.spec import Direction, Domain


Floats = npt.NDArray[np.float64]
DAYS_IN_YEAR = 365.25
WATCHED = frozenset({Domain.OUTCOME, Domain.BALANCING})  # what is done for every patient has no case-by-case evidence


def over_time(given: MeasureInput, numbers: MeasureNumbers) -> MeasureNumbers:
    """Add to each hospital what the release keeps of it over time and in its strata."""
    strata = strata_of(given)
    sites = {
        key: replace(
            site,
            control=_control(given, key, numbers.risks.get(key)),
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


def _control(given: MeasureInput, key: int, risks: Risks | None) -> Json:
    frozen = given.before.baselines.get(key) if given.before else None
    months = months_of(given.slices[key], given.window_from, given.window_to, risks)
    return control_chart(months, adjusted=risks is not None, frozen=frozen)


def months_of(columns: Slice, first: date, last: date, risks: Risks | None = None) -> list[Period]:
    """Every month from the first with cases to the end of the window; expected events within the window only."""
    counted, opens = _counted(columns), month_of(first)
    happened = months_of_days(counted.days)
    met, cases = Counter[int](), Counter[int]()
    expected: dict[int, float] = {}
    begin = min([opens, *(month for month, _, _ in columns.history)])
    for month, events, others in columns.history:
        met[month], cases[month] = events, events + others
    for at, month in enumerate(range(opens, month_of(last) + 1)):
        inside = happened == opens + at
        met[month] += int(counted.met[inside].sum())
        cases[month] += int(inside.sum())
        if risks is not None:
            expected[month] = float(risks.now[inside].sum())
    return [
        Period(month_name(month), cases[month], met[month], expected.get(month))
        for month in range(begin, month_of(last) + 1)
    ]


def _cumulative(given: MeasureInput, key: int, site: SiteNumbers, risks: Risks | None) -> Json:
    if given.measure.domain not in WATCHED or not site.denominator:
        return {}
    years = ((given.window_to - given.window_from).days + 1) / DAYS_IN_YEAR
    a_year = site.denominator / years
    rare = (site.observed if site.expected is None else site.expected) / years < RARE
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
