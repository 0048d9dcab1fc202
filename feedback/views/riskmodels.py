"""Risk models as they were fitted for a release."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from feedback.selectors.export import File
from feedback.selectors.model_files import model_coefficients, model_script
from feedback.selectors.model_page import model_page
from privacy.roles import Permission


@needs(Permission.MODEL_VIEW)
def model_detail(request: ViewerRequest, collaborative_slug: str, public_id: UUID, measure_slug: str) -> HttpResponse:
    """Coefficients, discrimination and calibration of one model."""
    return render(request, "feedback/model_detail.html", {"page": model_page(request.viewer, public_id, measure_slug)})


@needs(Permission.MODEL_VIEW)
def model_coefficients_file(
    request: ViewerRequest, collaborative_slug: str, public_id: UUID, measure_slug: str
) -> HttpResponse:
    """Coefficients and standard errors with every digit."""
    file = model_coefficients(request.viewer, public_id, measure_slug)
    _note(request, f"coefficients of {measure_slug}")
    return as_download(file, "text/csv; charset=utf-8")


@needs(Permission.MODEL_VIEW)
def model_script_file(
    request: ViewerRequest, collaborative_slug: str, public_id: UUID, measure_slug: str
) -> HttpResponse:
    """A script with which R fits the same model again."""
    file = model_script(request.viewer, public_id, measure_slug)
    _note(request, f"R script of {measure_slug}")
    return as_download(file, "text/plain; charset=utf-8")


def _note(request: ViewerRequest, subject: str) -> None:
    record_access(
        AccessAction.EXPORTED,
        by=request.viewer,
        subject=subject[:80],
        participation_id=request.viewer.participation_id,
    )


def as_download(file: File, content_type: str) -> HttpResponse:
    disposition = f'attachment; filename="{file.name}"'
    return HttpResponse(file.content, content_type=content_type, headers={"Content-Disposition": disposition})
