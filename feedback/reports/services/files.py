"""What is sent: names that say what is inside, and all files of a release in one."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import slugify

from feedback.reports.definition.measure_report import FHIR_JSON
from feedback.reports.models import HospitalReport, PooledReport
from feedback.reports.selectors.columns import Table, csv_text
from measures.definition.canonical import Json


PDF, CSV, ZIP = "application/pdf", "text/csv; charset=utf-8", "application/zip"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP can name: the archive says nothing of when it was made


@dataclass(frozen=True)
class File:
    name: str
    content: bytes
    content_type: str


def report_file(report: HospitalReport) -> File:
    return File(_name(report), bytes(report.file), PDF)


def pooled_file(report: PooledReport) -> File:
    words = "-plain-words" if report.plain else ""
    return File(f"{slugify(report.release.name)}-all-hospitals{words}.pdf", bytes(report.file), PDF)


def table_file(table: Table) -> File:
    return File(f"{table.name}.csv", csv_text(table).encode(), CSV)


def fhir_file(name: str, resource: Mapping[str, Json]) -> File:
    """Indented, so that people can read it too."""
    return File(f"{name}.json", json.dumps(resource, ensure_ascii=False, indent=2).encode(), FHIR_JSON)


def archive(reports: Sequence[HospitalReport]) -> File:
    """Files that are compressed already, one after the other."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for report in reports:
            packed.writestr(zipfile.ZipInfo(_name(report), EPOCH), bytes(report.file))
    return File(f"reports-{slugify(reports[0].release.name)}.zip", out.getvalue(), ZIP)


def _name(report: HospitalReport) -> str:
    hospital = slugify(report.participation.site.name)
    return f"{slugify(report.release.name)}-{hospital}-{report.kind}.pdf"
