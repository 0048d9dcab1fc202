"""Measures with a value of each case: how cases add up, what comes of the sum, and how sure it is. See ADR 21.

Rate and ratio: events by the sum of what each case brings (exposure, or expectation). Continuous: the geometric mean, or the
mean where the definition says so.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from feedback.selectors.slices import Slice
from feedback.services.numbers.tally import outcomes_of
from measures.definition.spec import Average, MeasureKind, MeasureSpec
from measures.definition.sums import from_scale, value_of
from riskstats.errors import ModelRefusedError
from riskstats.intervals import byar
from riskstats.means import mean_interval
from riskstats.providers import fit_lmm
from riskstats.ratios import smoothed_ratios


LEVEL = 0.95
FEWEST_QUARTILES = 8  # cases of a median and its quartiles
LONE = 0.5  # share of one case in what a sum is made of: it would be told nearly by itself
COARSE = 0.05  # of the value of all hospitals: the least that events by exposure are rounded to
FINE = 0.02  # of a typical value, which no count can be worked out from
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """The cases that count: days, whether the numerator is true, the values, and the values as they are added up."""

    days: npt.NDArray[np.int32]
    met: npt.NDArray[np.bool_]
    values: Floats
    scaled: Floats

    def __len__(self) -> int:
        return len(self.values)

    @property
    def events(self) -> int:
        return int(self.met.sum())

    @property
    def total(self) -> float:
        return float(self.scaled.sum())

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Sample":
        return Sample(self.days[chosen], self.met[chosen], self.values[chosen], self.scaled[chosen])


@dataclass(frozen=True)
class Estimate:
    """A value with its 95% interval; limits are None where a single case cannot give them."""

    value: float
    low: float | None
    high: float | None


def counted_places(columns: Slice) -> npt.NDArray[np.intp]:
    """Of the cases that count and have their value."""
    counts = np.isin(outcomes_of(columns), [b"m", b"n"])
    return np.flatnonzero(counts & ~np.isnan(_values(columns)))


def _values(columns: Slice) -> Floats:
    return np.full(len(columns), math.nan) if columns.values is None else np.asarray(columns.values, dtype=np.float64)


def sample_of(columns: Slice, measure: MeasureSpec) -> Sample:
    places = counted_places(columns)
    values = _values(columns)[places]
    met = outcomes_of(columns)[places] == b"m"
    return Sample(np.asarray(columns.days, dtype=np.int32)[places], met, values, on_scale(measure, values))


def on_scale(measure: MeasureSpec, values: Floats) -> Floats:
    """As the measure adds them up: exposures not below 0, logarithms for a geometric mean."""
    if measure.kind is not MeasureKind.CONTINUOUS:
        return np.maximum(values, 0.0)
    if measure.average is Average.GEOMETRIC:
        return np.asarray(np.log(np.maximum(values, measure.smallest_value)))
    return values


def estimate(measure: MeasureSpec, sample: Sample) -> Estimate | None:
    """Byar's interval of the events; Student's of the mean, on the scale of the measure."""
    value = value_of(measure, events=sample.events, cases=len(sample), total=sample.total)
    if value is None:
        return None
    if measure.kind is not MeasureKind.CONTINUOUS:
        limits = byar(sample.events, LEVEL)
        return Estimate(value, float(limits.lo) / sample.total, float(limits.hi) / sample.total)
    found = mean_interval(sample.scaled, LEVEL)
    if not math.isfinite(found.lo):
        return Estimate(value, None, None)
    return Estimate(value, from_scale(measure, found.lo), from_scale(measure, found.hi))


def shrunken(measure: MeasureSpec, samples: Sequence[Sample]) -> list[float]:
    """Every hospital's value pulled towards that of all, those of few cases most: what peers are told of a small one."""
    total, cases = sum(each.total for each in samples), sum(map(len, samples))
    overall = value_of(measure, events=sum(each.events for each in samples), cases=cases, total=total) or 0.0
    if measure.kind is not MeasureKind.CONTINUOUS:
        if not overall:
            return [0.0] * len(samples)
        found = smoothed_ratios([each.events for each in samples], [each.total * overall for each in samples])
        return [float(ratio) * overall for ratio in found.smoothed]
    try:
        groups = np.repeat(np.arange(len(samples)), list(map(len, samples)))
        fit = fit_lmm(np.zeros((cases, 0)), np.concatenate([each.scaled for each in samples]), groups)
    except ModelRefusedError:
        # One hospital, or the same value in every case: nothing sets hospitals apart.
        return [overall] * len(samples)
    return [from_scale(measure, float(fit.beta[0] + u)) for u in fit.u]


def is_lone(measure: MeasureSpec, sample: Sample) -> bool:
    """Whether one case makes up most of what the value is made of, so that telling the one would tell the other."""
    if len(sample) < 2:
        return True
    weights = sample.scaled
    if measure.kind is MeasureKind.CONTINUOUS:
        weights = np.abs(weights - np.median(weights))
    total = float(weights.sum())
    return total > 0 and float(weights.max()) > LONE * total


def quartiles(sample: Sample) -> dict[str, float]:
    """Median and quartiles (type 7) of enough cases; never the smallest or the largest."""
    if len(sample) < FEWEST_QUARTILES:
        return {}
    low, middle, high = np.quantile(sample.values, [0.25, 0.5, 0.75]).tolist()
    return {"lower": low, "median": middle, "upper": high}


def step_of(measure: MeasureSpec, overall: float, samples: Sequence[Sample]) -> float:
    """What peers' values are rounded to: 1, 2 or 5 of a decimal place.

    Of events at least a twentieth of the value of all, of a typical value at least a fiftieth; where means may be near 0,
    at least a tenth of the spread of cases.
    """
    wide = (FINE if measure.kind is MeasureKind.CONTINUOUS else COARSE) * abs(overall) * measure.per
    if measure.kind is MeasureKind.CONTINUOUS and measure.average is Average.ARITHMETIC:
        wide = 2 * COARSE * float(np.concatenate([each.scaled for each in samples]).std())
    return float(Decimal(repr(_one_two_five(max(wide, 10.0**-measure.decimals)))) / measure.per)


def _one_two_five(least: float) -> float:
    """The smallest of … 0.1, 0.2, 0.5, 1, 2, 5 … that is not below."""
    place = math.floor(math.log10(least) + 1e-9)
    leading = least / 10.0**place
    digit = next(each for each in (1, 2, 5, 10) if leading <= each * (1 + 1e-9))
    return float(f"{digit}e{place}")
