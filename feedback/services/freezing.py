"""Read what a snapshot freezes, some hospitals at a time, packed by the database: a case is a few bytes of an array.

A million cases and thirty measures are thirty million outcomes. Fetched as rows they would take the better part of an hour;
read hospital by hospital, every page of the table would be read as often as hospitals have a case on it.
"""

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from feedback.enums import Outcome
from feedback.selectors.slices import LETTERS, Codes, Covariate, Slice
from measures.definition.expression.sql import Sql, join, literal
from measures.definition.spec import CovariateKind, MissingRule, RiskModelSpec
from riskstats.errors import ModelRefusedError


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What is to be frozen of a measure: the key of its version, the model that its cases are read for, its strata."""

    version: int
    model: RiskModelSpec | None
    strata: tuple[str, ...] = ()
    has_value: bool = False
    form: int = 0
    watched: bool = False

    @property
    def answers(self) -> set[str]:
        """The variables whose answers it wants."""
        return {each.variable for each in self.model.covariates} | set(self.strata) if self.model else set(self.strata)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Days of events, both ends included; whole months."""

    first: date
    last: date


HISTORY_YEARS = 2  # of the trend before the window


def history_from(window_from: date) -> date:
    """The first month of the trend."""
    return date(window_from.year - HISTORY_YEARS, window_from.month, 1)


# Every aggregate of a group sees its rows in the same order, so that the columns fit together.
_OUTCOMES = """
SELECT o.participation_id, o.measure_version_id, string_agg(int8send(o.case_id), ''::bytea),
  string_agg(CASE o.outcome WHEN 'met' THEN 'm' WHEN 'not_met' THEN 'n' WHEN 'excluded' THEN 'x' ELSE 'c' END, ''),
  string_agg(o.reason, E'\\x1f') FILTER (WHERE o.outcome = 'excluded'),
  json_object_agg(o.case_id, o.missing) FILTER (WHERE o.missing <> '[]')
FROM feedback_caseoutcome AS o
WHERE o.participation_id = ANY (%s::bigint[]) AND o.measure_version_id = ANY (%s::bigint[]) AND o.month BETWEEN %s AND %s
GROUP BY o.participation_id, o.measure_version_id
"""
_CASES = """
 FROM cases_case AS c WHERE c.participation_id = ANY (%s::bigint[]) AND c.event_date BETWEEN %s AND %s
GROUP BY c.participation_id"""
_NUMBERS = """
SELECT c.participation_id, count(*) FROM cases_case AS c
WHERE c.participation_id = ANY (%s::bigint[]) AND c.event_date BETWEEN %s AND %s GROUP BY c.participation_id"""
AT_ONCE = 10_000_000  # outcomes: what a statement packs, and a worker holds, at a time
AN_ANSWER = 4  # outcomes: an answer is a value of its own until it is in an array
WORK_MEMORY = "128MB"  # the packed groups of a statement; with less PostgreSQL would write the rows to disk first


def in_groups(hospitals: Sequence[int], window: Window, measures: Sequence[Frozen]) -> list[list[int]]:
    """Hospitals in their order, so many together as are well read at a time."""
    of_a_case = len(measures) + AN_ANSWER * len(_asked_for(measures))
    cases: dict[int, int] = dict(_run(Sql(_NUMBERS, (list(hospitals), window.first, window.last))))
    groups: list[list[int]] = []
    held = 0
    for hospital in hospitals:
        size = cases.get(hospital, 0) * of_a_case
        if not groups or held + size > AT_ONCE:
            groups.append([])
            held = 0
        groups[-1].append(hospital)
        held += size
    return groups


def _asked_for(measures: Sequence[Frozen]) -> list[str]:
    return sorted(set[str]().union(*(measure.answers for measure in measures)))


def frozen_slices(
    hospitals: Sequence[int], window: Window, measures: Sequence[Frozen]
) -> Iterator[tuple[int, int, Slice]]:
    """Hospital, version and slice without its history, hospital by hospital; an empty slice where there is no case.

    Raises
    ------
    ModelRefusedError
        An answer that a model reads as a number is none.
    """
    cases = _cases(hospitals, window, measures)
    asked = (list(hospitals), [each.version for each in measures], window.first.replace(day=1), window.last)
    found = {(row[0], row[1]): row[2:] for row in _run(Sql(_OUTCOMES, asked))}
    for hospital in hospitals:
        for measure in measures:
            row = found.get((hospital, measure.version))
            yield hospital, measure.version, _slice(measure, cases[hospital], row) if row else Slice()


def _run(statement: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        cursor.execute(statement.text, statement.params)  # type: ignore[arg-type]  # django-stubs knows no list
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@dataclass(frozen=True)
class _Cases:
    """The cases of a hospital in the order of their keys: days of their events, and the answers that models read."""

    keys: npt.NDArray[np.int64]
    days: npt.NDArray[np.int32]
    answers: Mapping[str, list[Any]]
    read: dict[tuple[str, bool], Any] = field(default_factory=dict)

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """Ten models of a hospital read the same answers; they are made numbers once."""
        if (name, False) not in self.read:
            answers = [math.nan if value is None else float(value) for value in self.answers[name]]
            self.read[name, False] = np.array(answers, dtype=np.float64)
        found: npt.NDArray[np.float64] = self.read[name, False]
        return found

    def codes(self, name: str) -> tuple[tuple[str, ...], npt.NDArray[np.int16]]:
        """The distinct codes in order, and each case's place among them; -1 where it has none."""
        if (name, True) not in self.read:
            answers = self.answers[name]
            texts = {value: _code(value) for value in dict.fromkeys(answers) if value is not None}
            values = tuple(sorted(set(texts.values())))
            places = {value: values.index(text) for value, text in texts.items()} | {None: -1}
            self.read[name, True] = values, np.array([places[value] for value in answers], dtype=np.int16)
        found: tuple[tuple[str, ...], npt.NDArray[np.int16]] = self.read[name, True]
        return found


def _cases(hospitals: Sequence[int], window: Window, measures: Sequence[Frozen]) -> dict[int, _Cases]:
    names = _asked_for(measures)
    columns = [
        Sql("c.participation_id"),
        Sql("json_agg(c.id ORDER BY c.id)"),
        Sql("json_agg(c.event_date - date '1970-01-01' ORDER BY c.id)"),
    ]
    columns += ["json_agg(c.answers -> " + literal(name, "text") + " ORDER BY c.id)" for name in names]
    rows = _run("SELECT " + join(columns) + Sql(_CASES, (list(hospitals), window.first, window.last)))
    found = {hospital: _Cases(_EMPTY_KEYS, _EMPTY_DAYS, {name: [] for name in names}) for hospital in hospitals}
    for hospital, keys, days, *answers in rows:
        found[hospital] = _Cases(
            np.array(keys, dtype=np.int64),
            np.array(days, dtype=np.int32),
            dict(zip(names, answers, strict=True)),
        )
    return found


_EMPTY_KEYS, _EMPTY_DAYS = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)


@dataclass(frozen=True)
class _Counted:
    """What the cases of a hospital count as under one measure, in the order of their keys."""

    keys: npt.NDArray[np.int64]
    outcomes: npt.NDArray[np.bytes_]
    why: npt.NDArray[np.object_]
    gaps: dict[int, tuple[str, ...]]


def _slice(measure: Frozen, cases: _Cases, row: tuple[Any, ...]) -> Slice:
    counted = _counted(cases, *row)
    at = np.searchsorted(cases.keys, counted.keys)
    covariates = _covariates(measure, cases, at)
    if measure.model and measure.model.missing_rule is MissingRule.EXCLUDE:
        _untold(counted, covariates)
    excluded = np.flatnonzero(counted.outcomes == LETTERS[Outcome.EXCLUDED].encode())
    reasons, reason = _listed(len(at), excluded, counted.why[excluded].tolist(), "")
    with_gaps = np.flatnonzero(np.isin(counted.keys, list(counted.gaps)))
    told = [counted.gaps[key] for key in counted.keys[with_gaps].tolist()]
    gaps, gap = _listed(len(at), with_gaps, told, ())
    return Slice(
        cases=array("q", counted.keys.tobytes()),
        days=array("i", cases.days[at].tobytes()),
        outcomes=counted.outcomes.tobytes().decode("ascii"),
        reasons=reasons,
        reason=reason,
        gaps=gaps,
        gap=gap,
        covariates=covariates,
        strata={name: _codes(cases, name, at) for name in measure.strata},
    )


def _counted(
    cases: _Cases, packed: bytes, letters: str, reasons: str | None, missing: Mapping[str, Sequence[str]] | None
) -> _Counted:
    keys = np.frombuffer(packed, dtype=">i8").astype(np.int64)
    outcomes = np.frombuffer(letters.encode(), dtype="S1")
    why = np.full(len(keys), "", dtype=object)
    why[outcomes == b"x"] = reasons.split("\x1f") if reasons is not None else []
    order = np.argsort(keys)
    # A case that has left the window since it was counted is no case of the window.
    order = order[np.isin(keys[order], cases.keys, assume_unique=True)]
    gaps = {int(key): tuple(names) for key, names in (missing or {}).items()}
    return _Counted(keys[order], outcomes[order], why[order], gaps)


def _untold(counted: _Counted, covariates: Mapping[str, Covariate]) -> None:
    """Where the model leaves out cases without a covariate, nobody can tell what such a case means for the hospital."""
    without = {name: _is_missing(column) for name, column in covariates.items()}
    lacking = np.isin(counted.outcomes, [b"m", b"n"]) & np.logical_or.reduce(list(without.values()))
    counted.outcomes[lacking] = LETTERS[Outcome.CANNOT_TELL].encode()
    for at in np.flatnonzero(lacking).tolist():
        counted.gaps[int(counted.keys[at])] = tuple(name for name, missing in without.items() if missing[at])


def _is_missing(column: Covariate) -> npt.NDArray[np.bool_]:
    return np.asarray(column.places) < 0 if isinstance(column, Codes) else np.isnan(np.asarray(column))


def _listed(
    cases: int, at: npt.NDArray[np.intp], values: list[Any], nothing: object
) -> tuple[tuple[Any, ...], "array[int]"]:
    """The distinct values in order, and the place of each case's value among them; cases that are not told of have nothing."""
    distinct = tuple(sorted({*values, *([nothing] if len(values) < cases else [])}))
    places = {value: place for place, value in enumerate(distinct)}
    found = np.full(cases, places.get(nothing, 0), dtype=np.uint16)
    found[at] = [places[value] for value in values]
    return distinct, array("H", found.tobytes())


def _covariates(measure: Frozen, cases: _Cases, at: npt.NDArray[np.intp]) -> dict[str, Covariate]:
    if measure.model is None:
        return {}
    return {
        each.variable: _codes(cases, each.variable, at)
        if each.kind is CovariateKind.CATEGORY
        else _numbers(measure.model, cases, each.variable, at)
        for each in measure.model.covariates
    }


def _codes(cases: _Cases, name: str, at: npt.NDArray[np.intp]) -> Codes:
    values, places = cases.codes(name)
    return Codes(values, array("h", places[at].tobytes()))


def _code(value: object) -> str:
    """As riskstats writes codes: 2.0 is "2"; yes and no are true and false."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _numbers(model: RiskModelSpec, cases: _Cases, name: str, at: npt.NDArray[np.intp]) -> "array[float]":
    try:
        return array("d", cases.numbers(name)[at].tobytes())
    except (TypeError, ValueError) as problem:
        raise ModelRefusedError(
            f"{model.name}: expected numbers in {name}, but got something else: {problem}"
        ) from None
