"""The five steps of an import as every page of it shows them."""

from dataclasses import dataclass

from django.urls import reverse

from cases.enums import ImportState
from cases.selectors.imports import AFTER_CHECK, ViewedImport
from collaboratives.http import ViewerRequest
from ui.parts import Step, StepState


UPLOAD, COLUMNS, CODES, CHECK, COMMIT = range(1, 6)
NAMES = ("Upload", "Columns", "Codes", "Check", "Commit")


def steps_of(request: ViewerRequest, case_import: ViewedImport | None, current: int) -> tuple[Step, ...]:
    """Finished steps can be opened again while nothing is imported yet."""
    if case_import is None:
        return tuple(
            Step(f"{number} {name}", "now" if number == 1 else "waiting", current=number == 1)
            for number, name in enumerate(NAMES, start=1)
        )
    slug = request.viewer.collaborative_slug
    return _Steps(case_import=case_import, slug=slug, current=current).steps()


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """The steps of one import, seen from one of its pages."""

    case_import: ViewedImport
    slug: str
    current: int

    def steps(self) -> tuple[Step, ...]:
        unknown = sum(each["unknown"] for each in self.case_import.summary.get("codes", []))
        rejected = self.case_import.summary.get("actions", {}).get("rejected", 0)
        wrong = f"{rejected:,} with errors" if self.is_checked and rejected else ""
        found: StepState = "problem" if wrong else "done" if self.is_checked else "waiting"
        after = self.state in AFTER_CHECK
        return (
            self._step(UPLOAD, "done", self._file),
            self._step(
                COLUMNS, self._state(problem=self.is_refused), self._columns, self._url("import-columns", COLUMNS)
            ),
            self._step(
                CODES,
                self._state(problem=bool(unknown)),
                f"{unknown} unknown" if unknown else "",
                self._url("import-codes", CODES),
            ),
            self._step(
                CHECK, "now" if self.state == ImportState.CHECKING else found, wrong, self._url("import-detail", CHECK)
            ),
            self._step(
                COMMIT,
                self._commit,
                self.case_import.get_state_display() if after else "",
                self._url("import-commit", COMMIT),
            ),
        )

    def _step(self, number: int, state: StepState, note: str, url: str = "") -> Step:
        return Step(f"{number} {NAMES[number - 1]}", state, note, url, current=number == self.current)

    @property
    def state(self) -> ImportState:
        return ImportState(self.case_import.state)

    @property
    def is_refused(self) -> bool:
        return self.state == ImportState.REFUSED

    @property
    def is_checked(self) -> bool:
        return "actions" in self.case_import.summary and self.state != ImportState.CHECKING

    def _state(self, *, problem: bool) -> StepState:
        return "problem" if problem else "done" if self.is_checked else "waiting"

    def _url(self, name: str, number: int) -> str:
        changeable = self.state in {ImportState.REFUSED, ImportState.CHECKED} and "columns" in self.case_import.summary
        can_open = {
            COLUMNS: changeable,
            CODES: changeable,
            CHECK: True,
            COMMIT: self.state in {ImportState.CHECKED, *AFTER_CHECK},
        }
        if number == self.current or not can_open[number]:
            return ""
        return reverse(f"cases:{name}", args=[self.slug, self.case_import.public_id])

    @property
    def _commit(self) -> StepState:
        if self.state in {ImportState.COMMITTING, ImportState.UNDOING}:
            return "now"
        return "done" if self.state in AFTER_CHECK else "waiting"

    @property
    def _file(self) -> str:
        summary = self.case_import.summary
        parts = [summary.get("kind"), summary.get("encoding"), f"{summary.get('rows', 0):,} rows"]
        return ", ".join(part for part in parts if part) if "kind" in summary else ""

    @property
    def _columns(self) -> str:
        columns = self.case_import.summary.get("columns", [])
        used = sum(1 for column in columns if column["target"] != "-")
        return f"{used} of {len(columns)} used" if columns else ""
