"""Stored figures as plain values, one hospital's or the sum of several."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from cases.quality.definition.figures import Answered, Figures
from cases.quality.models import QualityFigures


COUNTED = tuple(each.name for each in fields(Figures) if each.name != "questions")


def figures_of(row: QualityFigures) -> Figures:
    questions = {name: Answered(*counts) for name, counts in row.questions.items()}
    return Figures(**{name: getattr(row, name) for name in COUNTED}, questions=questions)


def figures_of_year(hospitals: Iterable[int] | None = None, *, collaborative_id: int) -> list[QualityFigures]:
    """The last twelve months: one row a hospital and form."""
    found = QualityFigures.objects.filter(collaborative_id=collaborative_id, cycle=None).select_related("form")
    return list((found if hospitals is None else found.filter(participation__in=hospitals)).order_by("form", "pk"))


def add_up(rows: Sequence[Figures]) -> Figures:
    """Hospitals or forms together. What nobody has counted stays unknown; a median of medians is none."""
    if len(rows) == 1:
        return rows[0]
    sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMS}
    parts: dict[str, Any] = {name: _known_sum(getattr(row, name) for row in rows) for name in _PARTS}
    latest = max((row.audited_on for row in rows if row.audited_on), default=None)
    return Figures(**sums, **parts, audited_on=latest)


_PARTS = ("eligible", "captured", "compared", "agreeing")
_SUMS = tuple(name for name in COUNTED if name not in {*_PARTS, "median_days", "audited_on"})


def _known_sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
