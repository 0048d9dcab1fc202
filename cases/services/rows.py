"""From one row of a file to a case: the same parsing and the same checks as the form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from cases.enums import CaseStatus, RowAction
from cases.errors import CaseNumberError
from cases.services.columns import Columns
from cases.services.csv_file import Row, Table
from cases.validators import clean_case_number
from measures.definition.answers import Answers, from_json, to_json
from measures.definition.check import Finding, check, clear
from measures.definition.errors import ValueProblem
from measures.definition.spec import DateOrder, FormSpec, FormVersionSpec, MissingKind, Severity, Value, VariableSpec
from measures.definition.values import parse_value


@dataclass(frozen=True)
class KnownCase:
    """What is stored under a case number already."""

    status: str
    event_date: date
    answers: Mapping[str, object]
    missing: Mapping[str, object]


@dataclass(frozen=True)
class RowFinding:
    """Something wrong with a row, as it is stored and shown."""

    rule: str
    message: str
    remedy: str
    column: str = ""
    severity: str = Severity.ERROR.value

    def to_json(self) -> dict[str, str]:
        return {
            "rule": self.rule,
            "message": self.message,
            "remedy": self.remedy,
            "column": self.column,
            "severity": self.severity,
        }


@dataclass
class ReadRow:
    """A row on its way: where it belongs, what it would store, what is wrong with it."""

    line: int
    case_number: str = ""
    participation_id: int | None = None
    event_date: date | None = None
    answers: dict[str, object] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    findings: list[RowFinding] = field(default_factory=list)
    action: RowAction = RowAction.NEW

    def refuse(self, rule: str, message: str, remedy: str, column: str = "") -> None:
        self.findings.append(RowFinding(rule, message, remedy, column))

    @property
    def is_refused(self) -> bool:
        return any(finding.severity == Severity.ERROR for finding in self.findings)


@dataclass(frozen=True, kw_only=True)
class Hospitals:
    """Whose rows are accepted. `own` is set when a hospital uploads: then no other exists for it."""

    by_identifier: Mapping[str, int]
    own: int | None = None


@dataclass(frozen=True, kw_only=True)
class RowReader:
    """Everything that is the same for all rows of one file."""

    table: Table
    columns: Columns
    versions: tuple[FormVersionSpec, ...]
    hospitals: Hospitals
    order: DateOrder
    today: date

    @cached_property
    def variables(self) -> Mapping[str, VariableSpec]:
        """Every variable that some version asks, as the latest version to ask it does."""
        return {variable.name: variable for version in self.versions for variable in version.form.variables}

    @property
    def latest(self) -> FormSpec:
        return self.versions[-1].form

    def place(self, row: Row) -> ReadRow:
        """The row with its hospital and case number; its answers come later, when duplicates are known."""
        read = ReadRow(row.line, participation_id=self.hospitals.own)
        if len(row.cells) < len(self.table.header) or any(cell.strip() for cell in row.cells[len(self.table.header) :]):
            message = f"The row has {len(row.cells)} cells, the heading has {len(self.table.header)}."
            read.refuse("ragged_row", message, "Look for a missing or unquoted delimiter.")
            return read
        self._find_hospital(row, read)
        if self.columns.case_number is not None:
            try:
                read.case_number = clean_case_number(row.cells[self.columns.case_number])
            except CaseNumberError as problem:
                read.refuse("case_number", str(problem), "", self.table.header[self.columns.case_number])
        return read

    def _find_hospital(self, row: Row, read: ReadRow) -> None:
        position, hospitals = self.columns.hospital, self.hospitals
        if position is None:
            return
        text, column = row.cells[position].strip(), self.table.header[position]
        if hospitals.own is not None:
            if hospitals.by_identifier.get(text) != hospitals.own:
                # One answer for other members and for numbers nobody has: it must not tell which exist.
                read.refuse(
                    "other_hospital",
                    f'"{text}" is not the number of your hospital.',
                    "Upload your own rows only.",
                    column,
                )
        elif text in hospitals.by_identifier:
            read.participation_id = hospitals.by_identifier[text]
        else:
            read.refuse("unknown_hospital", f'No member hospital has the number "{text}".', self._guess(text), column)

    def _guess(self, text: str) -> str:
        padded = [number for number in self.hospitals.by_identifier if number.lstrip("0") == text.lstrip("0") and text]
        if padded:
            return f"Did you mean {padded[0]}? Spreadsheets drop leading zeros; format the column as text."
        return "Check the number, or let the hospital join first."

    def read(self, row: Row, read: ReadRow, known: KnownCase | None) -> None:
        """Fill in answers, findings and what committing the row would do."""
        answers = self._answers(row, read)
        day = answers.values.get(self.latest.event_date)
        spec = self._spec_on(day if isinstance(day, date) else None, read)
        if known is not None:
            answers = self._over(known, answers, spec)
        read.findings.extend(self._checked(spec, answers, read))
        answers = clear(spec, answers.without([name for name in _names(answers) if name not in spec.by_name]))
        stored = to_json(answers)
        read.answers, read.missing = dict(stored.answers), stored.missing
        read.event_date = day if isinstance(day, date) else None
        read.action = self._action(read, known)

    def _answers(self, row: Row, read: ReadRow) -> Answers:
        values: dict[str, Value] = dict(self.columns.constants)
        missing: dict[str, MissingKind] = {}
        for name, position in self.columns.positions.items():
            variable = self.variables.get(name)
            if variable is None:
                continue
            try:
                answer = parse_value(variable, row.cells[position], self.order)
            except ValueProblem as problem:
                read.refuse(f"value:{name}", problem.message, problem.remedy, self.table.header[position])
                continue
            if isinstance(answer, MissingKind):
                missing[name] = answer
            elif answer is not None:
                values[name] = answer
        return Answers(values, missing)

    def _spec_on(self, day: date | None, read: ReadRow) -> FormSpec:
        if day is None:
            return self.latest
        version = next((each for each in reversed(self.versions) if each.in_force_on(day)), None)
        if version is None:
            first = min(each.effective_from for each in self.versions)
            message = f"No version of the form is in force on {day:%-d %B %Y}."
            read.refuse("no_form_version", message, f"The form begins on {first:%-d %B %Y}. Check the date.")
            return self.latest
        return version.form

    def _over(self, known: KnownCase, answers: Answers, spec: FormSpec) -> Answers:
        """Columns of the file replace what is stored; what the file does not have stays."""
        stored = from_json(spec, known.answers, known.missing).without(
            {*self.columns.positions, *self.columns.constants}
        )
        return Answers({**stored.values, **answers.values}, {**stored.missing, **answers.missing})

    def _checked(self, spec: FormSpec, answers: Answers, read: ReadRow) -> list[RowFinding]:
        unread = {finding.rule.removeprefix("value:") for finding in read.findings if finding.rule.startswith("value:")}
        return [
            self._row_finding(finding)
            for finding in check(spec, answers, today=self.today)
            if finding.severity is not Severity.NOTE and not (finding.rule == "required" and finding.variable in unread)
        ]

    def _row_finding(self, finding: Finding) -> RowFinding:
        position = self.columns.positions.get(finding.variable or "")
        column = self.table.header[position] if position is not None else finding.variable or ""
        generic = finding.rule in {"required", "hard_range", "soft_range", "codes", "type", "missing_kind", "future"}
        rule = f"{finding.rule}:{finding.variable}" if generic else finding.rule
        return RowFinding(rule, finding.message, finding.remedy, column, finding.severity.value)

    def _action(self, read: ReadRow, known: KnownCase | None) -> RowAction:
        if read.is_refused:
            return RowAction.REJECTED
        if known is None:
            return RowAction.NEW
        same = (known.answers, known.missing, known.event_date) == (read.answers, read.missing, read.event_date)
        return RowAction.UNCHANGED if same and known.status == CaseStatus.COMPLETE else RowAction.CHANGED


def _names(answers: Answers) -> tuple[str, ...]:
    return (*answers.values, *answers.missing)
