"""REDCap data dictionaries: the CSV file of 18 columns, in and out.

What one of our forms has and REDCap has not (kinds of missing, soft ranges, scenarios, rules)
goes out in the field annotation, so that a form written here reads back the same.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from measures.definition.canonical import Json, to_json
from measures.definition.compiled import find_cycle
from measures.definition.errors import DefinitionError, DefinitionErrors, did_you_mean, nearest
from measures.definition.expression.coerce import KINDS
from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.nodes import names
from measures.definition.expression.resolve import calculation, condition
from measures.definition.redcap_row import (
    ANNOTATION,
    BRANCHING,
    CHOICES,
    COLUMNS,
    FORM,
    LABEL,
    MATRIX,
    NAME,
    REQUIRED,
    SECTION,
    TYPE,
    Place,
    Row,
    Say,
    annotation,
    plain_text,
    read_spec,
    read_variable,
    write_row,
)
from measures.definition.spec import FormSpec, ImportDefaults, Section, VariableSpec, VariableType


# What the API of REDCap calls the same columns.
_API_COLUMNS = (
    "field_name", "form_name", "section_header", "field_type", "field_label", "select_choices_or_calculations",
    "field_note", "text_validation_type_or_show_slider_number", "text_validation_min", "text_validation_max",
    "identifier", "branching_logic", "required_field", "custom_alignment", "question_number", "matrix_group_name",
    "matrix_ranking", "field_annotation",
)  # fmt: skip
_HEADINGS = {**dict(zip(_API_COLUMNS, COLUMNS, strict=True)), **{column: column for column in COLUMNS}}
_NEEDED = COLUMNS[: COLUMNS.index(REQUIRED) + 1]
_CALCULATED_TAG = re.compile(r"@CALC(TEXT|DATE)")
_TAG = re.compile(r"@[A-Z][A-Z-]+")


@dataclass(frozen=True)
class ReadDictionary:
    form: FormSpec
    # What REDCap has and we leave out, with the line; nothing that changes what an answer means.
    notes: tuple[DefinitionError, ...]


@dataclass(frozen=True)
class WrittenDictionary:
    text: str
    notes: tuple[DefinitionError, ...]


def read_dictionary(text: str, path: str, *, slug: str, name: str, event_date: str) -> ReadDictionary:
    """A REDCap data dictionary as a form. The first field, REDCap's record id, becomes the case number.

    Raises
    ------
    DefinitionErrors
        All that cannot be read, with line, column and remedy.
    """
    reader = _Reader(path)
    rows = list(reader.rows(text))
    form = reader.form(rows, FormSpec(
        slug=slug, name=name, case_noun="case", case_noun_plural="cases", event_date=event_date, sections=(), variables=()
    )) if rows else None  # fmt: skip
    if form is None or reader.errors:
        raise DefinitionErrors(sorted(reader.errors, key=lambda error: error.line))
    return ReadDictionary(form, tuple(reader.notes))


@dataclass
class _Reader:
    path: str
    errors: list[DefinitionError] = field(default_factory=list)
    notes: list[DefinitionError] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def add(self, line: int, where: str, message: str, remedy: str) -> None:
        self.errors.append(DefinitionError(path=self.path, line=line, where=where, message=message, remedy=remedy))

    def say(self, row: Row) -> Say:
        return lambda column, message, remedy: self.add(row.line, f"{row[NAME]}, {column}", message, remedy)

    def note(self, row: Row, column: str, message: str, remedy: str) -> None:
        where = f"{row[NAME]}, {column}"
        self.notes.append(DefinitionError(path=self.path, line=row.line, where=where, message=message, remedy=remedy))

    def rows(self, text: str) -> Iterator[Row]:
        reader = csv.reader(io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), newline=""))
        headings = [_HEADINGS.get(cell.strip(), cell.strip()) for cell in next(reader, [])]
        missing = [column for column in _NEEDED if column not in headings]
        for column in missing:
            guess = nearest(column, [heading for heading in headings if heading not in COLUMNS])
            remedy = f'Is it "{guess}"?' if guess else "Export the dictionary from REDCap again."
            self.add(1, "", f'The column "{column}" is missing.', remedy)
        line = reader.line_num + 1
        for cells in reader:
            if any(cells) and not missing:
                yield Row(line, dict(zip(headings, cells, strict=False)))
            line = reader.line_num + 1
        if line <= 2 and not missing:
            self.add(1, "", "The file has no fields.", "Export the dictionary from REDCap again.")

    def form(self, rows: list[Row], empty: FormSpec) -> FormSpec | None:
        record, *rest = rows
        ours = record.ours(self.say(record))
        kept = read_spec(FormSpec, {**ours, "variables": []}, self.say(record)) if ours else empty
        if kept is None:
            return None
        sections, variables = self.contents(rest, kept.sections)
        aliases = ImportDefaults(case_number_aliases=(record[NAME],))
        form = kept if ours else replace(empty, imports=aliases)
        form = replace(form, sections=sections, variables=variables)
        self.check(form)
        return form

    def contents(
        self, rows: list[Row], kept: tuple[Section, ...]
    ) -> tuple[tuple[Section, ...], tuple[VariableSpec, ...]]:
        """The sections, those of the annotation first, and the variables."""
        sections = {section.name: section for section in kept}
        variables: list[VariableSpec] = []
        instrument = current = ""
        for row in rows:
            header = row.plain(SECTION)
            if header or row[FORM] != instrument or not current:
                label = header or row[FORM].replace("_", " ").capitalize()
                current = section_labelled(label, sections.values()) or _new_name(label, sections)
                sections.setdefault(current, Section(name=current, label=label))
                instrument = row[FORM]
            variable = self.variable(row, current)
            if variable is not None:
                known = variable.section in sections
                variables.append(variable if known else replace(variable, section=current))
        used = {variable.section for variable in variables}
        # A section that was renamed in REDCap leaves its old name behind.
        is_renamed = len(sections) > len(kept)
        return tuple(item for item in sections.values() if item.name in used or not is_renamed), tuple(variables)

    def variable(self, row: Row, section: str) -> VariableSpec | None:
        if row[TYPE] == "descriptive":
            self.note(row, TYPE, "Text between the questions is left out.", "Put it into a definition.")
            return None
        if row[NAME] in self.lines:
            self.add(row.line, row[NAME], f"The name is on line {self.lines[row[NAME]]} too.", "Rename one of them.")
            return None
        self.lines[row[NAME]] = row.line
        if found := _CALCULATED_TAG.search(row[ANNOTATION]):
            self.add(
                row.line,
                f"{row[NAME]}, {ANNOTATION}",
                f"{found[0]} is not read.",
                "Make it a calc field, or remove it.",
            )
        self.note_layout(row)
        return read_variable(row, section, self.say(row), partial(self.note, row))

    def note_layout(self, row: Row) -> None:
        tags = [tag for tag in _TAG.findall(row[ANNOTATION]) if tag != "@COLLOQUY"]
        if tags:
            self.note(row, ANNOTATION, f"{', '.join(tags)} is left out.", "Nothing to do, if it was only for looks.")
        if row[MATRIX]:
            self.note(row, MATRIX, "The question is kept, its place in a matrix is not.", "Nothing to do.")

    def check(self, form: FormSpec) -> None:
        """What the logic names must be there."""
        needs: dict[str, frozenset[str]] = {}
        for variable in form.variables:
            found = [
                self.needed(variable, BRANCHING, variable.show_if, form),
                self.needed(variable, CHOICES, variable.calculation, form),
            ]
            if variable.show_if or variable.calculation:
                needs[variable.name] = frozenset().union(*found)
        if ring := find_cycle(needs):
            message = f"Branching logic and calculations run in a circle: {' needs '.join(ring)}."
            self.add(self.lines[ring[0]], f"{ring[0]}, {BRANCHING}", message, "Change one of them.")
        event = form.by_name.get(form.event_date)
        if event is None or event.type is not VariableType.DATE or not event.required:
            dates = [item.name for item in form.variables if item.type is VariableType.DATE]
            remedy = did_you_mean(
                form.event_date, dates, otherwise="Make it a required date in REDCap, or name another."
            )
            self.add(1, form.event_date, "The event date must be a required field with date validation.", remedy)

    def needed(self, variable: VariableSpec, column: str, text: str | None, form: FormSpec) -> frozenset[str]:
        try:
            if not text:
                return frozenset()
            is_formula = column == CHOICES
            return names(calculation(text, form, KINDS[variable.type]) if is_formula else condition(text, form))
        except ExpressionError as error:
            place = f"{variable.name}, {column}"
            message = f"{error.message[:-1]} (character {error.position})."
            self.add(self.lines[variable.name], place, message, error.remedy)
            return frozenset()


def section_labelled(label: str, sections: Iterable[Section]) -> str:
    """The section that a header of REDCap, which has lost its markup, means."""
    return next((section.name for section in sections if plain_text(section.label) == label), "")


def _new_name(label: str, taken: Collection[str]) -> str:
    name = re.sub("[^a-z0-9]+", "_", label.casefold()).strip("_")[:50]
    name = name if name[:1].isalpha() else f"section_{name}".rstrip("_")
    return name if name not in taken else f"{name}_{len(taken) + 1}"


def write_dictionary(form: FormSpec) -> WrittenDictionary:
    """The form as a REDCap data dictionary, with what REDCap will not do as it does here."""
    instrument = re.sub("[^a-z0-9_]+", "_", form.slug)
    notes: list[DefinitionError] = []
    own = cast("dict[str, Json]", to_json(replace(form, variables=())))
    rows = [
        Row(2, {NAME: "record_id", FORM: instrument, TYPE: "text", LABEL: "Case number", ANNOTATION: annotation(own)})
    ]
    labels = {section.name: section.label for section in form.sections}
    shown = ""
    for variable in form.variables:
        header = labels[variable.section] if variable.section != shown else ""
        shown = variable.section
        place = Place(instrument, header, section_labelled(plain_text(labels[shown]), form.sections))
        line = len(rows) + 2

        def say(column: str, message: str, remedy: str, where: str = variable.name, line: int = line) -> None:
            place = f"{where}, {column}"
            notes.append(DefinitionError(path="", line=line, where=place, message=message, remedy=remedy))

        rows.append(write_row(variable, place, say))
    return WrittenDictionary(_as_csv(rows), tuple(notes))


def _as_csv(rows: list[Row]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([row[column] for column in COLUMNS] for row in rows)
    return file.getvalue()
