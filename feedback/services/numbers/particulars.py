"""What a statistician asks of a fit beyond its coefficients: what was left out, what was missing, is an older one still right."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy

from feedback.services.numbers.values import FrozenFit, Json
from measures.definition.spec import FormSpec
from riskstats.errors import ModelRefusedError
from riskstats.export import for_r
from riskstats.intervals import byar
from riskstats.riskmodel import Design, DesignMatrix, LogisticFit, Quality, Term, quality, recalibrate
from riskstats.riskmodel.design import Records


Floats = npt.NDArray[np.float64]
LEVEL = 0.95
FEW = 5  # expected events in a group of risk: fewer say nothing about calibration (STATISTICS 2.15)


@dataclass(frozen=True)
class Judged:
    """A fit with what it was fitted on."""

    fit: LogisticFit
    design: Design
    matrix: DesignMatrix
    quality: Quality
    form: FormSpec
    outcomes: Floats
    records: Records
    earlier: FrozenFit | None = field(default=None)


def details_of(judged: Judged) -> Json:
    """All of it as plain values, as `ModelFit.details` keeps them."""
    return {
        **_judgement(judged.quality),
        "iterations": judged.fit.iterations,
        "dropped": _dropped(judged),
        "missing": _missing(judged),
        "r": _for_r(judged.fit),
        "earlier": recalibrated(judged.earlier, judged.records, judged.outcomes) if judged.earlier else {},
    }


def finite(value: float) -> float | None:
    """JSON has no NaN; a number that does not exist is nothing."""
    return float(value) if math.isfinite(value) else None


def _judgement(found: Quality) -> Json:
    return {
        "scaled_brier": found.scaled_brier,
        "in_the_large": finite(found.cil),
        "slope": finite(found.slope),
        "hosmer_lemeshow": {"chi2": finite(found.hl_chi2), "df": finite(found.hl_df), "p": finite(found.hl_p)},
        "few_expected": int((found.deciles.expected < FEW).sum()),
    }


def _dropped(judged: Judged) -> list[Json]:
    """Columns that the fit left out, in the words of the form, and why."""
    found = []
    for at, warning in zip(judged.fit.dropped, judged.fit.warnings, strict=True):
        term = judged.design.terms[at]
        constant = "is the same in every case" in warning
        found.append({"name": term.name, "label": label_of(term, judged.form), "constant": constant})
    return found


def _missing(judged: Judged) -> list[Json]:
    """Cases without each covariate, or with a code the model does not know; what the design does with them."""
    cases = len(judged.outcomes)
    return [
        {
            "name": column.name,
            "label": judged.form.variable(column.name).label,
            "missing": int(judged.matrix.missing.get(column.name, 0)),
            "unseen": int(judged.matrix.unseen.get(column.name, 0)),
            "cases": cases,
            "fill": column.fill,
        }
        for column in judged.design.columns
    ]


def label_of(term: Term, form: FormSpec) -> str:
    if not term.variable:
        return "Intercept"
    variable = form.variable(term.variable)
    if not term.part:
        return variable.label
    return f"{variable.label}: {variable.code_labels.get(term.part, term.part)}"


def _for_r(fit: LogisticFit) -> Json:
    given = for_r(fit, outcome="outcome", hospital="hospital", data="cases")
    columns, mixed = _columns(given.coefficients), given.call.replace("glm(", "lme4::glmer(", 1)
    mixed = mixed.replace(", family", " + (1 | hospital), family").replace("data = cases)", "data = cases, nAGQ = 1)")
    return {"glm": given.call, "glmer": mixed, "columns": columns}


def _columns(text: str) -> list[Json]:
    """Name in R and name in the model of each term, from riskstats' own table of coefficients."""
    rows = [line.split(",", 2) for line in text.splitlines()[1:]]
    return [{"term": row[0], "name": row[1] or "intercept"} for row in rows]


def recalibrated(frozen: FrozenFit, records: Records, outcomes: Floats) -> Json:
    """How far a model that was frozen earlier has drifted on these cases: `logit p' = intercept + slope logit p`.

    `unknown` names covariates of the frozen model that these cases do not carry; nothing else is told then.
    """
    design = Design.from_json(json.dumps(frozen.design))
    about: Json = {"release": frozen.release, "version": frozen.version, "same_version": frozen.same_version}
    if unknown := sorted({column.name for column in design.columns} - set(records)):
        return {**about, "unknown": unknown}
    eta = _linear_predictor(frozen, design.matrix(records))
    risks = np.asarray(scipy.special.expit(eta))
    observed, expected = float(outcomes.sum()), float(risks.sum())
    limits = byar([observed], LEVEL)
    return {
        **about,
        "observed": observed,
        "expected": expected,
        "ratio": observed / expected,
        "low": float(limits.lo[0]) / expected,
        "high": float(limits.hi[0]) / expected,
        **_drift(eta, outcomes),
        **_still(outcomes, risks),
    }


def _linear_predictor(frozen: FrozenFit, matrix: DesignMatrix) -> Floats:
    """Terms that the earlier fit left out had nothing to say, and say nothing here."""
    by_name: Mapping[str, float] = {str(term["name"]): float(str(term["coefficient"])) for term in frozen.terms}
    coefficients = np.array([by_name.get(name, 0.0) for name in matrix.names])
    return np.asarray(by_name["intercept"] + matrix.values @ coefficients)


def _drift(eta: Floats, outcomes: Floats) -> Json:
    shift = recalibrate(eta, outcomes)
    found: Json = {"intercept": shift.intercept, "intercept_se": shift.intercept_se}
    if np.ptp(eta) == 0:
        return found
    try:
        both = recalibrate(eta, outcomes, slope=True)
    except ModelRefusedError:
        return found
    return {**found, "slope": both.slope, "slope_se": both.slope_se}


def _still(outcomes: Floats, risks: Floats) -> Json:
    """Discrimination and accuracy of the frozen risks, before they are brought to the new level."""
    inside = np.clip(risks, 1e-12, 1 - 1e-12)  # a risk of exactly 0 or 1 has no logit
    found = quality(outcomes, inside)
    return {"c": found.c, "c_low": finite(found.c_lo), "c_high": finite(found.c_hi), "brier": found.brier}
