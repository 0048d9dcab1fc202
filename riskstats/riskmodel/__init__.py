"""Pooled risk models: from covariates to a matrix, a logistic fit, its recalibration and its quality."""

from riskstats.riskmodel.columns import Coded, Column, Term
from riskstats.riskmodel.design import Design, DesignMatrix
from riskstats.riskmodel.logistic import LogisticFit, Recalibration, fit_logistic, recalibrate
from riskstats.riskmodel.performance import Deciles, Quality, quality


__all__ = [
    "Coded",
    "Column",
    "Deciles",
    "Design",
    "DesignMatrix",
    "LogisticFit",
    "Quality",
    "Recalibration",
    "Term",
    "fit_logistic",
    "quality",
    "recalibrate",
]
