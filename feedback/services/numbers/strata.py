"""Counts and rates of the declared strata of one measure, hospital by hospital. They are not risk-adjusted."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from feedback.selectors.slices import Slice
from feedback.services.numbers.effects import LEVEL
from feedback.services.numbers.tally import outcomes_of
from feedback.services.numbers.values import Json, MeasureInput
from measures.definition.spec import FormSpec, VariableType
from riskstats.intervals import wilson
from riskstats.reliability import beta_binomial


YES_NO = (("true", "Yes"), ("false", "No"))


def strata_of(given: MeasureInput) -> dict[int, list[Json]]:
    """For each hospital its strata in the order of the definition, those without cases left out."""
    names = [(variable, code) for variable in given.measure.stratifiers for code, _ in codes_of(given.form, variable)]
    counted = {hospital: _counts(columns) for hospital, columns in given.slices.items()}
    found: dict[int, list[Json]] = {hospital: [] for hospital in given.slices}
    for name in names:
        for hospital, entry in _stratum(name, counted).items():
            found[hospital].append(entry)
    return found


def codes_of(form: FormSpec, variable: str) -> tuple[tuple[str, str], ...]:
    """Code and label of every answer that makes a stratum."""
    spec = form.variable(variable)
    if spec.type is VariableType.YES_NO:
        return YES_NO
    return tuple((code.value, code.label) for code in spec.codes)


def stratum_name(variable: str, code: str) -> str:
    return f"{variable}={code}"


def _counts(columns: Slice) -> Counter[tuple[str, str, str]]:
    """By variable, code and outcome; a case without an answer is in no stratum."""
    counts: Counter[tuple[str, str, str]] = Counter()
    letters = outcomes_of(columns)
    for variable, codes in columns.strata.items():
        places = np.asarray(codes.places)
        for letter in "mn":
            chosen = places[(letters == letter.encode()) & (places >= 0)]
            found = np.bincount(chosen, minlength=len(codes.values)).tolist()
            counts.update({(variable, code, letter): cases for code, cases in zip(codes.values, found, strict=True)})
    return counts


def _stratum(name: tuple[str, str], counted: Mapping[int, Counter[tuple[str, str, str]]]) -> dict[int, Json]:
    """One stratum of all hospitals that have cases in it, with what peers are told instead of small counts."""
    tallies = {hospital: (counts[*name, "m"], counts[*name, "n"]) for hospital, counts in sorted(counted.items())}
    shown = {hospital: (met, met + other) for hospital, (met, other) in tallies.items() if met + other}
    if not shown:
        return {}
    observed, cases = zip(*shown.values(), strict=True)
    limits = wilson(observed, cases, LEVEL)
    shrunken = beta_binomial(observed, cases).shrunken.tolist()
    rows = zip(shown.items(), limits.lo.tolist(), limits.hi.tolist(), shrunken, strict=True)
    return {
        hospital: {
            "stratum": stratum_name(*name),
            "denominator": count,
            "observed": met,
            "rate": met / count,
            "low": low,
            "high": high,
            "shrunken": pulled,
        }
        for (hospital, (met, count)), low, high, pulled in rows
    }
