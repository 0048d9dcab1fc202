"""How good the cases are: of the own hospital, of every hospital for the centre."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases.quality.forms.columns import quality_columns
from cases.quality.selectors.hospital import hospital_for, hospital_page, own_hospital
from cases.quality.selectors.programme import programme_page
from cases.quality.services.export import figures_file
from cases.selectors.clock import today_of
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Permission


@needs(Permission.QUALITY_VIEW)
def data_quality(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The figures of the viewer's hospital, or all hospitals for the centre."""
    hospital = own_hospital(request.viewer)
    if hospital is not None:
        page = hospital_page(request.viewer, request.place.collaborative, hospital)
        return render(request, "quality/hospital.html", {"page": page, "own": True})
    table = programme_page(request.viewer, request.GET.get("form", ""), request.GET.get("sort", "name"))
    record_access(AccessAction.RESULTS_VIEWED, by=request.viewer, subject="data quality of all hospitals")
    return render(request, "quality/programme.html", {"page": table, "columns": quality_columns(table)})


@needs(Permission.UNBLINDED_VIEW)
def hospital_quality(request: ViewerRequest, collaborative_slug: str, participation_id: UUID) -> HttpResponse:
    """One hospital's figures, for the centre."""
    hospital = hospital_for(request.viewer, participation_id)
    if hospital is None:
        raise Http404
    record_access(AccessAction.RESULTS_VIEWED, by=request.viewer, subject="data quality", participation_id=hospital.pk)
    page = hospital_page(request.viewer, request.place.collaborative, hospital)
    return render(request, "quality/hospital.html", {"page": page, "own": False})


@needs(Permission.QUALITY_VIEW)
def quality_export(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The same figures as a file, by cycle."""
    name = f"data-quality-{today_of(request.place.collaborative).isoformat()}.csv"
    return HttpResponse(
        figures_file(by=request.viewer),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
