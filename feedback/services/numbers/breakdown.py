"""The cases of one hospital behind one number, split by what the form asks: counts, rate and interval of each part."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from feedback.enums import Outcome
from feedback.services.numbers.scales import Sample, estimate
from feedback.services.numbers.values import Json
from measures.definition.spec import MeasureSpec
from riskstats.intervals import wilson


LEVEL = 0.95
FEWEST = 10  # cases of a part that is shown by itself: DOMAIN 3.10
COUNTING = {Outcome.MET, Outcome.NOT_MET}


@dataclass(frozen=True, kw_only=True)
class Splitter:
    """A variable by which cases are split; `labels` in the order of the form, empty for codes of the hospital's own."""

    variable: str
    label: str
    labels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Cell:
    value: str
    label: str
    cases: int
    met: int
    rate: float
    low: float
    high: float


def split(by: Splitter, rows: Iterable[tuple[Outcome, str | None]]) -> Json:
    """Parts of fewer than ten cases are told together, and so are cases of which the part is not known."""
    counts = Counter((value or "", outcome) for outcome, value in rows if outcome in COUNTING)
    cases = Counter[str]()
    for (value, _), number in counts.items():
        cases[value] += number
    unknown = cases.pop("", 0)
    shown = [value for value in _in_order(by, list(cases)) if cases[value] >= FEWEST]
    few = [number for number in cases.values() if number < FEWEST]
    return {
        "variable": by.variable,
        "label": by.label,
        "own_code": not by.labels,
        "cells": [asdict(cell) for cell in _cells(by, shown, cases, counts)],
        "few": {"values": len(few), "cases": sum(few)},
        "unknown": unknown,
    }


def split_values(by: Splitter, measure: MeasureSpec, sample: Sample, values: Sequence[str | None]) -> Json:
    """The same of cases that carry a value; `values` are the answers of the cases of the sample, in its order."""
    answers = np.array([value or "" for value in values], dtype=object)
    cases = Counter[str](answers.tolist())
    unknown = cases.pop("", 0)
    cells = []
    for value in _in_order(by, [each for each, number in cases.items() if number >= FEWEST]):
        part = sample.where(answers == value)
        if found := estimate(measure, part):
            told = {"rate": found.value, "low": found.low, "high": found.high}
            label = by.labels.get(value, value)
            cells.append({"value": value, "label": label, "cases": len(part), "met": part.events, **told})
    few = [number for number in cases.values() if number < FEWEST]
    return {
        "variable": by.variable,
        "label": by.label,
        "own_code": not by.labels,
        "cells": cells,
        "few": {"values": len(few), "cases": sum(few)},
        "unknown": unknown,
    }


def _in_order(by: Splitter, values: Sequence[str]) -> list[str]:
    """As the form lists them; codes of the hospital by their letters, never by their rate."""
    places = {value: place for place, value in enumerate(by.labels)}
    return sorted(values, key=lambda value: (places.get(value, len(places)), value))


def _cells(
    by: Splitter,
    values: Sequence[str],
    cases: Mapping[str, int],
    counts: Mapping[tuple[str, Outcome], int],
) -> list[Cell]:
    if not values:
        return []
    met, numbers = [counts[value, Outcome.MET] for value in values], [cases[value] for value in values]
    limits = wilson(met, numbers, LEVEL)
    return [
        Cell(value=value, label=by.labels.get(value, value), cases=n, met=m, rate=m / n, low=low, high=high)
        for value, m, n, low, high in zip(values, met, numbers, limits.lo.tolist(), limits.hi.tolist(), strict=True)
    ]
