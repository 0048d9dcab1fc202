"""Risks by a fit that an earlier release kept: its formula, applied to later cases."""

import json
from collections.abc import Mapping
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from feedback.services.numbers.values import FrozenFit
from riskstats.riskmodel import Design
from riskstats.riskmodel.design import Values


def frozen_risks(fit: FrozenFit, covariates: Mapping[str, Values]) -> npt.NDArray[np.float64] | None:
    """One risk for each case; None where the fit asks for an answer that these cases do not have."""
    design = Design.from_json(json.dumps(fit.design))
    try:
        matrix = design.matrix(covariates)
    except ValueError:
        # Another version of the model, with other covariates: what it would have expected cannot be told.
        return None
    found = {str(term["name"]): cast("float", term["coefficient"]) for term in fit.terms}
    intercept, places = found.pop("intercept"), {name: at for at, name in enumerate(matrix.names)}
    if not found.keys() <= places.keys():
        return None
    coefficients = np.zeros(len(matrix.names))
    for name, coefficient in found.items():
        coefficients[places[name]] = coefficient
    return np.asarray(expit(intercept + matrix.values @ coefficients), dtype=np.float64)
