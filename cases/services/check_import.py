"""The worker's first half of an import: read the file, check every row, stage what each would do."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from cases.enums import ImportState, RowAction
from cases.errors import ImportRefusedError
from cases.models import Case, CaseImport, ImportRow
from cases.selectors.clock import today_of
from cases.services.columns import match_columns, resolve_columns
from cases.services.csv_file import Row, Table, read_table
from cases.services.imports import choices_of
from cases.services.progress import tell_progress
from cases.services.rows import Hospitals, KnownCase, ReadRow, RowReader
from collaboratives.models import Participation
from events.models import Job
from measures.definition.spec import DateOrder, FormVersionSpec, Severity
from measures.models import Form
from measures.selectors.definitions import form_of


BATCH = 1000
MOST_GROUPS, MOST_EXAMPLES = 200, 3
Place = tuple[int | None, str]


def check_import(job: Job) -> None:
    """Work of the job `cases.check_import`; running it again gives the same rows."""
    case_import = CaseImport.objects.select_related("collaborative").get(pk=job.subject_id)
    if case_import.state == ImportState.CHECKING:
        check_file(case_import)


def check_file(case_import: CaseImport) -> None:
    """Stage every row of the file, or say why it cannot be read."""
    ImportRow.objects.filter(case_import=case_import).delete()
    try:
        case_import.summary = _Check(case_import).run()
        case_import.state, case_import.problem = ImportState.CHECKED, ""
    except ImportRefusedError as problem:
        case_import.state, case_import.problem = ImportState.REFUSED, str(problem)
    case_import.save(update_fields=["state", "problem", "summary"])


@dataclass
class _Tally:
    """Counts while rows go by: what they would do, what is wrong with them, with examples."""

    actions: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[dict[str, object]]] = field(default_factory=lambda: defaultdict(list))
    details: dict[str, dict[str, str]] = field(default_factory=dict)
    with_warnings: int = 0
    with_problems: int = 0

    def add(self, read: ReadRow) -> None:
        self.actions[read.action.value] += 1
        self.with_problems += bool(read.findings)
        self.with_warnings += any(finding.severity == Severity.WARNING for finding in read.findings)
        for finding in read.findings:
            self.rules[finding.rule] += 1
            self.details.setdefault(finding.rule, {"column": finding.column, "severity": finding.severity})
            if len(self.examples[finding.rule]) < MOST_EXAMPLES:
                self.examples[finding.rule].append({"row": read.line, "message": f"{finding.message} {finding.remedy}"})

    def groups(self) -> list[dict[str, object]]:
        """Problems by rule: errors before warnings, the frequent first."""
        ordered = sorted(self.rules, key=lambda rule: (self.details[rule]["severity"], -self.rules[rule]))
        return [
            {"rule": rule, "count": self.rules[rule], "examples": self.examples[rule], **self.details[rule]}
            for rule in ordered[:MOST_GROUPS]
        ]


class _Check:
    """One run over one file."""

    def __init__(self, case_import: CaseImport) -> None:
        self.case_import = case_import
        self.table = read_table(bytes(case_import.content))
        self.form = self._form()
        self.versions = _versions(self.form)
        self._note_table()
        self.reader = self._reader()

    def _form(self) -> Form:
        form = form_of(self.case_import.collaborative_id, self.case_import.form_slug)
        if form is None:
            raise ImportRefusedError(
                f'The form "{self.case_import.form_slug}" is not published any more.',
                "Choose another form and upload again.",
            )
        return form

    def _note_table(self) -> None:
        """What was found in the file, kept even when a column is missing, so that a person can correct the columns."""
        table, choices, spec = self.table, choices_of(self.case_import), self.versions[-1].form
        self.case_import.summary = {
            "encoding": table.encoding,
            "guessed": table.guessed,
            "delimiter": table.delimiter_name,
            "columns": [
                {"name": name, "target": target, "samples": _samples(table, position)}
                for position, (name, target) in enumerate(match_columns(table.header, spec, choices).items())
            ],
            "rows": len(table.rows),
        }

    def _reader(self) -> RowReader:
        collaborative = self.case_import.collaborative
        order = DateOrder(collaborative.date_order)
        columns = resolve_columns(
            self.table.header,
            self.versions[-1].form,
            choices_of(self.case_import),
            order=order,
            hospital_needed=self.case_import.participation_id is None,
        )
        return RowReader(
            table=self.table,
            columns=columns,
            versions=self.versions,
            hospitals=_hospitals(self.case_import),
            order=order,
            today=today_of(collaborative),
        )

    def run(self) -> dict[str, object]:
        placed = [self.reader.place(row) for row in self.table.rows]
        if self.reader.columns.by_row:
            _number_by_row(placed)
        _refuse_duplicates(placed)
        known, elsewhere = self._known(placed)
        tally, total = _Tally(), len(placed)
        tell_progress(self.case_import.public_id, done=0, total=total)
        pairs = zip(self.table.rows, placed, strict=True)
        for done, batch in enumerate(iter(lambda: list(islice(pairs, BATCH)), [])):
            for row, read in batch:
                self._read(row, read, known, elsewhere)
                tally.add(read)
            _stage(self.case_import, [read for _, read in batch])
            tell_progress(self.case_import.public_id, done=min(total, (done + 1) * BATCH), total=total)
        return self._summary(tally)

    def _read(self, row: Row, read: ReadRow, known: dict[Place, KnownCase], elsewhere: set[Place]) -> None:
        place = (read.participation_id, read.case_number)
        if place in elsewhere:
            message = f"Case number {read.case_number} belongs to a case of another form."
            read.refuse("number_of_other_form", message, "Check the number.")
        if any(finding.rule in {"ragged_row", "other_hospital"} for finding in read.findings):
            read.action = RowAction.REJECTED
        else:
            self.reader.read(row, read, known.get(place))

    def _known(self, placed: Iterable[ReadRow]) -> tuple[dict[Place, KnownCase], set[Place]]:
        """Stored cases of the hospitals in the file; and numbers that belong to cases of other forms."""
        hospitals = {read.participation_id for read in placed if read.participation_id}
        known: dict[Place, KnownCase] = {}
        elsewhere: set[Place] = set()
        fields = (
            "participation_id",
            "case_number",
            "form_version__form_id",
            "status",
            "event_date",
            "answers",
            "missing",
        )
        for hospital, number, form_id, *stored in (
            Case.objects.filter(participation_id__in=hospitals).values_list(*fields).iterator(chunk_size=2000)
        ):
            if form_id == self.form.pk:
                known[hospital, number] = KnownCase(*stored)
            else:
                elsewhere.add((hospital, number))
        return known, elsewhere

    def _summary(self, tally: _Tally) -> dict[str, object]:
        return {
            **self.case_import.summary,
            "actions": {action.value: tally.actions[action.value] for action in RowAction},
            "warnings": tally.with_warnings,
            "problem_rows": tally.with_problems,
            "groups": tally.groups(),
            "more_groups": max(0, len(tally.rules) - MOST_GROUPS),
            "unused": list(self.reader.columns.unused),
            "checked_at": timezone.now().isoformat(),
        }


def _samples(table: Table, position: int) -> list[str]:
    values = (row.cells[position].strip() for row in table.rows[:200] if position < len(row.cells))
    return [value[:30] for value in islice(dict.fromkeys(value for value in values if value), 3)]


def _versions(form: Form) -> tuple[FormVersionSpec, ...]:
    return tuple(
        FormVersionSpec(
            number=version.number,
            effective_from=version.effective_from,
            effective_to=version.effective_to,
            note=version.note,
            form=version.definition,
        )
        for version in form.versions.all()
    )


def _hospitals(case_import: CaseImport) -> Hospitals:
    members = Participation.objects.filter(collaborative_id=case_import.collaborative_id, left_on=None)
    if case_import.participation_id:
        members = Participation.objects.filter(pk=case_import.participation_id)
    numbers = {number: key for key, number in members.values_list("pk", "site__identifier")}
    return Hospitals(by_identifier=numbers, own=case_import.participation_id)


def _number_by_row(placed: Iterable[ReadRow]) -> None:
    """Rows without a case number are counted within their hospital, in the order of the file."""
    counters: Counter[int | None] = Counter()
    for read in placed:
        if not read.is_refused:
            counters[read.participation_id] += 1
            read.case_number = f"{counters[read.participation_id]:04d}"


def _refuse_duplicates(placed: Iterable[ReadRow]) -> None:
    """Rows of one hospital with one number contradict each other; none of them is taken."""
    lines: dict[Place, list[ReadRow]] = defaultdict(list)
    for read in placed:
        if read.case_number and not read.is_refused:
            lines[read.participation_id, read.case_number].append(read)
    for same in lines.values():
        for read in same if len(same) > 1 else ():
            other = next(each.line for each in same if each is not read)
            message = f"Case number {read.case_number} is also on line {other}."
            read.refuse("duplicate_case_number", message, "Keep one of these rows.")


STAGE = """
    INSERT INTO cases_importrow
        (collaborative_id, case_import_id, participation_id, row_number, case_number, action, event_date, answers, missing, findings)
    SELECT %s, %s, * FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::date[], %s::jsonb[], %s::jsonb[], %s::jsonb[])
"""


def _stage(case_import: CaseImport, rows: Sequence[ReadRow]) -> None:
    """Arrays in one statement: COPY is refused on protected tables."""
    columns: Iterator[list[object]] = map(
        list,
        zip(
            *(
                (
                    row.participation_id,
                    row.line,
                    row.case_number,
                    row.action.value,
                    row.event_date,
                    Jsonb(row.answers),
                    Jsonb(row.missing),
                    Jsonb([finding.to_json() for finding in row.findings]),
                )
                for row in rows
            ),
            strict=True,
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(STAGE, [case_import.collaborative_id, case_import.pk, *columns])
