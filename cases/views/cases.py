"""The work list, and the beginning of a case."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cases.errors import CaseDateError, CaseNumberError, CaseNumberTakenError
from cases.forms.start import StartCaseForm
from cases.selectors.cases import CaseListPage, ListFilter, hospital_for, hospitals_with_cases
from cases.selectors.cases import case_list as cases_of
from cases.selectors.clock import in_zone, today_of
from cases.services.cases import start_case
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from measures.definition.spec import DateOrder
from measures.errors import NoVersionInForceError
from measures.selectors.definitions import forms_of
from privacy.roles import Capacity, Permission
from ui.parts import Tab


TAB_LABELS = {"in-progress": "In progress", "complete": "Complete", "all": "All"}


@needs(Permission.CASE_VIEW)
def case_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The cases of a hospital: the viewer's own, or the one that the centre chose."""
    if request.viewer.capacity is Capacity.CENTRE:
        return _centre_list(request)
    assert request.viewer.participation_id is not None  # noqa: S101 -- the wall gives hospital staff a hospital
    return _list(request, request.viewer.participation_id, hospital="")


def _centre_list(request: ViewerRequest) -> HttpResponse:
    if "hospital" not in request.GET:
        return render(request, "cases/hospital_choice.html", {"hospitals": hospitals_with_cases(request.viewer)})
    hospital = hospital_for(request.viewer, request.GET["hospital"])
    if hospital is None:
        raise Http404
    record_access(AccessAction.CASES_LISTED, by=request.viewer, subject="cases", participation_id=hospital.pk)
    return _list(request, hospital.pk, hospital=hospital.site.name)


def _list(request: ViewerRequest, participation_id: int, *, hospital: str) -> HttpResponse:
    page = cases_of(participation_id, ListFilter.from_query(request.GET.dict()))
    context = {
        "page": page,
        "tabs": _tabs(request, page),
        "hospital": hospital,
        "hospital_key": request.GET.get("hospital", ""),
        "now": in_zone(timezone.now(), request.place.collaborative),
        "time_zone": request.place.collaborative.time_zone,
    }
    return render(request, "cases/case_list.html", context)


def _tabs(request: ViewerRequest, page: CaseListPage) -> list[Tab]:
    """Tabs keep search, month and sorting, and begin at their first page."""
    tabs = []
    for name, label in TAB_LABELS.items():
        query = request.GET.copy()
        query.pop("page", None)
        query["tab"] = name
        tabs.append(Tab(label, f"?{query.urlencode()}", str(page.counts[name]), current=page.filter.tab == name))
    return tabs


@needs(Permission.CASE_EDIT)
def case_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    choices, collaborative = forms_of(request.viewer.collaborative_id), request.place.collaborative
    form = StartCaseForm(
        request.POST or None,
        choices=choices,
        order=DateOrder(collaborative.date_order),
        today=today_of(collaborative),
    )
    taken = ""
    if request.method == "POST" and form.is_valid():
        try:
            case = start_case(**form.cleaned_data, by=request.viewer)
        except CaseNumberTakenError as problem:
            form.add_error("case_number", str(problem))
            taken = problem.public_id
        except CaseNumberError as problem:
            form.add_error("case_number", str(problem))
        except (CaseDateError, NoVersionInForceError) as problem:
            form.add_error("event_date", str(problem))
        else:
            messages.success(request, f"Case {case.case_number} is begun.")
            return redirect("cases:case-detail", collaborative_slug, case.public_id)
    return render(request, "cases/case_new.html", {"form": form, "taken": taken, "has_forms": bool(choices)})
