"""Fit the risk model of a measure on the frozen cases of all hospitals, and compare each hospital with it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from feedback.services.numbers.effects import LEVEL, Effects, hospital_effects
from feedback.services.numbers.frozen import frozen_risks
from feedback.services.numbers.gathering import Cases, gather
from feedback.services.numbers.particulars import Judged, details_of, label_of
from feedback.services.numbers.values import Compared, Effect, FitNumbers, Json, MeasureInput, Risks
from measures.definition.spec import Covariate, CovariateKind, Direction, FormSpec, RiskModelSpec
from riskstats.errors import ModelRefusedError, SeparationError
from riskstats.intervals import wilson
from riskstats.providers import ObservedExpected, observed_expected
from riskstats.riskmodel import Column, Deciles, Design, DesignMatrix, LogisticFit, Quality, Term, fit_logistic, quality


FEWEST_HOSPITALS = 5  # of the random-intercept model; fewer have O/E only
REACH = NormalDist().inv_cdf(0.5 + LEVEL / 2)
Floats = npt.NDArray[np.float64]
BALANCE = 1e-6  # sum of expected over sum of observed, less one: maximum likelihood makes it nothing


@dataclass(frozen=True)
class Fitted:
    """`smoothed` holds rates of supplied figures, which have no model of ours and so no numbers of one."""

    numbers: FitNumbers | None
    hospitals: Mapping[int, Compared]
    effects: Mapping[int, Effect]
    smoothed: Mapping[int, float] = field(default_factory=dict)
    risks: Mapping[int, Risks] = field(default_factory=dict)

    def merit(self, key: int) -> float:
        """The rate to rank by: the model's where there is one."""
        if key in self.effects:
            return self.effects[key].adjusted_rate
        if key in self.smoothed:
            return self.smoothed[key]
        return self.hospitals[key].adjusted_rate if key in self.hospitals else 0.0


def fit_measure(given: MeasureInput, model: RiskModelSpec) -> Fitted:
    """Fit, judge and compare.

    Raises
    ------
    ModelRefusedError
        The message says what is wrong with the model and what to do; nothing of it may be released.
    """
    cases = gather(given.slices, model)
    design, matrix = learn_design(given.form, model, cases)
    outcomes = cases.outcomes
    fit = fit_logistic(matrix.values, outcomes, names=matrix.names)
    risks = fit.predict(matrix.values)
    compared = observed_expected(outcomes, risks, cases.hospital, LEVEL)
    judged = quality(outcomes, risks)
    _refuse(compared, judged)
    kept = [at for at in range(len(matrix.names)) if at not in fit.dropped]
    effects = _effects(given, cases, matrix.values[:, kept], outcomes)
    numbers = _numbers(fit, design, judged, given.form, matrix.warnings)
    details = details_of(Judged(fit, design, matrix, judged, given.form, outcomes, cases.covariates, given.earlier))
    return Fitted(
        replace(numbers, between=effects.between, details=details),
        _by_hospital(cases.hospitals, compared),
        effects.hospitals,
        risks=_risks(given, cases, risks),
    )


def _risks(given: MeasureInput, cases: Cases, now: Floats) -> dict[int, Risks]:
    """What each hospital's cases were expected to come to; by an earlier fit only where it can read these cases."""
    frozen = frozen_risks(given.earlier, cases.covariates) if given.earlier else None
    ends = np.searchsorted(cases.hospital, np.arange(1, len(cases.hospitals)))
    parts = np.split(now, ends)
    if frozen is None:
        return {key: Risks(part, None) for key, part in zip(cases.hospitals, parts, strict=True)}
    pairs = zip(parts, np.split(frozen, ends), strict=True)
    return {key: Risks(part, before) for key, (part, before) in zip(cases.hospitals, pairs, strict=True)}


def _effects(given: MeasureInput, cases: Cases, covariates: Floats, outcomes: Floats) -> Effects:
    if len(cases.hospitals) < FEWEST_HOSPITALS:
        return Effects({}, {})
    higher = given.measure.direction is Direction.HIGHER
    return hospital_effects(cases.hospitals, covariates, outcomes, cases.hospital, higher_is_better=higher)


def _refuse(compared: ObservedExpected, judged: Quality) -> None:
    if abs(compared.E.sum() / compared.O.sum() - 1) > BALANCE:
        raise ModelRefusedError(
            f"expected events ({compared.E.sum():.6f}) do not add up to observed ones ({compared.O.sum():.0f})"
        )
    if not math.isfinite(judged.c_lo):
        raise SeparationError(
            "expected at least two cases with and two without the outcome; leave the model out until there are more"
        )


def _by_hospital(hospitals: Sequence[int], compared: ObservedExpected) -> dict[int, Compared]:
    rates = (compared.rar, compared.lo * compared.overall, compared.hi * compared.overall)
    columns = (compared.E, compared.V, compared.oe, compared.lo, compared.hi, *rates, compared.z, compared.p_mid)
    names = tuple(Compared.__dataclass_fields__)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {key: Compared(**dict(zip(names, row, strict=True))) for key, row in zip(hospitals, rows, strict=True)}


def learn_design(form: FormSpec, model: RiskModelSpec, cases: Cases) -> tuple[Design, DesignMatrix]:
    try:
        design = Design.learn([_column(each, form) for each in model.covariates], cases.covariates)
        return design, design.matrix(cases.covariates)
    except ValueError as problem:
        # What the covariates hold is data, not a mistake of ours: a covariate that nobody answered, for instance.
        raise ModelRefusedError(f"{model.name}: {problem}") from problem


def _column(covariate: Covariate, form: FormSpec) -> Column:
    """The covariate as the design reads it. Levels come from the form, so that they are the same in every release."""
    category = covariate.kind is CovariateKind.CATEGORY
    return Column(
        name=covariate.variable,
        kind=covariate.kind.value,
        levels=tuple(code.value for code in form.variable(covariate.variable).codes) if category else (),
        reference=covariate.reference,
        centre=None if covariate.centre is None else float(covariate.centre),
        scale=None if covariate.scale is None else float(covariate.scale),
        knots=tuple(float(knot) for knot in covariate.knots),
    )


def _numbers(fit: LogisticFit, design: Design, judged: Quality, form: FormSpec, notes: tuple[str, ...]) -> FitNumbers:
    return FitNumbers(
        design=json.loads(design.to_json()),
        terms=_terms(fit, design, form),
        covariance=fit.cov.tolist(),
        cases=int(judged.deciles.n.sum()),
        events=int(judged.deciles.observed.sum()),
        c_statistic=judged.c,
        c_low=judged.c_lo,
        c_high=judged.c_hi,
        brier=judged.brier,
        log_likelihood=fit.loglik,
        calibration=_calibration(judged.deciles),
        between={},
        details={},
        warnings=[*fit.warnings, *notes, *judged.warnings],
    )


def _terms(fit: LogisticFit, design: Design, form: FormSpec) -> list[Json]:
    """Intercept first, then every term that was kept, with the words of the form."""
    intercept = Term("intercept", "")
    kept = [(at + 1, term) for at, term in enumerate(design.terms) if at not in fit.dropped]
    se = fit.se
    return [
        {
            "name": term.name,
            "label": label_of(term, form),
            "coefficient": float(fit.coef[at]),
            "se": float(se[at]),
            "low": float(fit.coef[at] - REACH * se[at]),
            "high": float(fit.coef[at] + REACH * se[at]),
        }
        for at, term in [(0, intercept), *kept]
    ]


def _calibration(deciles: Deciles) -> list[Json]:
    limits = wilson(deciles.observed, deciles.n, LEVEL)
    rows = zip(
        deciles.n.tolist(),
        deciles.observed.tolist(),
        deciles.expected.tolist(),
        limits.lo.tolist(),
        limits.hi.tolist(),
        strict=True,
    )
    return [
        {"cases": n, "observed": observed, "expected": expected, "low": low, "high": high}
        for n, observed, expected, low, high in rows
    ]
