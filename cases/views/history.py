"""Who changed what in a case, and when."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases.selectors.cases import case_for
from cases.selectors.history import case_history as history_of
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Capacity, Permission


SHORT = 8  # as many as stand beside a question


@needs(Permission.CASE_VIEW)
def case_history(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """All changes, or those of one question; `part=question` is what the case form shows beside the question."""
    case = case_for(request.viewer, public_id)
    if case is None:
        raise Http404
    if request.viewer.capacity is Capacity.CENTRE:
        subject = f"history of case {case.public_id}"
        record_access(
            AccessAction.CASE_VIEWED, by=request.viewer, subject=subject, participation_id=case.participation_id
        )
    number, beside = request.GET.get("page", "1"), request.GET.get("part") == "question"
    page = int(number) if number.isdecimal() and len(number) < 7 else 1
    more = {"per_page": SHORT} if beside else {"page": max(1, page)}
    history = history_of(case, question=request.GET.get("question", ""), **more)
    template = "cases/partials/question_history.html" if beside else "cases/case_history.html"
    return render(request, template, {"history": history, "time_zone": case.collaborative.time_zone})
