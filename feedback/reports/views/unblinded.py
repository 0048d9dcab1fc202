"""Results by named hospital as files, for the coordinating centre. Every one is noted."""

from uuid import UUID

from django.http import HttpResponse

from collaboratives.http import ViewerRequest, needs
from feedback.reports.selectors.named import named_reports
from feedback.reports.selectors.tables import hospitals_table
from feedback.reports.services.files import fhir_file, table_file
from feedback.reports.views.files import taken
from feedback.selectors.unblinded import unblinded_page
from privacy.roles import Permission


@needs(Permission.UNBLINDED_VIEW)
def hospitals_table_download(
    request: ViewerRequest, collaborative_slug: str, public_id: UUID, measure_slug: str
) -> HttpResponse:
    """The table of the audited page."""
    page = unblinded_page(request.viewer, request.place, public_id, measure_slug)
    return taken(
        request, table_file(hospitals_table(page)), subject=f"{measure_slug} by hospital, release {page.release.name}"
    )


@needs(Permission.UNBLINDED_VIEW)
def named_reports_download(
    request: ViewerRequest, collaborative_slug: str, public_id: UUID, measure_slug: str
) -> HttpResponse:
    """A FHIR MeasureReport of every hospital, in one Bundle."""
    release, found = named_reports(request.viewer, request.place, public_id, measure_slug)
    subject = f"{measure_slug} by hospital, release {release.name}, as FHIR"
    return taken(request, fhir_file(f"{measure_slug}-measure-reports", found), subject=subject)
