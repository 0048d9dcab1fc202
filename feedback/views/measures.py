"""Measures as a hospital sees them: own results, blinded peers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs, page_number
from events.enums import AccessAction
from events.services import record_access
from feedback.forms.trend_notes import TrendNoteForm
from feedback.reviews.selectors.own import own_work
from feedback.selectors.export import measure_file
from feedback.selectors.measure_list import measure_list_page
from feedback.selectors.measure_page import Question, measure_page
from privacy.roles import Permission


@needs(Permission.MEASURE_VIEW)
def measure_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Every measure with its latest released result."""
    return render(request, "feedback/measure_list.html", {"page": measure_list_page(request.viewer, request.place)})


@needs(Permission.MEASURE_VIEW)
def measure_detail(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """One measure: comparison, own cases, definition."""
    asked = question_of(request)
    own = own_work(request.viewer, request.place, measure_slug, asked.release)
    target = own.target_value if own else None
    page = measure_page(request.viewer, request.place, measure_slug, asked, target=target)
    return render(request, "feedback/measure_detail.html", {"page": page, "own": own, "note_form": TrendNoteForm()})


@needs(Permission.COMPARISON_VIEW)
def measure_export(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """The numbers of the comparison as a file, with the columns of the page."""
    file = measure_file(request.viewer, request.place, measure_slug, question_of(request))
    record_access(
        AccessAction.EXPORTED,
        by=request.viewer,
        subject=f"results of {measure_slug}",
        participation_id=request.viewer.participation_id,
    )
    return HttpResponse(
        file.content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


def question_of(request: HttpRequest) -> Question:
    """What the address asks of a measure's page."""
    return Question(
        view=request.GET.get("view", "compare"),
        release=request.GET.get("release", ""),
        outcome=request.GET.get("outcome", ""),
        page=page_number(request),
        group=request.GET.get("group", ""),
    )
