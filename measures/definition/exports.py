"""A form version as a file for other programs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from measures.definition.fhir import questionnaire
from measures.definition.redcap import write_dictionary
from measures.definition.spec import FormVersionSpec
from measures.definition.xlsform import write_xlsform


class ExportedFile(NamedTuple):
    name: str
    content: bytes
    media_type: str
    # What the format cannot say, one sentence each.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """A format: what people call it, how its files end, and what writes them."""

    label: str
    ending: str
    media_type: str
    write: Callable[[FormVersionSpec, str], tuple[bytes, tuple[str, ...]]]


def export_form(version: FormVersionSpec, file_format: str, *, status: str = "active") -> ExportedFile:
    """The form version in one of EXPORTS; `status` is FHIR's: draft, active or retired."""
    export = EXPORTS[file_format]
    content, notes = export.write(version, status)
    return ExportedFile(f"{version.form.slug}-v{version.number}{export.ending}", content, export.media_type, notes)


def _redcap(version: FormVersionSpec, _status: str) -> tuple[bytes, tuple[str, ...]]:
    written = write_dictionary(version.form)
    return written.text.encode(), tuple(f"{note.where}: {note.message} {note.remedy}" for note in written.notes)


def _fhir(version: FormVersionSpec, status: str) -> tuple[bytes, tuple[str, ...]]:
    text = json.dumps(questionnaire(version, status=status), ensure_ascii=False, indent=2)
    return f"{text}\n".encode(), ()


def _xlsform(version: FormVersionSpec, _status: str) -> tuple[bytes, tuple[str, ...]]:
    written = write_xlsform(version)
    return written.content, written.notes


EXPORTS: Mapping[str, Export] = {
    "redcap": Export("REDCap data dictionary", "-redcap.csv", "text/csv; charset=utf-8", _redcap),
    "fhir": Export("FHIR R4 Questionnaire", "-questionnaire.json", "application/fhir+json; charset=utf-8", _fhir),
    "xlsform": Export(
        "XLSForm",
        "-xlsform.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _xlsform,
    ),
}
