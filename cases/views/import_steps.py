"""The five steps of an import as every page of it shows them."""

from django.urls import reverse

from cases.enums import ImportState
from cases.selectors.imports import AFTER_CHECK, ViewedImport
from collaboratives.http import ViewerRequest
from ui.parts import Step, StepState


UPLOAD, COLUMNS, CODES, CHECK, COMMIT = range(1, 6)


def steps_of(request: ViewerRequest, case_import: ViewedImport | None, current: int) -> tuple[Step, ...]:
    """Finished steps can be opened again while nothing is imported yet."""
    if case_import is None:
        names = ("Upload", "Columns", "Codes", "Check", "Commit")
        return tuple(
            Step(f"{number} {name}", "now" if number == 1 else "waiting", current=number == 1)
            for number, name in enumerate(names, 1)
        )
    summary, state = case_import.summary, ImportState(case_import.state)
    waiting = state in {ImportState.REFUSED, ImportState.CHECKED} and "columns" in summary
    checked = "actions" in summary and state != ImportState.CHECKING
    unknown = sum(each["unknown"] for each in summary.get("codes", []))
    refused = state == ImportState.REFUSED
    rejected = summary.get("actions", {}).get("rejected", 0)

    def url(name: str, *, if_: bool) -> str:
        return reverse(f"cases:{name}", args=[request.viewer.collaborative_slug, case_import.public_id]) if if_ else ""

    check: StepState = (
        "problem"
        if checked and rejected
        else "done"
        if checked
        else "now"
        if state == ImportState.CHECKING
        else "waiting"
    )
    return (
        Step("1 Upload", "done", _file_note(case_import), current=current == UPLOAD),
        Step(
            "2 Columns",
            _state(refused, checked),
            _columns_note(case_import),
            url("import-columns", if_=waiting),
            current=current == COLUMNS,
        ),
        Step(
            "3 Codes",
            _state(bool(unknown), checked),
            f"{unknown} unknown" if unknown else "",
            url("import-codes", if_=waiting),
            current=current == CODES,
        ),
        Step(
            "4 Check",
            check,
            f"{rejected:,} with errors" if checked and rejected else "",
            url("import-detail", if_=True),
            current=current == CHECK,
        ),
        Step(
            "5 Commit",
            _commit_state(state),
            case_import.get_state_display() if state in AFTER_CHECK else "",
            url("import-commit", if_=checked and not refused),
            current=current == COMMIT,
        ),
    )


def _state(problem: bool, checked: bool) -> StepState:  # noqa: FBT001 -- two facts of one step
    return "problem" if problem else "done" if checked else "waiting"


def _commit_state(state: ImportState) -> StepState:
    if state in {ImportState.COMMITTING, ImportState.UNDOING}:
        return "now"
    return "done" if state in AFTER_CHECK else "waiting"


def _file_note(case_import: ViewedImport) -> str:
    summary = case_import.summary
    if "kind" not in summary:
        return ""
    rows = f"{summary.get('rows', 0):,} rows"
    return (
        f"{summary['kind']}, {summary['encoding']}, {rows}" if summary.get("encoding") else f"{summary['kind']}, {rows}"
    )


def _columns_note(case_import: ViewedImport) -> str:
    columns = case_import.summary.get("columns", [])
    used = sum(1 for column in columns if column["target"] != "-")
    return f"{used} of {len(columns)} used" if columns else ""
