"""Risk models as they were fitted for a release."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from feedback.selectors.model_page import model_page
from privacy.roles import Permission


@needs(Permission.MODEL_VIEW)
def model_detail(request: ViewerRequest, collaborative_slug: str, public_id: UUID, measure_slug: str) -> HttpResponse:
    """Coefficients, discrimination and calibration of one model."""
    return render(request, "feedback/model_detail.html", {"page": model_page(request.viewer, public_id, measure_slug)})
