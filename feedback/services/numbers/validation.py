"""A model judged on later cases than it was fitted on: what a published model will meet (STATISTICS 2.15)."""

from collections.abc import Mapping

import numpy as np

from feedback.selectors.slices import Slice
from feedback.services.numbers.fit import learn_design
from feedback.services.numbers.gathering import gather, quarters_with_cases
from feedback.services.numbers.particulars import FEW, finite
from feedback.services.numbers.values import Json
from measures.definition.spec import FormSpec, RiskModelSpec
from riskstats.errors import ModelRefusedError
from riskstats.riskmodel import fit_logistic, quality


LATER = 0.25  # share of the window's quarters that are held back, the newest


def judged_later(slices: Mapping[int, Slice], form: FormSpec, model: RiskModelSpec) -> Json:
    """Fit on the first quarters, judge on the last; `problem` says why not where that cannot be done."""
    quarters = quarters_with_cases(slices)
    held = max(1, round(LATER * len(quarters)))
    if len(quarters) < 2:
        return {"problem": "The window has fewer than two quarters with cases."}
    first, later = frozenset(quarters[:-held]), frozenset(quarters[-held:])
    try:
        return {"from_quarter": quarters[-held], **_judged(slices, form, model, (first, later))}
    except (ModelRefusedError, ValueError) as problem:
        return {"problem": f"{str(problem)[:1].upper()}{str(problem)[1:]}."}


def _judged(
    slices: Mapping[int, Slice], form: FormSpec, model: RiskModelSpec, quarters: tuple[frozenset[int], frozenset[int]]
) -> Json:
    known, new = (gather(slices, model, each) for each in quarters)
    design, matrix = learn_design(form, model, known)
    fit = fit_logistic(matrix.values, np.asarray(known.outcomes, dtype=np.float64), names=matrix.names)
    outcomes = np.asarray(new.outcomes, dtype=np.float64)
    found = quality(outcomes, fit.predict(design.matrix(new.covariates).values))
    return {
        "fitted": len(known.outcomes),
        "cases": len(outcomes),
        "events": int(outcomes.sum()),
        "c": found.c,
        "c_low": finite(found.c_lo),
        "c_high": finite(found.c_hi),
        "brier": found.brier,
        "in_the_large": finite(found.cil),
        "slope": finite(found.slope),
        "few_expected": int((found.deciles.expected < FEW).sum()),
    }
