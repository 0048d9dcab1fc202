"""Notes of what changed, on a measure's trend."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from feedback.errors import HospitalNamedError
from feedback.forms.trend_notes import TrendNoteForm
from feedback.selectors.trend_notes import measure_for, note_for, note_lines
from feedback.services.trend_notes import add_note, remove_note
from privacy.roles import Permission


UNPROCESSABLE = 422


def _back(request: ViewerRequest, slug: str) -> HttpResponse:
    """To the chart, or for the centre, which has none of its own, to the list of its notes."""
    route = [request.viewer.collaborative_slug, slug]
    if request.viewer.participation_id is None:
        return redirect("feedback:trend-notes", *route)
    return redirect(f"{reverse('feedback:measure-detail', args=route)}?{urlencode({'view': 'time'})}#notes")


@needs(Permission.TREND_NOTE)
def trend_notes(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """The notes on one measure's trend, and a form for a new one."""
    measure = measure_for(request.viewer, measure_slug)
    form = TrendNoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_note(measure=measure, **form.cleaned_data, by=request.viewer)
        except HospitalNamedError as problem:
            form.add_error("text", str(problem))
        else:
            return _back(request, measure_slug)
    context = {"form": form, "measure": measure, "notes": note_lines(request.viewer, measure.pk)}
    return render(request, "feedback/trend_notes.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@needs(Permission.TREND_NOTE)
def trend_note_remove(
    request: ViewerRequest, collaborative_slug: str, measure_slug: str, note_id: UUID
) -> HttpResponse:
    """Take a note off the trend."""
    remove_note(note=note_for(request.viewer, note_id), by=request.viewer)
    return _back(request, measure_slug)
