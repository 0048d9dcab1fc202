"""Imports for the pages: the list, one import with its counts and problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import Q, QuerySet

from cases.enums import ImportState, RowAction
from cases.models import CaseImport, ImportRow
from cases.selectors.progress import progress_of
from events.enums import JobState
from events.models import Job
from privacy.viewer import Viewer


ViewedImport: TypeAlias = CaseImport  # the name for views, which may hold an import but not look one up
ROWS_SHOWN, LISTED = 50, 100
RUNNING = (ImportState.CHECKING, ImportState.COMMITTING)


@dataclass(frozen=True, kw_only=True)
class ProblemGroup:
    """All findings of one rule."""

    rule: str
    column: str
    is_error: bool
    count: int
    examples: Sequence[Mapping[str, Any]]

    @property
    def title(self) -> str:
        """The first example says it best; the name of a rule means little to most."""
        return str(self.examples[0]["message"]) if self.examples else self.rule


@dataclass(frozen=True, kw_only=True)
class ProblemRow:
    line: int
    case_number: str
    rejected: bool
    messages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ImportPage:
    case_import: CaseImport
    counts: Mapping[str, int]
    groups: tuple[ProblemGroup, ...]
    more_groups: int
    rows: tuple[ProblemRow, ...]
    problem_rows: int
    done: int
    total: int
    stopped: str

    @property
    def is_running(self) -> bool:
        return self.case_import.state in RUNNING and not self.stopped

    @property
    def state(self) -> str:
        return str(self.case_import.state)

    @property
    def rejected(self) -> int:
        return self.counts["rejected"]

    @property
    def to_write(self) -> int:
        return self.counts["new"] + self.counts["changed"]

    @property
    def progress(self) -> str:
        if self.case_import.state == ImportState.COMMITTING:
            return f"Importing {self.to_write:,} cases"
        return f"Checked {self.done:,} of {self.total:,} rows" if self.total else "Waiting for a worker"


def _of_viewer(viewer: Viewer) -> QuerySet[CaseImport]:
    """A hospital's own files; of the centre those that it uploaded itself."""
    hospital = viewer.participation_id
    side = Q(participation_id=hospital) if hospital else Q(participation=None)
    return CaseImport.objects.filter(side, collaborative_id=viewer.collaborative_id).defer("content")


def import_list(viewer: Viewer) -> list[CaseImport]:
    return list(_of_viewer(viewer).select_related("uploaded_by").order_by("-uploaded_at")[:LISTED])


def import_for(viewer: Viewer, public_id: UUID) -> CaseImport | None:
    return _of_viewer(viewer).select_related("uploaded_by", "collaborative").filter(public_id=public_id).first()


def import_page(case_import: CaseImport) -> ImportPage:
    summary: Mapping[str, Any] = case_import.summary
    actions = summary.get("actions", {})
    running = progress_of(case_import.public_id) if case_import.state == ImportState.CHECKING else None
    problems = ImportRow.objects.filter(case_import=case_import).exclude(findings=[])
    shown = case_import.state in {ImportState.CHECKED, ImportState.COMMITTED}
    return ImportPage(
        case_import=case_import,
        counts={action.value: actions.get(action.value, 0) for action in RowAction},
        groups=tuple(_group(each) for each in summary.get("groups", [])),
        more_groups=summary.get("more_groups", 0),
        rows=tuple(_row(row) for row in problems.order_by("row_number")[:ROWS_SHOWN]) if shown else (),
        problem_rows=summary.get("problem_rows", 0),
        done=running.done if running else 0,
        total=running.total if running else 0,
        stopped=_stopped(case_import),
    )


def _group(data: Mapping[str, Any]) -> ProblemGroup:
    return ProblemGroup(
        rule=data["rule"],
        column=data["column"],
        is_error=data["severity"] == "error",
        count=data["count"],
        examples=data["examples"],
    )


def _row(row: ImportRow) -> ProblemRow:
    return ProblemRow(
        line=row.row_number,
        case_number=row.case_number,
        rejected=row.action == RowAction.REJECTED,
        messages=tuple(_sentence(finding) for finding in row.findings),
    )


def _sentence(finding: Mapping[str, str]) -> str:
    place = f"{finding['column']}: " if finding["column"] else ""
    return f"{place}{finding['message']} {finding['remedy']}".strip()


def _stopped(case_import: CaseImport) -> str:
    """Why a worker gave up, when it did."""
    if case_import.state not in RUNNING:
        return ""
    job = Job.objects.filter(kind__startswith="cases.", subject_id=case_import.pk).order_by("-created_at").first()
    return job.message if job and job.state == JobState.FAILED else ""


def problems_by_line(case_import: CaseImport) -> dict[int, str]:
    """Everything that is wrong, by line of the file, for the file of problems."""
    rows = ImportRow.objects.filter(case_import=case_import).exclude(findings=[]).order_by("row_number")
    found = rows.values_list("row_number", "findings")
    return {line: " | ".join(_sentence(finding) for finding in findings) for line, findings in found.iterator()}
