"""The data-quality page of the coordinating centre: every hospital in one table, in the order asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from cases.quality.definition.figures import Figures, percent_of, statement
from cases.quality.models import Anomaly, QualityFigures
from cases.quality.selectors.hospital import days_words
from cases.quality.selectors.reading import COUNTED, add_up
from collaboratives.enums import Stage
from measures.models import Form
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class HospitalLine:
    name: str
    public_id: UUID
    has_left: bool
    figures: Figures
    odd: int
    completeness: str
    timeliness: str
    days: str
    capture: str
    audit: str


@dataclass(frozen=True, kw_only=True)
class ProgrammePage:
    form: Form | None
    forms: tuple[Form, ...]
    sort: str
    lines: tuple[HospitalLine, ...]
    total: HospitalLine | None
    statement: str
    computed_at: datetime | None


# What a heading sorts by; those nobody knows come last, whichever way.
KEYS: Mapping[str, Callable[[HospitalLine], Any]] = {
    "name": lambda line: line.name,
    "cases": lambda line: line.figures.cases,
    "completeness": lambda line: line.figures.completeness,
    "timeliness": lambda line: line.figures.timeliness,
    "days": lambda line: line.figures.median_days,
    "capture": lambda line: line.figures.capture,
    "audit": lambda line: line.figures.agreement,
    "queries": lambda line: line.figures.open_queries,
    "locked": lambda line: line.figures.locked,
    "odd": lambda line: line.odd,
}


def programme_page(viewer: Viewer, form_slug: str, sort: str) -> ProgrammePage:
    """The last twelve months of one form: the one asked for, or the first."""
    forms = tuple(Form.objects.filter(collaborative_id=viewer.collaborative_id).order_by("pk"))
    form = next((each for each in forms if each.slug == form_slug), next(iter(forms), None))
    rows = _rows(form)
    odd = dict(
        Anomaly.objects.filter(form=form, gone_at=None)
        .order_by()
        .values_list("participation_id")
        .annotate(of=Count("pk"))
    )
    lines = [_line(row, odd.get(row["participation_id"], 0)) for row in rows]
    together = add_up([line.figures for line in lines]) if lines else None
    return ProgrammePage(
        form=form,
        forms=forms,
        sort=sort if sort.removeprefix("-") in KEYS else "name",
        lines=tuple(sorted_lines(lines, sort)),
        total=_total(together, lines) if together else None,
        statement=" · ".join(statement(together)) if together else "",
        computed_at=min((row["computed_at"] for row in rows), default=None),
    )


def _rows(form: Form | None) -> list[dict[str, Any]]:
    """The questions stay where they are: they are most of a row, and no column needs them."""
    found = QualityFigures.objects.filter(
        Q(form=form), cycle=None, collaborative_id=form.collaborative_id if form else 0
    )
    names = (
        "participation_id",
        "participation__public_id",
        "participation__stage",
        "participation__site__name",
        "computed_at",
    )
    return list(found.order_by("participation__site__name", "participation_id").values(*names, *COUNTED))


def _line(row: Mapping[str, Any], odd: int) -> HospitalLine:
    figures = Figures(**{name: row[name] for name in COUNTED})
    return HospitalLine(
        name=row["participation__site__name"],
        public_id=row["participation__public_id"],
        has_left=row["participation__stage"] == Stage.LEFT,
        odd=odd,
        **_words(figures),
    )


def _words(figures: Figures) -> dict[str, Any]:
    month = f"{figures.audited_on:%b %Y}" if figures.audited_on else ""
    return {
        "figures": figures,
        "completeness": percent_of(figures.completeness) or "no complete case",
        "timeliness": percent_of(figures.timeliness) or "none due",
        "days": days_words(figures.median_days).removesuffix(" days").removesuffix(" day"),
        "capture": percent_of(figures.capture) or "not known",
        "audit": f"{percent_of(figures.agreement)}, {month}" if month else "not audited",
    }


def _total(together: Figures, lines: Sequence[HospitalLine]) -> HospitalLine:
    return HospitalLine(
        name="All hospitals",
        public_id=UUID(int=0),
        has_left=False,
        odd=sum(line.odd for line in lines),
        **_words(together),
    )


def sorted_lines(lines: Sequence[HospitalLine], sort: str) -> list[HospitalLine]:
    key = KEYS.get(sort.removeprefix("-"), KEYS["name"])
    known = sorted((line for line in lines if key(line) is not None), key=key, reverse=sort.startswith("-"))
    return [*known, *(line for line in lines if key(line) is None)]
