"""Inputs and results of the computation as plain values. Field names are those of the rows they are kept in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from feedback.enums import Reading
from feedback.selectors.aggregate_slices import AggregateSlice
from feedback.selectors.slices import Slice
from measures.definition.spec import FormSpec, MeasureSpec, RiskModelSpec
from privacy.disclosure import DisclosureRules


Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class FrozenFit:
    """A fit that a release kept, against which later cases are read: name of the release, version of the model."""

    release: str
    version: int
    same_version: bool
    design: Json
    terms: list[Json]


@dataclass(frozen=True, kw_only=True)
class Anew:
    """A hospital began the baseline of its chart anew from a month on: who, when and why."""

    month: date
    reason: str
    who: str
    set_on: date


@dataclass(frozen=True, kw_only=True)
class Before:
    """What the release that members had before told of a measure: later cases are watched by it.

    `closed` is the last day of its window, `rate` that of all its hospitals, `charts` the control charts it kept.
    """

    release: str
    closed: date
    rate: float | None
    charts: Mapping[int, Json]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What comparing hospitals depends on besides their counts."""

    measure: MeasureSpec
    rules: DisclosureRules

    @property
    def minimum_cases(self) -> int:
        return max(self.rules.minimum_cases, self.measure.minimum_cases)


@dataclass(frozen=True, kw_only=True)
class AggregateInput(Comparison):
    """Everything the results of one aggregate measure depend on."""

    slices: Mapping[int, AggregateSlice]
    before: Before | None = None
    anew: Mapping[int, tuple[Anew, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MeasureInput(Comparison):
    """Everything the results of one measure depend on. Hospitals are numbers without meaning here."""

    form: FormSpec
    risk_model: RiskModelSpec | None
    slices: Mapping[int, Slice]
    window_from: date
    window_to: date
    earlier: FrozenFit | None = None
    before: Before | None = None
    anew: Mapping[int, tuple[Anew, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A hospital against what the risk model expects for its own patients."""

    expected: float
    variance: float
    oe: float
    oe_low: float
    oe_high: float
    adjusted_rate: float
    adjusted_low: float
    adjusted_high: float
    z: float
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A hospital against the average hospital, from the posterior of the random-intercept model."""

    odds_ratio: float
    or_low: float
    or_high: float
    act_low: float
    act_high: float
    p_higher: float
    reliability: float
    flag: str
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    adjusted_rate: float
    adjusted_low: float
    adjusted_high: float


@dataclass(frozen=True, kw_only=True)
class SiteNumbers:
    """One hospital in one measure: a `SiteResult` without its keys."""

    cases: int
    excluded: int
    cannot_tell: int
    denominator: int
    observed: int
    flow: list[Json]
    missing: dict[str, int]
    trend: list[Json]
    rate: float | None = None
    rate_low: float | None = None
    rate_high: float | None = None
    expected: float | None = None
    variance: float | None = None
    oe: float | None = None
    oe_low: float | None = None
    oe_high: float | None = None
    adjusted_rate: float | None = None
    adjusted_low: float | None = None
    adjusted_high: float | None = None
    shrunken_rate: float | None = None
    z: float | None = None
    p_value: float | None = None
    odds_ratio: float | None = None
    or_low: float | None = None
    or_high: float | None = None
    act_low: float | None = None
    act_high: float | None = None
    p_higher: float | None = None
    reliability: float | None = None
    flag: str = ""
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    reading: Reading = Reading.TOO_FEW
    gap: int | None = None
    control: Json = field(default_factory=dict)
    cumulative: Json = field(default_factory=dict)
    strata: list[Json] = field(default_factory=list)
    values: Json = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FitNumbers:
    """A fitted risk model: a `ModelFit` without its keys."""

    design: Json
    terms: list[Json]
    covariance: list[list[float]]
    cases: int
    events: int
    c_statistic: float
    c_low: float
    c_high: float
    brier: float
    log_likelihood: float
    calibration: list[Json]
    between: Json
    warnings: list[str]
    details: Json


@dataclass(frozen=True, kw_only=True)
class PooledNumbers:
    """All hospitals together: a `MeasureResult` without its keys."""

    hospitals: int
    denominator: int
    observed: int
    expected: float | None
    rate: float | None
    benchmark: float | None
    benchmark_hospitals: int
    trend: list[Json]
    funnel: Json = field(default_factory=dict)
    values: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Risks:
    """Of the cases of one hospital that count, in their order: by the model of this release, and by the one before."""

    now: npt.NDArray[np.float64]
    frozen: npt.NDArray[np.float64] | None


@dataclass(frozen=True, kw_only=True)
class MeasureNumbers:
    sites: Mapping[int, SiteNumbers]
    pooled: PooledNumbers
    fit: FitNumbers | None
    risks: Mapping[int, Risks] = field(default_factory=dict)
