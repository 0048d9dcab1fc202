"""Counts and rates of the declared strata of one measure, hospital by hospital; risk-adjusted where there is a model.

Within a stratum a hospital is compared with all cases of that stratum: what the model expects of the hospital's own
patients in it is scaled so that all hospitals together come to what was observed in it (STATISTICS 2.1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback.selectors.slices import Slice
from feedback.services.numbers.effects import LEVEL
from feedback.services.numbers.tally import outcomes_of
from feedback.services.numbers.values import Json, MeasureInput, Risks
from measures.definition.spec import FormSpec, VariableType
from riskstats.intervals import wilson
from riskstats.ratios import count_ratios, smoothed_ratios
from riskstats.reliability import beta_binomial


YES_NO = (("true", "Yes"), ("false", "No"))


def strata_of(given: MeasureInput, risks: Mapping[int, Risks]) -> dict[int, list[Json]]:
    """For each hospital its strata in the order of the definition, those without cases left out."""
    names = [(variable, code) for variable in given.measure.stratifiers for code, _ in codes_of(given.form, variable)]
    counted = {hospital: _counts(columns, risks.get(hospital)) for hospital, columns in given.slices.items()}
    found: dict[int, list[Json]] = {hospital: [] for hospital in given.slices}
    for name in names:
        for hospital, entry in _stratum(name, counted, adjusted=bool(risks)).items():
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


@dataclass(frozen=True)
class _Tally:
    met: int
    cases: int
    expected: float


Tallies = dict[tuple[str, str], _Tally]


def _counts(columns: Slice, risks: Risks | None) -> Tallies:
    """By variable and code; a case without an answer is in no stratum."""
    found: Tallies = {}
    letters = outcomes_of(columns)
    counts = np.isin(letters, [b"m", b"n"])
    met, weights = letters[counts] == b"m", risks.now if risks else np.zeros(int(counts.sum()))
    for variable, codes in columns.strata.items():
        places, size = np.asarray(codes.places)[counts], len(codes.values)
        told = places >= 0
        columns_of = (
            np.bincount(places[told & met], minlength=size).tolist(),
            np.bincount(places[told], minlength=size).tolist(),
            np.bincount(places[told], weights[told], minlength=size).tolist(),
        )
        for code, *numbers in zip(codes.values, *columns_of, strict=True):
            found[variable, code] = _Tally(*numbers)
    return found


def _stratum(name: tuple[str, str], counted: Mapping[int, Tallies], *, adjusted: bool) -> dict[int, Json]:
    """One stratum of all hospitals that have cases in it, with what peers are told instead of small counts."""
    shown = {
        hospital: tallies[name]
        for hospital, tallies in sorted(counted.items())
        if name in tallies and tallies[name].cases
    }
    if not shown:
        return {}
    possible = adjusted and any(tally.met for tally in shown.values())
    columns = _adjusted(list(shown.values())) if possible else _plain(list(shown.values()))
    return {
        hospital: {
            "stratum": stratum_name(*name),
            "denominator": tally.cases,
            "observed": tally.met,
            **dict(zip(columns, row, strict=True)),
        }
        for (hospital, tally), *row in zip(shown.items(), *columns.values(), strict=True)
    }


def _plain(tallies: Sequence[_Tally]) -> dict[str, list[float]]:
    observed, cases = [tally.met for tally in tallies], [tally.cases for tally in tallies]
    limits = wilson(observed, cases, LEVEL)
    return {
        "rate": [tally.met / tally.cases for tally in tallies],
        "low": limits.lo.tolist(),
        "high": limits.hi.tolist(),
        "shrunken": beta_binomial(observed, cases).shrunken.tolist(),
    }


def _adjusted(tallies: Sequence[_Tally]) -> dict[str, list[float]]:
    """The rate is the adjusted one, as everywhere; `crude` is the other. No rate is above 1."""
    observed = [tally.met for tally in tallies]
    events, cases = sum(observed), sum(tally.cases for tally in tallies)
    scale, overall = events / sum(tally.expected for tally in tallies), events / cases
    expected = [tally.expected * scale for tally in tallies]
    found = count_ratios(observed, expected, LEVEL)
    ratios = {
        "rate": found.oe,
        "low": found.lo,
        "high": found.hi,
        "shrunken": smoothed_ratios(observed, expected).smoothed,
    }
    return {
        **{name: np.minimum(ratio * overall, 1.0).tolist() for name, ratio in ratios.items()},
        "crude": [tally.met / tally.cases for tally in tallies],
        "expected": expected,
        "oe": found.oe.tolist(),
    }
