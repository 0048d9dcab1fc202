"""What is done with several cases of the work list at once: give them to somebody, take them away as a file."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases.errors import (
    NoCasesChosenError,
    NotAColleagueError,
    SeveralFormsError,
    TooLateToUndoError,
    TooManyCasesError,
)
from cases.selectors.clock import today_of
from cases.selectors.hospital_cases import hospital_for
from cases.selectors.list_filter import NOBODY, ListFilter
from cases.selectors.work_list import ChosenCases, chosen_cases, list_scope
from cases.services.assignment import Assignment, assign_cases, undo_assignment
from cases.services.export import cases_file
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission
from ui.undo import undo_tag


def _back(request: ViewerRequest, wanted: ListFilter) -> HttpResponse:
    return redirect(reverse("cases:case-list", args=[request.viewer.collaborative_slug]) + wanted.address())


def _chosen(request: ViewerRequest, participation_id: int, wanted: ListFilter) -> ChosenCases:
    scope = list_scope(request.viewer, participation_id, request.place.collaborative)
    everything = request.POST.get("which") == "all"
    return chosen_cases(scope, wanted, None if everything else request.POST.getlist("case"))


@require_POST
@needs(Permission.CASE_EDIT)
def case_assign(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    wanted, hospital = ListFilter.from_query(request.POST.dict(), request.viewer), request.viewer.participation_id
    assert hospital is not None  # noqa: S101 -- only a hospital's own people may enter cases
    try:
        ids = list(_chosen(request, hospital, wanted).values_list("pk", flat=True))
        done = assign_cases(case_ids=ids, to=_whom(request.POST.get("to", "")), by=request.viewer)
    except (NoCasesChosenError, NotAColleagueError, TooManyCasesError) as problem:
        messages.error(request, str(problem))
    else:
        undo = reverse("cases:case-assign-undo", args=[collaborative_slug]) + wanted.address()
        messages.success(request, _words(done), extra_tags=undo_tag(undo, done.undo) if done.undo else "")
    return _back(request, wanted)


def _whom(text: str) -> UUID | None:
    if text == NOBODY:
        return None
    try:
        return UUID(text)
    except ValueError as problem:
        raise NotAColleagueError from problem


def _words(done: Assignment) -> str:
    cases = f"{done.changed:,} case{'' if done.changed == 1 else 's'}"
    if done.locked:
        stay = "1 locked case stays" if done.locked == 1 else f"{done.locked:,} locked cases stay"
        return f"{cases} assigned to {done.to or 'nobody'}. {stay} with whom they were."
    if not done.changed:
        return f"Nothing changed: {done.to or 'nobody'} had these cases already."
    if not done.to:
        return f"{cases} assigned to nobody."
    return f"{cases} assigned to {done.to}."


@require_POST
@needs(Permission.CASE_EDIT)
def case_assign_undo(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    try:
        count = undo_assignment(token=request.POST.get("token", ""), by=request.viewer)
    except TooLateToUndoError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(
            request, f"Undone: {count:,} case{' is' if count == 1 else 's are'} with whom they were before."
        )
    return _back(request, ListFilter.from_query(request.GET.dict(), request.viewer))


@require_POST
@needs(Permission.CASE_VIEW)
def case_export(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    wanted = ListFilter.from_query(request.POST.dict(), request.viewer)
    hospital = _hospital(request, wanted)
    if hospital is None:
        return _back(request, wanted)
    try:
        content = cases_file(cases=_chosen(request, hospital, wanted), participation_id=hospital, by=request.viewer)
    except (NoCasesChosenError, SeveralFormsError, TooManyCasesError) as problem:
        messages.error(request, str(problem))
        return _back(request, wanted)
    name = f"cases-{today_of(request.place.collaborative).isoformat()}.csv"
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _hospital(request: ViewerRequest, wanted: ListFilter) -> int | None:
    """The own hospital, or the one that the centre looks at."""
    if request.viewer.participation_id is not None or not wanted.hospital:
        return request.viewer.participation_id
    found = hospital_for(request.viewer, wanted.hospital)
    if found is None:
        raise Http404
    return found.pk
