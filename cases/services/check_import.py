"""The worker's first half of an import: read the file, check every row, stage what each would do."""

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.utils import timezone

from cases.enums import ImportState
from cases.errors import ImportRefusedError
from cases.models import Case, CaseImport, ImportRow
from cases.selectors.clock import today_of
from cases.services.columns import Columns, match_columns, resolve_columns
from cases.services.importing.mail import tell_when_checked
from cases.services.importing.places import Hospitals, Placer, refuse_duplicates
from cases.services.importing.read_file import read_file
from cases.services.importing.reader import RowReader
from cases.services.importing.stage import Stage, counted
from cases.services.importing.survey import Survey
from cases.services.importing.table import Row, batches
from cases.services.imports import choices_of
from cases.services.progress import Progress
from cases.services.rows import Place, ReadRow
from collaboratives.agreements.selectors.standings import lacking_for_entry
from collaboratives.models import Participation
from events.models import Job
from measures.definition.spec import DateOrder, FormVersionSpec
from measures.models import Form
from measures.selectors.definitions import form_of


BATCH = 1000
READING = 0.2  # the part of the work that is done when the file was read once


def check_import(job: Job) -> None:
    """Work of the job `cases.check_import`; running it again gives the same rows."""
    case_import = CaseImport.objects.defer("content").select_related("collaborative").get(pk=job.subject_id)
    if case_import.state == ImportState.CHECKING:
        check_file(case_import)
        tell_when_checked(case_import, job)


def check_file(case_import: CaseImport) -> None:
    """Stage every row of the file, or say why it cannot be read. After corrections only their rows are checked again."""
    lines = frozenset[int](case_import.summary.get("recheck", ()))
    stale = ImportRow.objects.filter(collaborative_id=case_import.collaborative_id, case_import=case_import)
    (stale.filter(row_number__in=lines) if lines else stale).delete()
    try:
        with _no_cycles():
            case_import.summary = _Check(case_import, lines).run()
        case_import.state, case_import.problem = ImportState.CHECKED, ""
    except ImportRefusedError as problem:
        case_import.state, case_import.problem = ImportState.REFUSED, str(problem)
        case_import.summary.pop("recheck", None)
    case_import.save(update_fields=["state", "problem", "summary"])


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Rows make no cycles; looking for some among 100,000 of them takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Check:
    """One run over one file."""

    def __init__(self, case_import: CaseImport, lines: Collection[int]) -> None:
        self.case_import, self.only = case_import, lines
        self.choices = choices_of(case_import)
        self.progress = Progress(case_import.public_id, case_import.state)
        self.progress.tell(0, 0)
        content = bytes(CaseImport.objects.values_list("content", flat=True).get(pk=case_import.pk))
        self.table = read_file(content, self.choices.sheet)
        self.progress.tell(0, self.table.size)
        self.form = self._form()
        self.versions = _versions(self.form)
        self.order = DateOrder(case_import.collaborative.date_order)
        self.matched = match_columns(self.table.header, self.versions[-1].form, self.choices)
        self.survey = Survey(self.table, self.versions[-1].form, self.matched, self.choices)

    def _form(self) -> Form:
        form = form_of(self.case_import.collaborative_id, self.case_import.form_slug)
        if form is None:
            raise ImportRefusedError(
                f'The form "{self.case_import.form_slug}" is not published any more.',
                "Choose another form and upload again.",
            )
        return form

    def run(self) -> dict[str, object]:
        placer = self._placer()
        placed: list[ReadRow] = []
        for batch in batches(self._rows(), BATCH):
            self.survey.look(batch)
            placed += map(placer.place, batch) if placer else ()
            self.progress.tell(int(self.survey.rows * READING), self.table.size)
        self._note_table()
        self._refuse_orders()
        columns = self._columns()  # refuses a file whose columns are not enough, now that the page can show them
        refuse_duplicates(placed)
        reader = RowReader(
            table=self.table,
            columns=columns,
            versions=self.versions,
            order=self.order,
            today=today_of(self.case_import.collaborative),
            choices=self.choices,
        )
        self._check(reader, placed, self._existing(placed))
        return {
            **self.case_import.summary,
            **counted(self.case_import),
            "unused": list(columns.unused),
            "checked_at": timezone.now().isoformat(),
        }

    def _rows(self) -> Iterator[Row]:
        """The rows of the file, with what a person wrote in place of some cells."""
        corrections = self.case_import.corrections
        if not corrections:
            return self.table.rows
        places = {name: place for place, name in enumerate(self.table.header)}
        return (_corrected(row, corrections.get(str(row.line)), places) for row in self.table.rows)

    def _placer(self) -> Placer | None:
        """None when the columns are not known well enough: then the survey alone is for the page."""
        try:
            columns = self._columns()
        except ImportRefusedError:
            return None
        hospitals = _hospitals(self.case_import)
        zero_led = {} if columns.by_row else _zero_led(hospitals)
        return Placer(header=self.table.header, columns=columns, hospitals=hospitals, zero_led=zero_led)

    def _columns(self) -> Columns:
        return resolve_columns(
            self.table.header,
            self.versions[-1].form,
            self.choices,
            order=self.order,
            hospital_needed=self.case_import.participation_id is None,
        )

    def _note_table(self) -> None:
        """What was found in the file, kept even when a column is missing, so that a person can correct the columns."""
        table = self.table
        self.case_import.summary = {
            "kind": table.kind,
            "encoding": table.encoding,
            "guessed": table.guessed,
            "mixed": table.mixed,
            "delimiter": table.delimiter_name,
            "sheet": table.sheet,
            "sheets": list(table.sheets),
            "heading_line": table.heading_line,
            "columns": self.survey.columns(),
            "codes": self.survey.codes(),
            "orders": self.survey.orders(self.order),
            "rows": self.survey.rows,
        }

    def _refuse_orders(self) -> None:
        """A date that may be two dates is not taken for either before a person said which."""
        for column, found in self.survey.orders(self.order).items():
            words = {"dmy": "day/month/year", "mdy": "month/day/year"}
            usual = words.get(self.order.value, "year-month-day")
            message = f'The column "{column}" seems to be written {words[found["order"]]}, such as {found["example"]}; the programme writes {usual}.'
            raise ImportRefusedError(message, "Say on the page “Columns” which order it has.")

    def _existing(self, placed: Sequence[ReadRow]) -> dict[Place, bool]:
        """Which of the rows' numbers are taken: True by a case of this form, False by one of another form."""
        wanted = {(read.participation_id, read.case_number) for read in placed if read.case_number}
        hospitals = {hospital for hospital, _ in wanted if hospital}
        fields = ("participation_id", "case_number", "form_version__form_id")
        stored = Case.objects.filter(participation_id__in=hospitals).values_list(*fields).iterator(chunk_size=5000)
        return {
            (hospital, number): form == self.form.pk
            for hospital, number, form in stored
            if (hospital, number) in wanted
        }

    def _check(self, reader: RowReader, placed: Sequence[ReadRow], existing: Mapping[Place, bool]) -> None:
        """Read every row (after corrections: those of theirs) and stage it, batch by batch."""
        stage, done, total = Stage(self.case_import), 0, len(placed)
        pairs = zip(self._rows(), placed, strict=True)
        with stage.pipeline():
            for batch in batches(pairs, BATCH):
                done += len(batch)
                chosen = [pair for pair in batch if pair[1].line in self.only] if self.only else batch
                _refuse_numbers_elsewhere([read for _, read in chosen], existing)
                places = [
                    place for _, read in chosen if existing.get(place := (read.participation_id, read.case_number))
                ]
                reader.read(chosen, stage.known(places))
                stage.add([read for _, read in chosen])
                self.progress.tell(int(total * READING + done * (1 - READING)), total)


def _refuse_numbers_elsewhere(rows: Sequence[ReadRow], existing: Mapping[Place, bool]) -> None:
    for read in rows:
        if existing.get((read.participation_id, read.case_number)) is False:
            message = f"Case number {read.case_number} belongs to a case of another form."
            read.refuse("number_of_other_form", message, "Check the number.")


def _corrected(row: Row, texts: Mapping[str, str] | None, places: Mapping[str, int]) -> Row:
    if not texts:
        return row
    cells = list(row.cells)
    for column, text in texts.items():
        if (place := places.get(column)) is not None and place < len(cells):
            cells[place] = text
    return Row(row.line, cells)


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
    if (
        case_import.participation_id
    ):  # whose agreements were asked for when it was uploaded, and are when it is taken over
        return Hospitals(by_identifier=numbers, own=case_import.participation_id)
    return Hospitals(by_identifier=numbers, unsigned=lacking_for_entry(case_import.collaborative, numbers.values()))


def _zero_led(hospitals: Hospitals) -> dict[Place, str]:
    """Stored case numbers that begin with zeros, by what a spreadsheet leaves of them."""
    mine = {hospitals.own} if hospitals.own else set(hospitals.by_identifier.values())
    led = Case.objects.filter(participation_id__in=mine, case_number__startswith="0")
    return {
        (hospital, number.lstrip("0")): number
        for hospital, number in led.values_list("participation_id", "case_number").iterator()
        if number.isdecimal()
    }
