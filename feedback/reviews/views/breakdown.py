"""The own hospital's breakdown by clinician code and by kind of case, as a page and as a file."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from feedback.reviews.selectors.breakdown import breakdown_file, breakdown_page
from privacy.roles import Permission


@needs(Permission.BREAKDOWN_VIEW)
def breakdown_detail(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    page = breakdown_page(request.viewer, measure_slug, request.GET.get("release", ""))
    return render(request, "reviews/breakdown.html", {"page": page})


@needs(Permission.BREAKDOWN_VIEW)
def breakdown_export(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    file = breakdown_file(breakdown_page(request.viewer, measure_slug, request.GET.get("release", "")))
    record_access(
        AccessAction.EXPORTED,
        by=request.viewer,
        subject=f"own breakdown of {measure_slug}",
        participation_id=request.viewer.participation_id,
    )
    return HttpResponse(
        file.content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )
