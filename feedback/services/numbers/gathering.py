"""From the slices of hospitals to the columns of all their cases that count, as the risk models read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback.selectors.slices import Codes, Covariate, Slice
from feedback.services.numbers.tally import outcomes_of, quarters_of_days
from measures.definition.spec import RiskModelSpec
from riskstats.riskmodel import Coded
from riskstats.riskmodel.design import Values


@dataclass(frozen=True)
class Cases:
    """Hospitals are their places in `hospitals`; an outcome is 1 where the measure is met."""

    hospitals: tuple[int, ...]
    hospital: npt.NDArray[np.int64]
    outcomes: npt.NDArray[np.float64]
    covariates: dict[str, Values]


def gather(slices: Mapping[int, Slice], model: RiskModelSpec, quarters: frozenset[int] | None = None) -> Cases:
    """Hospitals in the order of their keys, each with at least one case that counts; with `quarters`, one of them."""
    counted = {key: _counted(slices[key], quarters) for key in sorted(slices)}
    hospitals = tuple(key for key, places in counted.items() if places.size)
    met = [outcomes_of(slices[key])[counted[key]] == b"m" for key in hospitals]
    return Cases(
        hospitals=hospitals,
        hospital=np.repeat(np.arange(len(hospitals)), [counted[key].size for key in hospitals]),
        outcomes=np.concatenate(met).astype(np.float64) if met else np.zeros(0),
        covariates={
            name: _together([slices[key].covariates[name] for key in hospitals], [counted[key] for key in hospitals])
            for name in (each.variable for each in model.covariates)
        },
    )


def quarters_with_cases(slices: Mapping[int, Slice]) -> list[int]:
    """Of any outcome, in order."""
    found = (np.unique(quarters_of_days(np.asarray(columns.days))).tolist() for columns in slices.values())
    return sorted(set().union(*found))


def _counted(columns: Slice, quarters: frozenset[int] | None) -> npt.NDArray[np.intp]:
    counts = np.isin(outcomes_of(columns), [b"m", b"n"])
    if quarters is not None:
        counts &= np.isin(quarters_of_days(np.asarray(columns.days)), sorted(quarters))
    return np.flatnonzero(counts)


def _together(columns: Sequence[Covariate], counted: Sequence[npt.NDArray[np.intp]]) -> Values:
    """One column of the same covariate of several hospitals; each has coded its categories by itself."""
    codes = [column for column in columns if isinstance(column, Codes)]
    if len(codes) < len(columns) or not columns:
        parts = [np.asarray(column)[at] for column, at in zip(columns, counted, strict=True)]
        return np.ma.masked_invalid(np.concatenate(parts) if parts else np.zeros(0))
    values = tuple(sorted(set().union(*(column.values for column in codes))))
    found = {value: place for place, value in enumerate(values)}
    tables = [np.array([*(found[value] for value in column.values), -1]) for column in codes]
    places = [
        table[np.asarray(column.places)[at]] for table, column, at in zip(tables, codes, counted, strict=True)
    ]  # -1, missing, is the last of each table too
    return Coded(values, np.concatenate(places))
