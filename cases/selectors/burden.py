"""The burden of every form version beside the version before it, for the coordinating centre."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import BigIntegerField, QuerySet

from cases.models import FormBurden
from collaboratives.selectors.kept import Given, Kept
from privacy.viewer import Viewer


@dataclass(frozen=True)
class BurdenFigure:
    """A figure in words, and how it differs from the version before."""

    text: str = ""
    change: str = ""


@dataclass(frozen=True, kw_only=True)
class BurdenRow:
    form: str
    number: int
    effective_from: date
    cases: int
    minutes: BurdenFigure
    questions: BurdenFigure
    findings: BurdenFigure


@dataclass(frozen=True, kw_only=True)
class BurdenTable:
    rows: tuple[BurdenRow, ...]
    computed_at: datetime | None


def _versions() -> QuerySet[FormBurden]:
    here: Any = Given("here", BigIntegerField())
    found = FormBurden.objects.filter(collaborative_id=here).select_related("form_version__form")
    return found.defer("form_version__spec").order_by("form_version__form_id", "form_version__number")


_VERSIONS: Kept[FormBurden] = Kept(_versions)


def burden_table(viewer: Viewer) -> BurdenTable:
    """All versions of all forms, the newest of each form first."""
    found = _VERSIONS.read(here=viewer.collaborative_id)
    rows: list[BurdenRow] = []
    for _, versions in groupby(found, key=lambda each: each.form_version.form_id):
        before: FormBurden | None = None
        of_form: list[BurdenRow] = []
        for each in versions:
            of_form.append(_row(each, before))
            before = each
        rows += reversed(of_form)
    return BurdenTable(rows=tuple(rows), computed_at=min((each.computed_at for each in found), default=None))


def _row(burden: FormBurden, before: FormBurden | None) -> BurdenRow:
    version = burden.form_version
    return BurdenRow(
        form=version.form.name,
        number=version.number,
        effective_from=version.effective_from,
        cases=burden.cases,
        minutes=_figure(burden.median_minutes, before.median_minutes if before else None, 1),
        questions=_figure(burden.median_questions, before.median_questions if before else None, 0),
        findings=_figure(burden.findings_per_case, before.findings_per_case if before else None, 2),
    )


def _figure(value: float | None, before: float | None, decimals: int) -> BurdenFigure:
    if value is None:
        return BurdenFigure()
    text = f"{value:.{decimals}f}"
    if before is None:
        return BurdenFigure(text)
    change = round(float(text) - float(f"{before:.{decimals}f}"), decimals)
    if not change:
        return BurdenFigure(text, "as before")
    return BurdenFigure(text, f"{abs(change):.{decimals}f} {'more' if change > 0 else 'less'}")
