"""The page of the work list as records by sections: where each case stands in each part of the form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.selectors.work_list import CaseRow
from measures.models import FormVersion


NOT_ASKED, UNTOUCHED, BEGUN, DONE, CHECK = "not_asked", "untouched", "begun", "done", "check"
SYMBOLS = {NOT_ASKED: "\N{EN DASH}", UNTOUCHED: "○", BEGUN: "◐", DONE: "●", CHECK: "▲"}


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """The symbol and the words say the same; `section` is where the link goes."""

    state: str
    text: str
    section: str

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.state]


@dataclass(frozen=True, kw_only=True)
class GridRow:
    case: CaseRow
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, kw_only=True)
class CaseGrid:
    sections: tuple[tuple[str, str], ...]
    rows: tuple[GridRow, ...]


def case_grid(rows: Sequence[CaseRow]) -> CaseGrid:
    """The cases of a page against the sections of all forms and versions they were entered in."""
    sections = _sections(rows)
    return CaseGrid(
        sections=tuple(sections.items()),
        rows=tuple(GridRow(case=row, cells=tuple(_cell(row, name) for name in sections)) for row in rows),
    )


def _sections(rows: Iterable[CaseRow]) -> dict[str, str]:
    """Name → label. A section keeps the place and the label of the latest version that has it."""
    versions = FormVersion.objects.filter(pk__in={row.form_version_id for row in rows}).order_by("form", "-number")
    found: dict[str, str] = {}
    for sections in versions.values_list("spec__sections", flat=True):
        found = found | {each["name"]: each["label"] for each in sections if each["name"] not in found}
    return found


def _cell(row: CaseRow, section: str) -> GridCell:
    answered, asked, to_check = row.sections.get(section, (0, 0, 0))
    if to_check:
        return GridCell(state=CHECK, text=f"{to_check} to check", section=section)
    if not asked:
        return GridCell(state=NOT_ASKED, text="not asked", section=section)
    if not answered:
        return GridCell(state=UNTOUCHED, text="not started", section=section)
    if answered < asked:
        return GridCell(state=BEGUN, text=f"{answered} of {asked}", section=section)
    return GridCell(state=DONE, text="complete", section=section)
