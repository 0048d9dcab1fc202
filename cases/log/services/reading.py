"""Read an operative log: every row that is no operation of this hospital and cycle is named, with its line and the way out.

Only what the sampling rule asks for is taken. Whatever else the file holds, names of patients perhaps, is not even read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from cases.errors import CaseNumberError, ImportRefusedError
from cases.log.definition.calendar import Span
from cases.log.definition.rule import DATE, PROCEDURE, TIME, Eligibility
from cases.services.columns import CASE_NUMBER_NAMES, HOSPITAL_NAMES
from cases.services.importing.read_file import read_file
from cases.services.importing.table import Row, Table, readable
from cases.validators import clean_case_number
from measures.definition.answers import Answers
from measures.definition.errors import ValueProblem
from measures.definition.moments import parse_date, parse_datetime, parse_time
from measures.definition.spec import DateOrder, FormSpec, MissingKind, Value
from measures.definition.values import parse_value


NUMBER, HOSPITAL = "case_number", "hospital"
LONGEST_PROCEDURE, LONGEST_SHOWN = 60, 60
NAMES = {
    NUMBER: (*CASE_NUMBER_NAMES, "log number", "number", "case"),
    DATE: ("event date", "date", "operation date", "date of operation", "surgery date", "procedure date"),
    TIME: ("event time", "time", "start time", "incision time", "time of operation"),
    PROCEDURE: ("procedure", "procedure code", "cpt", "cpt code", "operation"),
    HOSPITAL: HOSPITAL_NAMES,
}


@dataclass(frozen=True, kw_only=True)
class LogProblem:
    line: int
    column: str
    message: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class LogRow:
    """One operation that can be listed."""

    line: int
    number: str
    event_date: date
    event_time: time | None
    procedure: str
    values: Answers  # of the rule's columns


@dataclass(frozen=True, kw_only=True)
class ReadLog:
    rows: tuple[LogRow, ...]
    problems: tuple[LogProblem, ...]
    not_read: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LogReader:
    """Everything that is the same for all rows of a log."""

    identifier: str  # of the hospital
    span: Span
    cycle: str
    form: FormSpec
    rule: Eligibility
    needed: frozenset[str]  # columns without which nobody can be judged or drawn
    order: DateOrder
    today: date
    _lines: dict[str, int] = field(default_factory=dict)

    def read(self, content: bytes) -> ReadLog:
        """Raises ImportRefusedError where the file as a whole cannot be read as a log."""
        self._lines.clear()
        table = read_file(content)
        at = self._columns(table)
        rows, problems = [], []
        for row in table.rows:
            try:
                rows.append(self._row(table, at, row))
            except _RowError as refused:
                problems.append(refused.problem)
        used = {table.header[position] for position in at.values()}
        not_read = tuple(name for name in table.header if name not in used)
        return ReadLog(rows=tuple(rows), problems=tuple(problems), not_read=not_read)

    def _columns(self, table: Table) -> dict[str, int]:
        """Where each thing is, by its name; the first column of a name counts."""
        known = {_folded(name): target for target, name in self._names()}
        found: dict[str, int] = {}
        for position, name in enumerate(table.header):
            target = known.get(_folded(name))
            if target is not None and target not in found:
                found[target] = position
        lacking = [self._label(name) for name in (NUMBER, DATE, *sorted(self.needed - {DATE})) if name not in found]
        if lacking:
            raise ImportRefusedError(
                f"The log has no column for {'; '.join(lacking)}.", "Name the column so, or add it to the file."
            )
        return found

    def _names(self) -> Iterator[tuple[str, str]]:
        """Target and a name of it, the least certain first."""
        event = self.form.variable(self.form.event_date)
        yield from ((target, name) for target, names in NAMES.items() for name in names)
        yield from ((HOSPITAL, name) for name in self.form.imports.hospital_aliases)
        yield from ((NUMBER, name) for name in self.form.imports.case_number_aliases)
        yield from ((DATE, name) for name in (event.name, event.label, *event.aliases))
        yield from ((each.name, name) for each in self.rule.columns for name in (each.label, each.name))

    def _label(self, name: str) -> str:
        variable = self.rule.form.by_name.get(name)
        return f"{variable.label} ({name})" if variable else f"the case number ({name})"

    def _row(self, table: Table, at: Mapping[str, int], row: Row) -> LogRow:
        self._refuse_cells(table, at, row)
        cells = {name: readable(row.cells[position].strip()) for name, position in at.items()}
        hospital = cells.get(HOSPITAL, self.identifier)
        if hospital != self.identifier:
            # One answer for other members and for numbers nobody has: it must not tell which exist.
            message = f'"{hospital[:LONGEST_SHOWN]}" is not the number of your hospital.'
            raise _RowError(row.line, HOSPITAL, message, "Remove the row; upload your own operations only.")
        number = self._number(row.line, cells[NUMBER])
        day, clock = self._moment(row.line, cells)
        return LogRow(
            line=row.line,
            number=number,
            event_date=day,
            event_time=clock,
            procedure=cells.get(PROCEDURE, "")[:LONGEST_PROCEDURE],
            values=self._values(row.line, cells),
        )

    def _refuse_cells(self, table: Table, at: Mapping[str, int], row: Row) -> None:
        if len(row.cells) < len(table.header):
            message = f"The row has {len(row.cells)} cells, the heading has {len(table.header)}."
            raise _RowError(row.line, "", message, "Look for a missing or unquoted delimiter.")
        for position in table.formulas.get(row.line, ()):
            if position in at.values():
                message = "The cell holds a formula, and formulas are not read."
                raise _RowError(row.line, table.header[position], message, "Paste the cells as values.")

    def _number(self, line: int, text: str) -> str:
        try:
            number = clean_case_number(text)
        except CaseNumberError as problem:
            raise _RowError(line, NUMBER, str(problem), "") from problem
        first = self._lines.setdefault(number, line)
        if first != line:
            message = f"Case {number} is in line {first} already."
            raise _RowError(line, NUMBER, message, "An operation is listed once: remove one of the two rows.")
        return number

    def _moment(self, line: int, cells: Mapping[str, str]) -> tuple[date, time | None]:
        try:
            day, clock = self._day(cells[DATE])
            clock = parse_time(cells[TIME]) if cells.get(TIME) else clock
        except ValueProblem as problem:
            raise _RowError(line, DATE, problem.message, problem.remedy) from problem
        if day > self.today:
            raise _RowError(line, DATE, f"{day:%-d %B %Y} is in the future.", "Check the date.")
        if day not in self.span:
            days = f"{self.span.first:%-d %B %Y} to {self.span.last:%-d %B %Y}"
            message = f"{day:%-d %B %Y} is not in {self.cycle} ({days})."
            raise _RowError(line, DATE, message, "Check the date, or upload the row with the log of its own cycle.")
        return day, clock

    def _day(self, text: str) -> tuple[date, time | None]:
        if not text:
            raise ValueProblem("The date is empty.", "Every operation of the log has its date.")
        try:
            return parse_date(text, self.order, None), None
        except ValueProblem:
            if ":" not in text:
                raise
            moment = parse_datetime(text, self.order, None)
            return moment.date(), moment.time()

    def _values(self, line: int, cells: Mapping[str, str]) -> Answers:
        values: dict[str, Value] = {}
        missing: dict[str, MissingKind] = {}
        for each in self.rule.columns:
            try:
                value = parse_value(self.rule.form.variable(each.name), cells.get(each.name, ""), self.order)
            except ValueProblem as problem:
                raise _RowError(line, each.name, problem.message, problem.remedy) from problem
            if isinstance(value, MissingKind):
                missing[each.name] = value
            elif value is not None:
                values[each.name] = value
        return Answers(values, missing)


class _RowError(Exception):
    def __init__(self, line: int, column: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.problem = LogProblem(line=line, column=column, message=message, remedy=remedy)


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def judged(row: LogRow) -> Answers:
    """What a reason may look at: the rule's columns, and date, time and procedure."""
    values: dict[str, Value] = {**row.values.values, DATE: row.event_date}
    if row.event_time is not None:
        values[TIME] = row.event_time
    if row.procedure:
        values[PROCEDURE] = row.procedure
    return Answers(values, row.values.missing)


def in_words(problems: Sequence[LogProblem]) -> list[dict[str, object]]:
    """As they are kept with the upload."""
    return [vars(each) for each in problems]
