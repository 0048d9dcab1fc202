"""What is sent, under names that say what is inside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import slugify

from feedback.reports.definition.measure_report import FHIR_JSON
from feedback.reports.models import HospitalReport, PooledReport
from feedback.reports.selectors.columns import Table, csv_text
from measures.definition.canonical import Json


PDF, CSV = "application/pdf", "text/csv; charset=utf-8"


@dataclass(frozen=True)
class File:
    name: str
    content: bytes
    content_type: str


def report_file(report: HospitalReport) -> File:
    return File(report_name(report), bytes(report.file), PDF)


def pooled_file(report: PooledReport) -> File:
    words = "-plain-words" if report.plain else ""
    return File(f"{slugify(report.release.name)}-all-hospitals{words}.pdf", bytes(report.file), PDF)


def table_file(table: Table) -> File:
    return File(f"{table.name}.csv", csv_text(table).encode(), CSV)


def fhir_file(name: str, resource: Mapping[str, Json]) -> File:
    """Indented, so that people can read it too."""
    return File(f"{name}.json", json.dumps(resource, ensure_ascii=False, indent=2).encode(), FHIR_JSON)


def report_name(report: HospitalReport) -> str:
    hospital = slugify(report.participation.site.name)
    return f"{slugify(report.release.name)}-{hospital}-{report.kind}.pdf"
