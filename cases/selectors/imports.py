"""Imports for the pages: the list, one import with its counts and problems, its rows in pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import Q, QuerySet

from cases.enums import ImportState, RowAction
from cases.models import CaseImport, ImportRow
from cases.selectors.import_rules import can_map_codes, rule_title
from cases.selectors.progress import Progress, progress_of
from events.enums import JobState
from events.models import Job
from measures.definition.spec import FormSpec
from measures.selectors.definitions import form_of, merged_spec
from privacy.viewer import Viewer


ViewedImport: TypeAlias = CaseImport  # the name for views, which may hold an import but not look one up
ROWS_SHOWN, LISTED, MOST_FIXED = 50, 100, 50
RUNNING = (ImportState.CHECKING, ImportState.COMMITTING, ImportState.UNDOING)
AFTER_CHECK = (ImportState.COMMITTING, ImportState.COMMITTED, ImportState.UNDOING, ImportState.UNDONE)


@dataclass(frozen=True, kw_only=True)
class ProblemGroup:
    """All findings of one rule."""

    rule: str
    title: str
    column: str
    is_error: bool
    count: int
    examples: Sequence[Mapping[str, Any]]
    can_fix: bool
    can_map: bool


@dataclass(frozen=True, kw_only=True)
class CheckedRow:
    line: int
    case_number: str
    action: str
    messages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RowsPage:
    """One page of the rows of one tab, or of one rule."""

    rows: tuple[CheckedRow, ...]
    number: int
    total: int
    rule: str = ""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class FixRow:
    """One row to correct in place: its cells that the rule is about."""

    line: int
    case_number: str
    message: str
    cells: tuple[tuple[int, str, str], ...]  # position of the column, its name, its text


@dataclass(frozen=True, kw_only=True)
class ImportPage:
    case_import: CaseImport
    counts: Mapping[str, int]
    errors: tuple[ProblemGroup, ...]
    warnings: tuple[ProblemGroup, ...]
    more_groups: int
    running: Progress | None
    stopped: str

    @property
    def state(self) -> str:
        return str(self.case_import.state)

    @property
    def summary(self) -> Mapping[str, Any]:
        return dict(self.case_import.summary)

    @property
    def is_running(self) -> bool:
        return self.case_import.state in RUNNING and not self.stopped

    @property
    def is_checked(self) -> bool:
        return "actions" in self.case_import.summary and self.case_import.state != ImportState.CHECKING

    @property
    def groups(self) -> tuple[ProblemGroup, ...]:
        return (*self.errors, *self.warnings)

    @property
    def rejected(self) -> int:
        return self.counts["rejected"]

    @property
    def warned(self) -> int:
        """Rows with warnings that can be imported all the same."""
        return int(self.summary.get("warned", 0))

    @property
    def ready(self) -> int:
        """Rows without any finding."""
        return sum(self.counts.values()) - self.rejected - self.warned

    @property
    def problem_rows(self) -> int:
        return int(self.summary.get("problem_rows", 0))

    @property
    def to_write(self) -> int:
        return self.counts["new"] + self.counts["changed"]

    @property
    def done(self) -> int:
        return self.running.done if self.running else 0

    @property
    def total(self) -> int:
        return self.running.total if self.running else 0

    @property
    def progress(self) -> str:
        if not self.total:
            return "Waiting for a worker"
        verbs = {ImportState.COMMITTING: "Imported", ImportState.UNDOING: "Taken back"}
        verb = verbs.get(ImportState(self.case_import.state), "Checked")
        left = self.running.seconds_left if self.running else None
        return f"{verb} {self.done:,} of {self.total:,} rows" + (f", about {left} s left" if left else "")


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
    running = case_import.state in RUNNING
    found = summary.get("groups", [])
    spec = spec_of(case_import) if found and not running else None
    groups = tuple(_group(each, spec, case_import) for each in found) if spec else ()
    return ImportPage(
        case_import=case_import,
        counts={action.value: actions.get(action.value, 0) for action in RowAction},
        errors=tuple(group for group in groups if group.is_error),
        warnings=tuple(group for group in groups if not group.is_error),
        more_groups=summary.get("more_groups", 0),
        running=progress_of(case_import.public_id, case_import.state) if running else None,
        stopped=_stopped(case_import),
    )


def spec_of(case_import: CaseImport) -> FormSpec | None:
    form = form_of(case_import.collaborative_id, case_import.form_slug)
    return merged_spec(form) if form else None


def _group(data: Mapping[str, Any], spec: FormSpec, case_import: CaseImport) -> ProblemGroup:
    rule, count = data["rule"], data["count"]
    open_to_change = case_import.state == ImportState.CHECKED
    located = rule not in {"ragged_row", "other_hospital", "no_form_version"}
    return ProblemGroup(
        rule=rule,
        title=rule_title(rule, spec),
        column=data["column"],
        is_error=data["severity"] == "error",
        count=count,
        examples=data["examples"],
        can_fix=open_to_change and located and count <= MOST_FIXED,
        can_map=open_to_change and can_map_codes(rule, spec),
    )


def _rows(case_import: CaseImport) -> QuerySet[ImportRow]:
    mine = ImportRow.objects.filter(collaborative_id=case_import.collaborative_id, case_import=case_import)
    return mine.order_by("row_number")


def checked_rows(page: ImportPage, *, tab: str, rule: str, number: int) -> RowsPage:
    """The rows of a tab (errors, warnings, ready), or of one rule."""
    rows, total = _rows(page.case_import), {"errors": page.rejected, "warnings": page.warned}.get(tab, page.ready)
    group = next((each for each in page.groups if each.rule == rule), None)
    if group:
        rows, total = rows.filter(findings__contains=[{"rule": rule}]), group.count
    elif tab == "errors":
        rows = rows.filter(action=RowAction.REJECTED)
    elif tab == "warnings":
        rows = rows.exclude(action=RowAction.REJECTED).exclude(findings=[])
    else:
        rows = rows.filter(findings=[])
    begin = (number - 1) * ROWS_SHOWN
    return RowsPage(
        rows=tuple(_row(row) for row in rows[begin : begin + ROWS_SHOWN]),
        number=number,
        total=total,
        rule=rule if group else "",
        title=group.title if group else "",
    )


def _row(row: ImportRow) -> CheckedRow:
    return CheckedRow(
        line=row.row_number,
        case_number=row.case_number,
        action=row.action,
        messages=tuple(sentence(finding) for finding in row.findings),
    )


def fix_rows(case_import: CaseImport, rule: str) -> list[FixRow]:
    """The rows of one rule with the cells that it is about."""
    places = {column["name"]: place for place, column in enumerate(case_import.summary.get("columns", []))}
    found = []
    for row in _rows(case_import).filter(findings__contains=[{"rule": rule}])[:MOST_FIXED]:
        finding = next(each for each in row.findings if each["rule"] == rule)
        cells = tuple((places[name], name, text) for name, text in finding.get("cells", {}).items() if name in places)
        found.append(
            FixRow(
                line=row.row_number,
                case_number=row.case_number,
                message=f"{finding['message']} {finding['remedy']}".strip(),
                cells=cells,
            )
        )
    return found


def sentence(finding: Mapping[str, str]) -> str:
    place = f"{finding['column']}: " if finding["column"] else ""
    return f"{place}{finding['message']} {finding['remedy']}".strip()


def _stopped(case_import: CaseImport) -> str:
    """Why a worker gave up, when it did."""
    if case_import.state not in RUNNING:
        return ""
    job = Job.objects.filter(kind__startswith="cases.", subject_id=case_import.pk).order_by("-created_at").first()
    return job.message if job and job.state == JobState.FAILED else ""


def problems_by_line(case_import: CaseImport) -> dict[int, str]:
    """Everything that is wrong, by line of the file, for the annotated file."""
    found = _rows(case_import).exclude(findings=[]).values_list("row_number", "findings")
    return {line: " | ".join(sentence(finding) for finding in findings) for line, findings in found.iterator()}
