"""The archive and one announcement; that it is read is said by a POST of the page, never by looking."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from coordination.news.selectors.announcements import announcement_for
from coordination.news.selectors.archive import archive_page
from coordination.news.selectors.reading import announcement_page
from coordination.news.selectors.reads import reads_csv
from coordination.news.services.reading import mark_read
from privacy.roles import Permission


@needs(Permission.NEWS_VIEW)
def archive(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    page = archive_page(request.viewer, request.place.collaborative, request.GET.dict())
    return render(request, "news/archive.html", {"page": page})


@needs(Permission.NEWS_VIEW)
def announcement_detail(request: ViewerRequest, collaborative_slug: str, announcement_id: UUID) -> HttpResponse:
    page = announcement_page(request.viewer, request.place.collaborative, announcement_id)
    return render(request, "news/announcement_detail.html", {"page": page})


@require_POST
@needs(Permission.NEWS_VIEW)
def announcement_read(request: ViewerRequest, collaborative_slug: str, announcement_id: UUID) -> HttpResponse:
    """The page asks for it as soon as it is open; without scripts, a button does."""
    mark_read(announcement=announcement_for(request.viewer, announcement_id), by=request.viewer)
    if not request.headers.get("HX-Request"):
        return redirect("news:announcement-detail", collaborative_slug, announcement_id)
    page = announcement_page(request.viewer, request.place.collaborative, announcement_id)
    return render(request, "news/partials/read_state.html", {"page": page, "slug": collaborative_slug})


@needs(Permission.NEWS_WRITE)
def reads_export(request: ViewerRequest, collaborative_slug: str, announcement_id: UUID) -> HttpResponse:
    announcement = announcement_for(request.viewer, announcement_id, to=Permission.NEWS_WRITE)
    name = f"{announcement.kind}-{announcement.number}-read.csv"
    return HttpResponse(
        reads_csv(request.viewer, announcement),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
