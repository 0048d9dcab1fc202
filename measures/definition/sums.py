"""What the values of cases come to, from what they add up to. Pure: workers and pages add up alike."""

import math

from measures.definition.spec import Average, MeasureKind, MeasureSpec


def from_scale(measure: MeasureSpec, mean: float) -> float:
    """A mean on the scale on which a continuous measure averages, in its unit."""
    return math.exp(mean) if measure.average is Average.GEOMETRIC else mean


def value_of(measure: MeasureSpec, *, events: int, cases: int, total: float) -> float | None:
    """Events by the sum of values, or the mean of them; None where there is nothing to divide by."""
    if measure.kind is MeasureKind.CONTINUOUS:
        return from_scale(measure, total / cases) if cases else None
    return events / total if total > 0 else None
