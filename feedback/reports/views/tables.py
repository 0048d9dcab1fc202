"""Tables of numbers as CSV, with the columns of their pages."""

from uuid import UUID

from django.http import HttpResponse

from collaboratives.http import ViewerRequest, needs
from feedback.reports.selectors.tables import home_table, summary_table
from feedback.reports.services.files import table_file
from feedback.reports.views.files import taken
from privacy.roles import Permission


@needs(Permission.COMPARISON_VIEW)
def home_table_download(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """All measures of the own hospital in one release."""
    release, table = home_table(request.viewer, request.place, request.GET.get("release", ""))
    subject, own = f"table of measures, release {release.name}", request.viewer.participation_id
    return taken(request, table_file(table), subject=subject, participation_id=own)


@needs(Permission.RELEASE_VIEW)
def summary_table_download(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """All measures of a release, for the centre."""
    release, table = summary_table(request.viewer, public_id)
    return taken(request, table_file(table), subject=f"measures of release {release.name}")
