"""One operation of the log: its case is begun, or another takes its place."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.errors import CaseDateError
from cases.log.enums import SubstitutionReason
from cases.log.errors import LogError
from cases.log.forms.log import SubstituteForm
from cases.log.selectors.log import ViewedEntry, entry_for
from cases.log.services.entries import Why, begin_case, substitute_entry
from cases.log.views.log import UNPROCESSABLE
from collaboratives.http import ViewerRequest, needs
from measures.errors import NoVersionInForceError
from privacy.roles import Permission


def _entry(request: ViewerRequest, public_id: str) -> ViewedEntry:
    entry = entry_for(request.viewer, public_id)
    if entry is None:
        raise Http404
    return entry


@require_POST
@needs(Permission.CASE_EDIT)
def entry_begin(request: ViewerRequest, collaborative_slug: str, entry_id: str) -> HttpResponse:
    entry = _entry(request, entry_id)
    try:
        case = begin_case(entry=entry, by=request.viewer)
    except (LogError, CaseDateError, NoVersionInForceError) as problem:
        messages.error(request, str(problem))
        return redirect("caselog:log-detail", collaborative_slug, entry.cycle.public_id)
    return redirect("cases:case-detail", collaborative_slug, case.public_id)


@needs(Permission.LOG_MANAGE)
def entry_substitute(request: ViewerRequest, collaborative_slug: str, entry_id: str) -> HttpResponse:
    entry = _entry(request, entry_id)
    form = SubstituteForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _substituted(request, entry, form):
        return redirect("caselog:log-detail", collaborative_slug, entry.cycle.public_id)
    context = {"form": form, "entry": entry}
    return render(request, "caselog/entry_substitute.html", context, status=UNPROCESSABLE if form.errors else 200)


def _substituted(request: ViewerRequest, entry: ViewedEntry, form: SubstituteForm) -> bool:
    sent = form.cleaned_data
    why = Why(reason=SubstitutionReason(sent["reason"]), note=sent["note"])
    try:
        made = substitute_entry(entry=entry, why=why, by=request.viewer)
    except LogError as problem:
        form.add_error(None, str(problem))
        return False
    stand_in = made.stand_in
    if stand_in is None:
        messages.warning(request, f"{entry.log_number} is out. No other operation was left to take its place.")
    else:
        messages.success(request, f"{entry.log_number} is out; {stand_in.log_number} is sampled in its place.")
    return True
