"""Count what a slice holds: the case flow, what nobody can tell, and quarters."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from feedback.enums import BY_DECISION, Outcome
from feedback.selectors.slices import OUTCOMES, Slice
from feedback.services.numbers.values import Json, SiteNumbers
from measures.definition.evaluate import NOT_IN_POPULATION
from measures.definition.spec import MeasureSpec


NOT_IN_POPULATION_LABEL = "Not in the population of this measure"
BY_DECISION_LABEL = "Excluded by decision of the coordinating centre"


def quarter_of(day: date) -> int:
    """Quarters since year 0, so that they can be counted through."""
    return day.year * 4 + (day.month - 1) // 3


def quarter_name(quarter: int) -> str:
    return f"{quarter // 4}-Q{quarter % 4 + 1}"


def quarters_of(slices: Iterable[Slice], first: date, last: date) -> list[int]:
    """Every quarter from the earliest with cases to the end of the window."""
    begin = min([quarter_of(first), *(quarter for columns in slices for quarter, _, _ in columns.history)])
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
    counts = Counter(columns.reasons[reason] for reason in columns.reason)
    names += [(BY_DECISION, BY_DECISION_LABEL)] if counts[BY_DECISION] else []
    return [{"name": name, "label": label, "count": counts[name]} for name, label in names]


def _missing(columns: Slice) -> dict[str, int]:
    counts = Counter(name for gap in columns.gap for name in columns.gaps[gap])
    return dict(sorted(counts.items()))


def _trend(columns: Slice, quarters: list[int]) -> list[Json]:
    counts = Counter(zip(columns.quarters, columns.outcomes, strict=True))
    for quarter, met, not_met in columns.history:
        counts[quarter, "m"] += met
        counts[quarter, "n"] += not_met
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
