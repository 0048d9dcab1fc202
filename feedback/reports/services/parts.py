"""One measure of a report as a file of its own, typeset from what the worker kept."""

from django.http import Http404
from django.utils.text import slugify

from feedback.reports.models import HospitalReport
from feedback.reports.services.contents import part_of
from feedback.reports.services.files import PDF, File
from feedback.reports.services.typesetting import typeset


def measure_part(report: HospitalReport, slug: str) -> File:
    """The same words, numbers and pictures as in the full report, since it is made of the same content."""
    part = part_of(report.content, slug)
    if part is None:
        raise Http404
    name = f"{slugify(report.release.name)}-{slugify(report.participation.site.name)}-{slug}.pdf"
    return File(name, typeset(report.kind, part), PDF)
