"""Handing out files that people brought: always a download, never a page."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def as_attachment(*, name: str, kind: str, content: bytes) -> HttpResponse:
    """A browser saves it and runs nothing of it, whatever is inside."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
