"""Results as FHIR MeasureReports."""

from django.http import HttpResponse

from collaboratives.http import ViewerRequest, needs
from feedback.reports.selectors.fhir import own_measure_report, pooled_measure_report
from feedback.reports.services.files import fhir_file
from feedback.reports.views.files import taken
from privacy.roles import Permission


@needs(Permission.COMPARISON_VIEW)
def own_measure_report_download(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """One measure of the own hospital."""
    asked, own = request.GET.get("release", ""), request.viewer.participation_id
    release, report = own_measure_report(request.viewer, request.place, measure_slug, asked)
    file = fhir_file(f"{measure_slug}-measure-report", report)
    return taken(request, file, subject=f"{measure_slug}, release {release.name}, as FHIR", participation_id=own)


@needs(Permission.POOLED_VIEW)
def pooled_measure_report_download(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """One measure of all hospitals together."""
    asked = request.GET.get("release", "")
    release, report = pooled_measure_report(request.viewer, request.place, measure_slug, asked)
    file = fhir_file(f"{measure_slug}-all-hospitals", report)
    return taken(request, file, subject=f"{measure_slug} of all hospitals, release {release.name}, as FHIR")
