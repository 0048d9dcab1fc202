"""What becomes of one row of a file, on its way to a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cases.enums import RowAction
from measures.definition.spec import Severity


Place = tuple[int | None, str]  # hospital and case number


@dataclass(frozen=True)
class KnownCase:
    """What is stored under a case number already."""

    status: str
    event_date: date
    answers: Mapping[str, object]
    missing: Mapping[str, object]
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RowFinding:
    """Something wrong with a row, as it is stored and shown. `cells` are the texts it is about, by column."""

    rule: str
    message: str
    remedy: str
    column: str = ""
    severity: str = Severity.ERROR.value
    cells: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    def to_json(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if value or name in {"column", "remedy"}}


@dataclass(slots=True)
class ReadRow:
    """Where the row belongs, what it would store (as JSON text), what is wrong with it."""

    line: int
    case_number: str = ""
    participation_id: int | None = None
    event_date: date | None = None
    answers: str = "{}"
    missing: str = "{}"
    progress: str = "{}"
    findings: list[RowFinding] = field(default_factory=list)
    action: RowAction = RowAction.NEW
    unreadable: bool = False  # its cells cannot be told apart, or are not ours to read

    def refuse(self, rule: str, message: str, remedy: str, cells: Mapping[str, str] | None = None) -> None:
        column = next(iter(cells or {}), "")
        self.findings.append(RowFinding(rule, message, remedy, column, cells=cells or {}))
        self.action = RowAction.REJECTED

    def warn(self, rule: str, message: str, remedy: str, cells: Mapping[str, str]) -> None:
        column = next(iter(cells), "")
        self.findings.append(RowFinding(rule, message, remedy, column, Severity.WARNING.value, cells))

    @property
    def is_refused(self) -> bool:
        return any(finding.severity == Severity.ERROR for finding in self.findings)
