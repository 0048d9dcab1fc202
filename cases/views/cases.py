"""The work list, and the beginning of a case."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cases.errors import CaseDateError, CaseNumberError, CaseNumberTakenError
from cases.forms.list_page import list_columns, list_tabs
from cases.forms.start import StartCaseForm
from cases.selectors.clock import in_zone, today_of
from cases.selectors.grid import case_grid
from cases.selectors.hospital_cases import counted_at, hospital_for, hospitals_with_cases
from cases.selectors.list_filter import ListFilter
from cases.selectors.work_list import case_list as cases_of
from cases.selectors.work_list import list_scope
from cases.services.cases import start_case
from cases.services.entry import forms_to_enter
from cases.services.idempotency import Answer, fingerprint_of, once
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from measures.definition.spec import DateOrder
from measures.errors import NoVersionInForceError
from measures.selectors.definitions import forms_of
from privacy.roles import Permission


@needs(Permission.CASE_VIEW)
def case_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The cases of a hospital: the viewer's own, or the one that the centre chose."""
    wanted = ListFilter.from_query(request.GET.dict(), request.viewer)
    if request.viewer.participation_id is not None:
        return _list(request, request.viewer.participation_id, wanted)
    if "hospital" not in request.GET:
        return _hospitals(request)
    hospital = hospital_for(request.viewer, wanted.hospital)
    if hospital is None:
        raise Http404
    record_access(AccessAction.CASES_LISTED, by=request.viewer, subject="cases", participation_id=hospital.pk)
    return _list(request, hospital.pk, wanted, hospital=hospital.site.name)


def _hospitals(request: ViewerRequest) -> HttpResponse:
    hospitals = hospitals_with_cases(request.viewer)
    context = {
        "hospitals": hospitals,
        "counted_at": counted_at(hospitals),
        "time_zone": request.place.collaborative.time_zone,
    }
    return render(request, "cases/hospital_choice.html", context)


def _list(request: ViewerRequest, participation_id: int, wanted: ListFilter, *, hospital: str = "") -> HttpResponse:
    collaborative = request.place.collaborative
    page = cases_of(request.viewer, list_scope(request.viewer, participation_id, collaborative), wanted)
    context = {
        "page": page,
        "grid": case_grid(page.rows) if wanted.is_grid else None,
        "tabs": list_tabs(page),
        "columns": list_columns(wanted),
        "hospital": hospital,
        "now": in_zone(timezone.now(), collaborative),
        "time_zone": collaborative.time_zone,
    }
    return render(request, "cases/case_list.html", context)


@needs(Permission.CASE_EDIT)
def case_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    collaborative = request.place.collaborative
    choices, refusal = forms_to_enter(request.viewer, forms_of(request.viewer.collaborative_id))
    order, today = DateOrder(collaborative.date_order), today_of(collaborative)
    form = StartCaseForm(request.POST or None, choices=choices, order=order, today=today)
    taken = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _to_begun(request, _begin(request, form.cleaned_data))
        except CaseNumberError as problem:
            form.add_error("case_number", str(problem))
            taken = problem.public_id if isinstance(problem, CaseNumberTakenError) else ""
        except (CaseDateError, NoVersionInForceError) as problem:
            form.add_error("event_date", str(problem))
    context = {"form": form, "taken": taken, "has_forms": bool(choices), "refusal": refusal}
    return render(request, "cases/case_new.html", context)


def _to_begun(request: ViewerRequest, begun: Mapping[str, Any]) -> HttpResponse:
    messages.success(request, f"Case {begun['number']} is begun.")
    return redirect("cases:case-detail", request.viewer.collaborative_slug, begun["id"])


def _begin(request: ViewerRequest, sent: dict[str, Any]) -> Mapping[str, Any]:
    """Begin the case once, however often the form is sent. Going back and entering another number begins another."""
    words = {name: str(value) for name, value in sent.items() if name != "key"}
    fingerprint = fingerprint_of("POST", request.path, words)
    key = f"{re.sub('[^0-9a-f]', '', sent.pop('key')) or uuid4().hex}-{fingerprint[:32]}"

    def work() -> Answer:
        case = start_case(**sent, by=request.viewer)
        return Answer(201, {"id": case.public_id, "number": case.case_number})

    return once(by=request.viewer, key=key, fingerprint=fingerprint, work=work).body
