"""Count what a slice holds: the case flow, what nobody can tell, and quarters."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt

from feedback.enums import BY_DECISION, Outcome
from feedback.selectors.slices import OUTCOMES, Slice
from feedback.services.numbers.values import Json, SiteNumbers
from measures.definition.evaluate import NOT_IN_POPULATION
from measures.definition.spec import MeasureSpec


NOT_IN_POPULATION_LABEL = "Not in the population of this measure"
BY_DECISION_LABEL = "Excluded by decision of the coordinating centre"


MONTHS_IN_QUARTER = 3
MONTHS_BEFORE_1970 = 1970 * 12


def quarter_of(day: date) -> int:
    """Quarters since year 0, so that they can be counted through."""
    return month_of(day) // MONTHS_IN_QUARTER


def month_of(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def month_name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


def quarter_name(quarter: int) -> str:
    return f"{quarter // 4}-Q{quarter % 4 + 1}"


def quarters_of_days(days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """The same for days counted from 1 January 1970."""
    return np.asarray(months_of_days(days) // MONTHS_IN_QUARTER)


def months_of_days(days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Months since year 0 of days counted from 1 January 1970."""
    return np.asarray(days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + MONTHS_BEFORE_1970)


def outcomes_of(columns: Slice) -> npt.NDArray[np.bytes_]:
    """A letter a case."""
    return np.frombuffer(columns.outcomes.encode(), dtype="S1")


def quarters_of(slices: Iterable[Slice], first: date, last: date) -> list[int]:
    """Every quarter from the earliest with cases to the end of the window."""
    months = (month for columns in slices for month, _, _ in columns.history)
    begin = min([quarter_of(first), *(month // MONTHS_IN_QUARTER for month in months)])
    return list(range(begin, quarter_of(last) + 1))


def tally(columns: Slice, measure: MeasureSpec, quarters: list[int]) -> SiteNumbers:
    """Counts of one hospital; rates and comparisons are added later."""
    kinds = Counter(columns.outcomes)
    counts = {outcome: kinds[letter] for letter, outcome in OUTCOMES.items()}
    return SiteNumbers(
        cases=len(columns),
        excluded=counts[Outcome.EXCLUDED],
        cannot_tell=counts[Outcome.CANNOT_TELL],
        denominator=counts[Outcome.MET] + counts[Outcome.NOT_MET],
        observed=counts[Outcome.MET],
        flow=_flow(columns, measure),
        missing=_missing(columns),
        trend=_trend(columns, quarters),
    )


def _flow(columns: Slice, measure: MeasureSpec) -> list[Json]:
    """How many cases each step leaves out, in the order of the definition."""
    names = [(NOT_IN_POPULATION, NOT_IN_POPULATION_LABEL), *((each.name, each.label) for each in measure.exclusions)]
    found = np.bincount(np.asarray(columns.reason), minlength=len(columns.reasons)).tolist()
    counts = Counter(dict(zip(columns.reasons, found, strict=True)))
    names += [(BY_DECISION, BY_DECISION_LABEL)] if counts[BY_DECISION] else []
    return [{"name": name, "label": label, "count": counts[name]} for name, label in names]


def _missing(columns: Slice) -> dict[str, int]:
    counts: Counter[str] = Counter()
    found = np.bincount(np.asarray(columns.gap), minlength=len(columns.gaps)).tolist()
    for names, cases in zip(columns.gaps, found, strict=True):
        counts.update(dict.fromkeys(names, cases))
    return dict(sorted(counts.items()))


def _trend(columns: Slice, quarters: list[int]) -> list[Json]:
    counts: Counter[tuple[int, str]] = Counter()
    happened, letters = quarters_of_days(np.asarray(columns.days)), outcomes_of(columns)
    for letter in "mn":
        found, cases = np.unique(happened[letters == letter.encode()], return_counts=True)
        counts.update({(quarter, letter): count for quarter, count in zip(found.tolist(), cases.tolist(), strict=True)})
    for month, met, not_met in columns.history:
        counts[month // MONTHS_IN_QUARTER, "m"] += met
        counts[month // MONTHS_IN_QUARTER, "n"] += not_met
    return [
        {
            "quarter": quarter_name(quarter),
            "denominator": counts[quarter, "m"] + counts[quarter, "n"],
            "observed": counts[quarter, "m"],
        }
        for quarter in quarters
    ]


def add_trends(trends: list[list[Json]]) -> list[Json]:
    """All hospitals together, quarter by quarter."""
    return [
        {
            "quarter": points[0]["quarter"],
            "denominator": sum(int(str(point["denominator"])) for point in points),
            "observed": sum(int(str(point["observed"])) for point in points),
        }
        for points in zip(*trends, strict=True)
    ]
