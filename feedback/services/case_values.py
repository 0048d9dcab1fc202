"""What the cases of a snapshot carry where a measure has a value, and what those before its window added up to."""

import math
from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from feedback.selectors.slices import Slice
from feedback.services.freezing import history_from
from feedback.services.numbers.tally import month_of, quarter_of
from measures.definition.spec import Average, MeasureKind, MeasureSpec
from measures.models import MeasureVersion


_OF = """
FROM feedback_caseoutcome
WHERE participation_id = ANY (%s::bigint[]) AND measure_version_id = %s AND month >= %s AND month < %s
  AND value IS NOT NULL
"""
_VALUES = f"""SELECT participation_id, string_agg(int8send(case_id), ''::bytea), string_agg(float8send(value), ''::bytea)
{_OF} GROUP BY participation_id"""
_SUMS = f"""SELECT participation_id, month, sum(value), sum(ln(greatest(value, %s))), sum(greatest(value, 0)),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY value)
{_OF} GROUP BY participation_id, month ORDER BY month"""
_QUARTERS = f"""SELECT participation_id, date_trunc('quarter', month)::date,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY value)
{_OF} GROUP BY 1, 2"""
Valued = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]  # keys of cases, and their values
Sums = tuple[tuple[int, float, float, float], ...]


class CaseValues:
    """Of some hospitals, by measure version."""

    def __init__(self, hospitals: Sequence[int], first: date, last: date, versions: Sequence[int]) -> None:
        self.values: dict[tuple[int, int], Valued] = {}
        self.sums: dict[tuple[int, int], Sums] = {}
        self.versions = frozenset(versions)
        for version in MeasureVersion.objects.filter(pk__in=versions).order_by("pk"):
            self._read(version.pk, version.definition, list(hospitals), (first, last))

    def _read(self, version: int, measure: MeasureSpec, hospitals: list[int], window: tuple[date, date]) -> None:
        first, last = window
        after = date(last.year + last.month // 12, last.month % 12 + 1, 1)
        for hospital, keys, packed in _run(_VALUES, [hospitals, version, first.replace(day=1), after]):
            found = np.frombuffer(packed, dtype=">f8").astype(np.float64)
            self.values[hospital, version] = (np.frombuffer(keys, dtype=">i8").astype(np.int64), found)
        before = [hospitals, version, history_from(first), first.replace(day=1)]
        medians = {(hospital, quarter_of(day)): float(middle) for hospital, day, middle in _run(_QUARTERS, before)}
        months: dict[int, list[tuple[int, float, float, float]]] = defaultdict(list)
        for hospital, month, *sums, middle in _run(_SUMS, [measure.smallest_value, *before]):
            of_quarter = medians[hospital, quarter_of(month)]
            months[hospital].append((month_of(month), float(_on_scale(measure, *sums)), float(middle), of_quarter))
        self.sums |= {(hospital, version): tuple(rows) for hospital, rows in months.items()}

    def added(self, hospital: int, version: int, columns: Slice) -> Slice:
        """The slice with the value of each of its cases that counts; unchanged where the measure has none."""
        if version not in self.versions:
            return columns
        found = np.full(len(columns), math.nan)
        if (valued := self.values.get((hospital, version))) is not None:
            keys, values = valued
            _, at, place = np.intersect1d(np.asarray(columns.cases), keys, assume_unique=True, return_indices=True)
            found[at] = values[place]
            found[~np.isin(np.frombuffer(columns.outcomes.encode(), dtype="S1"), [b"m", b"n"])] = math.nan
        packed = array("d", found.tobytes())
        return replace(columns, values=packed, sums=self.sums.get((hospital, version), ()))


def _run(statement: str, asked: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _on_scale(measure: MeasureSpec, plain: float, logs: float, positive: float) -> float:
    """As `numbers.scales.on_scale` adds up cases."""
    if measure.kind is not MeasureKind.CONTINUOUS:
        return positive
    return logs if measure.average is Average.GEOMETRIC else plain
