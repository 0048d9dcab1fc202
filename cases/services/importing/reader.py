"""From rows of a file to cases: the same parsing and the same checks as the form.

Rows are read in batches, column by column: most texts of a column were met before, and most rows have nothing to say.
Those that do go through the very checks of the form, which find the words.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from cases.enums import COUNTED, CaseStatus, RowAction
from cases.errors import LOCKED_WORDS
from cases.services.case_progress import CaseProgress, measure_case
from cases.services.columns import Choices, Columns
from cases.services.importing.cells import Cell, Cells, fragment
from cases.services.importing.quick import QuickCheck
from cases.services.importing.table import Row, Table
from cases.services.importing.workbook import cell_address
from cases.services.rows import KnownCase, Place, ReadRow, RowFinding
from cases.validators import finding_key
from measures.definition.answers import Answers, from_json, to_json
from measures.definition.check import Derived, Finding, check, derive
from measures.definition.spec import DateOrder, FormSpec, FormVersionSpec, MissingKind, Severity, Value, VariableSpec


LONGEST_SHOWN, MOST_REMEMBERED = 200, 5_000
PASTE_VALUES = "Copy the cells and paste them as values (Paste special, Values), then upload the file again."


@dataclass(frozen=True, kw_only=True)
class _Version:
    """One version of the form, made ready."""

    number: int
    spec: FormSpec
    quick: QuickCheck
    not_asked: frozenset[str]  # variables of the file that it does not ask


@dataclass(frozen=True, kw_only=True)
class RowReader:
    """Everything that is the same for all rows of one file."""

    table: Table
    columns: Columns
    versions: tuple[FormVersionSpec, ...]
    order: DateOrder
    today: date
    choices: Choices = field(default_factory=Choices)

    def read(self, rows: Sequence[tuple[Row, ReadRow]], known: Mapping[Place, KnownCase]) -> None:
        """Fill in answers, findings and what committing each row would do."""
        readable = [(row, read) for row, read in rows if not read.unreadable]
        if not readable:
            return
        width = len(self.table.header)
        texts = list(zip(*(row.cells[:width] for row, _ in readable), strict=True))
        columns = [
            list(map(cells.__getitem__, texts[at])) for cells, at in zip(self._cells, self._positions, strict=True)
        ]
        odd = self._odd(columns, [row.line for row, _ in readable])
        kinds = [index for index, cells in enumerate(self._cells) if cells.has_kinds]
        # Without a column for any answer every row is empty.
        across = zip(*columns, strict=True) if columns else ((),) * len(readable)
        for place, (cells, (row, read)) in enumerate(zip(across, readable, strict=True)):
            stored = known.get((read.participation_id, read.case_number)) if known else None
            answers = self._answers(cells, kinds)
            quickly = place not in odd and not read.findings and self._is_all(stored)
            if not (quickly and self._read_quickly(read, answers, cells, stored)):
                self._read_in_full(row, read, answers, cells, stored)

    def _odd(self, columns: Sequence[Sequence[Cell]], lines: Sequence[int]) -> set[int]:
        """The rows that want the full check."""
        found = set[int]()
        for cells, column in zip(self._cells, columns, strict=True):
            if cells.has_odd:
                found.update(place for place, cell in enumerate(column) if cell[3])
        if self.table.formulas:
            found.update(place for place, line in enumerate(lines) if line in self.table.formulas)
        return found

    def _answers(self, cells: Sequence[Cell], kinds: Sequence[int]) -> Answers:
        values = {name: cell[0] for name, cell in zip(self._names, cells, strict=True) if cell[0] is not None}
        missing: dict[str, MissingKind] = {}
        for index in kinds:
            if kind := cells[index][2]:
                missing[self._names[index]] = kind
        return Answers({**self.columns.constants, **values} if self.columns.constants else values, missing)

    # The quick way: the row has nothing to say, and all that is stored of it comes from the file.

    def _is_all(self, stored: KnownCase | None) -> bool:
        """Whether nothing that is stored has to be kept beside the row."""
        return stored is None or not (stored.answers.keys() | stored.missing.keys()) - self._replaced

    def _read_quickly(self, read: ReadRow, answers: Answers, cells: Sequence[Cell], stored: KnownCase | None) -> bool:
        day = answers.values.get(self._event_date)
        version = self._version_on(day) if isinstance(day, date) else None
        if version is None:
            return False
        if version.not_asked:
            answers = answers.without(version.not_asked)
        derived = derive(version.spec, answers)
        if not version.quick.is_clean(derived):
            return False
        read.event_date = day if isinstance(day, date) else None
        read.answers = self._json(derived, cells, version)
        missing = derived.answers.missing
        read.missing = json.dumps({name: kind.value for name, kind in missing.items()}) if missing else "{}"
        read.progress = self._clean_progress(version, answers, derived.hidden)
        read.action = _action(read, stored)
        return True

    def _json(self, derived: Derived, cells: Sequence[Cell], version: _Version) -> str:
        """The object of the answers, put together from what each cell contributes."""
        values = derived.answers.values
        if derived.hidden or version.not_asked:
            parts = [cell[1] for name, cell in zip(self._names, cells, strict=True) if cell[1] and name in values]
        else:
            parts = [cell[1] for cell in cells if cell[1]]
        parts += [fragment(name, values[name]) for name in self._constant_names if name in values]
        parts += [
            self._computed(each.name, values[each.name]) for each in version.quick.computed if each.name in values
        ]
        return f"{{{', '.join(parts)}}}"

    def _computed(self, name: str, value: Value) -> str:
        if len(self._fragments) > MOST_REMEMBERED:
            self._fragments.clear()
        return self._fragments.get((name, value)) or self._fragments.setdefault((name, value), fragment(name, value))

    def _clean_progress(self, version: _Version, answers: Answers, hidden: frozenset[str]) -> str:
        """Depends on which questions are answered and which hidden only, and few patterns occur."""
        key = (version.number, frozenset((*answers.values, *answers.missing)), hidden)
        found = self._progress.get(key)
        if found is None:
            if len(self._progress) > MOST_REMEMBERED:
                self._progress.clear()
            measured = measure_case(version.spec, answers, {}, findings=(), concealed=hidden)
            found = self._progress[key] = _progress_json(measured)
        return found

    # The full way: the form's own checks.

    def _read_in_full(
        self, row: Row, read: ReadRow, answers: Answers, cells: Sequence[Cell], stored: KnownCase | None
    ) -> None:
        self._refuse_cells(row, read, cells)
        day = answers.values.get(self._event_date)
        read.event_date = day if isinstance(day, date) else None
        version = self._version_on(read.event_date) if read.event_date else None
        if version is None and read.event_date:
            first = min(each.effective_from for each in self.versions)
            message = f"No version of the form is in force on {read.event_date:%-d %B %Y}."
            read.refuse("no_form_version", message, f"The form begins on {first:%-d %B %Y}. Check the date.")
        spec = version.spec if version else self.versions[-1].form
        if stored is not None:
            answers = self._over(stored, answers, spec)
        answers = answers.without([name for name in (*answers.values, *answers.missing) if name not in spec.by_name])
        self._keep(row, read, answers, spec, stored)

    def _keep(self, row: Row, read: ReadRow, answers: Answers, spec: FormSpec, stored: KnownCase | None) -> None:
        found = check(spec, answers, today=self.today)
        reason = row.cells[self.columns.reason].strip() if self.columns.reason is not None else ""
        read.findings += self._row_findings(row, read, spec, found, reason)
        derived = derive(spec, answers)
        kept = to_json(derived.answers)
        read.answers, read.missing = json.dumps(kept.answers), json.dumps(kept.missing)
        reasons = {
            **(stored.reasons if stored else {}),
            **{each.rule: each.reason for each in read.findings if each.reason},
        }
        measured = measure_case(spec, derived.answers, reasons, findings=found, concealed=derived.hidden)
        read.progress = _progress_json(measured)
        read.action = _action(read, stored)

    def _refuse_cells(self, row: Row, read: ReadRow, cells: Sequence[Cell]) -> None:
        header = self.table.header
        for cell, position in zip(cells, self._positions, strict=True):
            if cell.problem:
                rule, message, remedy = cell.problem
                text = row.cells[position].encode("utf-8", "replace").decode()[:LONGEST_SHOWN]
                read.refuse(rule, message, remedy, {header[position]: text})
        for position in self.table.formulas.get(row.line, ()):
            if position in self._used:
                address = cell_address(row.line, position + self.table.left)
                message = f"Cell {address} holds a formula, and formulas are not read."
                read.refuse("formula", message, PASTE_VALUES, {header[position]: row.cells[position][:LONGEST_SHOWN]})

    def _over(self, stored: KnownCase, answers: Answers, spec: FormSpec) -> Answers:
        """Columns of the file replace what is stored; what the file does not have stays."""
        kept = from_json(spec, stored.answers, stored.missing).without(
            {*self.columns.positions, *self.columns.constants}
        )
        return Answers({**kept.values, **answers.values}, {**kept.missing, **answers.missing})

    def _row_findings(
        self, row: Row, read: ReadRow, spec: FormSpec, found: Sequence[Finding], reason: str
    ) -> list[RowFinding]:
        """What the form would say, but for notes, and for questions whose cell could not be read."""
        unread = {finding.rule.removeprefix("value:") for finding in read.findings}
        unread |= {name for name in self._names for each in read.findings if self._column(name) == each.column}
        return [
            self._row_finding(row, spec, each, reason)
            for each in found
            if each.severity is not Severity.NOTE and not (each.rule == "required" and each.variable in unread)
        ]

    def _row_finding(self, row: Row, spec: FormSpec, finding: Finding, reason: str) -> RowFinding:
        names = finding.variables or ((finding.variable,) if finding.variable else ())
        cells = {
            self._column(name): row.cells[self.columns.positions[name]][:LONGEST_SHOWN]
            for name in names
            if name in self._names
        }
        column = self._column(finding.variable) if finding.variable else ""
        warning = finding.severity is Severity.WARNING
        return RowFinding(
            finding_key(spec, finding),
            finding.message,
            finding.remedy,
            column,
            finding.severity.value,
            cells,
            reason if warning else "",
        )

    def _column(self, name: str) -> str:
        position = self.columns.positions.get(name)
        return self.table.header[position] if position is not None else name

    def _version_on(self, day: date) -> _Version | None:
        if day not in self._on_day:
            self._on_day[day] = next((each for each in reversed(self._versions) if self._in_force(each, day)), None)
        return self._on_day[day]

    def _in_force(self, version: _Version, day: date) -> bool:
        return self.versions[version.number].in_force_on(day)

    # Made once for the file.

    @cached_property
    def _event_date(self) -> str:
        return self.versions[-1].form.event_date

    @cached_property
    def variables(self) -> Mapping[str, VariableSpec]:
        """Every variable that some version asks, as the latest version to ask it does."""
        return {variable.name: variable for version in self.versions for variable in version.form.variables}

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(name for name in self.columns.positions if name in self.variables)

    @cached_property
    def _positions(self) -> tuple[int, ...]:
        return tuple(self.columns.positions[name] for name in self._names)

    @cached_property
    def _used(self) -> frozenset[int]:
        return frozenset(self.columns.positions.values())

    @cached_property
    def _constant_names(self) -> tuple[str, ...]:
        return tuple(self.columns.constants)

    @cached_property
    def _replaced(self) -> frozenset[str]:
        """Stored answers that a row gives anew: those of its columns, and calculated ones."""
        computed = {name for name, variable in self.variables.items() if variable.calculation}
        return frozenset({*self._names, *self.columns.constants, *computed})

    @cached_property
    def _cells(self) -> tuple[Cells, ...]:
        return tuple(self._cells_of(name) for name in self._names)

    def _cells_of(self, name: str) -> Cells:
        specs = [version.form.by_name[name] for version in self.versions if name in version.form.by_name]
        order = DateOrder(self.choices.orders.get(self._column(name), self.order))
        return Cells(self.variables[name], specs, order, self.choices.codes.get(name, {}))

    @cached_property
    def _versions(self) -> tuple[_Version, ...]:
        given = {*self._names, *self.columns.constants}
        return tuple(
            _Version(
                number=number,
                spec=each.form,
                quick=QuickCheck(each.form, self.today),
                not_asked=frozenset(given - each.form.by_name.keys()),
            )
            for number, each in enumerate(self.versions)
        )

    @cached_property
    def _on_day(self) -> dict[date, _Version | None]:
        return {}

    @cached_property
    def _fragments(self) -> dict[tuple[str, Value], str]:
        return {}

    @cached_property
    def _progress(self) -> dict[tuple[int, frozenset[str], frozenset[str]], str]:
        return {}


def _progress_json(measured: CaseProgress) -> str:
    return json.dumps(vars(replace(measured, sections={name: [*counts] for name, counts in measured.sections.items()})))


def _action(read: ReadRow, stored: KnownCase | None) -> RowAction:
    if read.is_refused:
        return RowAction.REJECTED
    if stored is None:
        return RowAction.NEW
    same = stored.status in COUNTED and stored.event_date == read.event_date
    same = same and (stored.answers, stored.missing) == (json.loads(read.answers), json.loads(read.missing))
    same = same and all(stored.reasons.get(each.rule) == each.reason for each in read.findings if each.reason)
    if not same and stored.status == CaseStatus.LOCKED:
        message, _, remedy = LOCKED_WORDS.partition(". ")
        read.refuse("case_locked", f"{message}.", remedy)
        return RowAction.REJECTED
    return RowAction.UNCHANGED if same else RowAction.CHANGED
