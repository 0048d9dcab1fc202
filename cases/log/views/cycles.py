"""Cycles and their lock dates, for the centre."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.log.enums import ExtensionReason, Rhythm
from cases.log.errors import LogError
from cases.log.forms.locks import CyclesForm, ExtensionForm
from cases.log.selectors.cycles import ViewedCycle, cycle_for, cycle_list, forms, members
from cases.log.services.cycles import Extension, create_cycles, extend_lock
from cases.selectors.clock import today_of
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


UNPROCESSABLE = 422


@needs(Permission.LOCK_MANAGE)
def cycle_index(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    year = request.GET.get("year", "")
    chosen = int(year) if year.isdecimal() and len(year) == len("2026") else None
    page = cycle_list(request.viewer, request.place.collaborative, chosen)
    return render(request, "caselog/cycle_list.html", {"page": page})


@needs(Permission.LOCK_MANAGE)
def cycle_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    initial = {"year": today_of(request.place.collaborative).year}
    form = CyclesForm(request.POST or None, among=forms(request.viewer), initial=initial)
    if request.method == "POST" and form.is_valid() and _created(request, form):
        return redirect("caselog:cycle-list", collaborative_slug)
    return _answer(request, "caselog/cycle_new.html", form)


def _created(request: ViewerRequest, form: CyclesForm) -> bool:
    wanted = form.cleaned_data
    wanted["rhythm"] = Rhythm(wanted["rhythm"])
    try:
        made = create_cycles(**wanted, by=request.viewer)
    except LogError as problem:
        form.add_error(None, str(problem))
        return False
    messages.success(
        request, f"{len(made)} cycles are created. The first is locked after {made[0].locks_on:%-d %B %Y}."
    )
    return True


@needs(Permission.LOCK_MANAGE)
def cycle_extend(request: ViewerRequest, collaborative_slug: str, cycle_id: UUID) -> HttpResponse:
    cycle = cycle_for(request.viewer, cycle_id)
    if cycle is None:
        raise Http404
    form = ExtensionForm(request.POST or None, among=members(request.viewer))
    if request.method == "POST" and form.is_valid() and _extended(request, cycle, form):
        return redirect("caselog:cycle-list", collaborative_slug)
    return _answer(request, "caselog/cycle_extend.html", form, cycle=cycle)


def _extended(request: ViewerRequest, cycle: ViewedCycle, form: ExtensionForm) -> bool:
    sent = form.cleaned_data
    extension = Extension(locks_on=sent["locks_on"], reason=ExtensionReason(sent["reason"]), note=sent["note"])
    try:
        extend_lock(cycle=cycle, participation=sent["hospital"], extension=extension, by=request.viewer)
    except LogError as problem:
        form.add_error(None, str(problem))
        return False
    name = sent["hospital"].site.name
    messages.success(request, f"{name} enters cases of {cycle.name} until {extension.locks_on:%-d %B %Y}.")
    return True


def _answer(
    request: ViewerRequest, template: str, form: CyclesForm | ExtensionForm, cycle: ViewedCycle | None = None
) -> HttpResponse:
    refused = request.method == "POST"
    context = {"form": form, "cycle": cycle}
    return render(request, template, context, status=UNPROCESSABLE if refused else 200)
