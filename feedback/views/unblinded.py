"""Results by named hospital, for the coordinating centre. Every look is noted."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs, page_number
from events.enums import AccessAction
from events.services import record_access
from feedback.selectors.previews import preview_page
from feedback.selectors.unblinded import unblinded_page
from feedback.selectors.unblinded_time import hospital_page
from privacy.roles import Permission


@needs(Permission.UNBLINDED_VIEW)
def release_measure(
    request: ViewerRequest, collaborative_slug: str, public_id: UUID, measure_slug: str
) -> HttpResponse:
    """One measure of a release: funnel and every hospital."""
    page = unblinded_page(request.viewer, request.place, public_id, measure_slug, page_number(request))
    record_access(
        AccessAction.RESULTS_VIEWED, by=request.viewer, subject=f"{measure_slug}, release {page.release.name}"
    )
    return render(request, "feedback/release_measure.html", {"page": page})


@needs(Permission.UNBLINDED_VIEW)
def release_hospital(
    request: ViewerRequest, collaborative_slug: str, public_id: UUID, measure_slug: str, hospital_id: UUID
) -> HttpResponse:
    """One hospital over time, by name."""
    page = hospital_page(request.viewer, request.place, public_id, measure_slug, hospital_id)
    record_access(
        AccessAction.RESULTS_VIEWED,
        by=request.viewer,
        subject=f"{measure_slug} over time, release {page.release.name}",
        participation_id=page.hospital,
    )
    return render(request, "feedback/release_hospital.html", {"page": page})


@needs(Permission.UNBLINDED_VIEW)
def release_preview(
    request: ViewerRequest, collaborative_slug: str, public_id: UUID, hospital_id: UUID
) -> HttpResponse:
    """The release as one hospital will see it."""
    page = preview_page(request.viewer, request.place, public_id, hospital_id, page_number(request))
    record_access(
        AccessAction.RESULTS_VIEWED,
        by=request.viewer,
        subject=f"preview of release {page.release.name}",
        participation_id=page.hospital.pk,
    )
    return render(request, "feedback/release_preview.html", {"page": page})
