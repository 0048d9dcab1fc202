"""Follow-up to day 30: who is due, and what was tried."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.log.enums import AttemptOutcome, FollowUpMethod, FollowUpState
from cases.log.errors import LogError
from cases.log.forms.log import AttemptForm
from cases.log.selectors.follow_up import PER_PAGE, TABS, case_follow_up, follow_up_by_hospital, follow_up_list
from cases.log.services.follow_up import Attempt, record_attempt
from cases.log.views.log import UNPROCESSABLE, page_number
from cases.selectors.cases import ViewedCase, case_for
from cases.selectors.clock import today_of
from cases.selectors.hospital_cases import hospital_for
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError
from ui.parts import Pages, Tab


@needs(Permission.CASE_VIEW)
def follow_up_index(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Of the own hospital; for the centre of every hospital, then of the one it chose."""
    participation_id, name = request.viewer.participation_id, ""
    if participation_id is None:
        if "hospital" not in request.GET:
            rows = follow_up_by_hospital(request.viewer, request.place.collaborative)
            return render(request, "caselog/follow_up_hospitals.html", {"rows": rows})
        hospital = hospital_for(request.viewer, request.GET["hospital"])
        if hospital is None:
            raise Http404
        participation_id, name = hospital.pk, hospital.site.name
        record_access(AccessAction.CASES_LISTED, by=request.viewer, subject="follow-up", participation_id=hospital.pk)
    return _list(request, participation_id, name)


def _list(request: ViewerRequest, participation_id: int, name: str) -> HttpResponse:
    collaborative, wanted = request.place.collaborative, request.GET.get("tab", "")
    page = follow_up_list(request.viewer, participation_id, collaborative, tab=wanted, number=page_number(request))
    hospital = f"&hospital={request.GET['hospital']}" if name else ""
    tabs = [
        Tab(label, f"?tab={tab}{hospital}", str(page.counts[tab]), current=tab == page.tab)
        for tab, label in TABS.items()
    ]
    pages = Pages(number=page.number, total=page.counts[page.tab], per_page=PER_PAGE)
    context = {"page": page, "tabs": tabs, "pages": pages, "hospital": name, "query": hospital}
    return render(request, "caselog/follow_up_list.html", context)


@needs(Permission.CASE_VIEW)
def follow_up_detail(request: ViewerRequest, collaborative_slug: str, case_public_id: str) -> HttpResponse:
    """What was tried for one case, and the form for the next attempt."""
    case = case_for(request.viewer, case_public_id)
    if case is None:
        raise Http404
    if request.viewer.capacity is Capacity.CENTRE:
        subject = f"follow-up of case {case.public_id}"
        record_access(
            AccessAction.CASE_VIEWED, by=request.viewer, subject=subject, participation_id=case.participation_id
        )
    form = AttemptForm(request.POST or None, initial={"tried_on": today_of(case.collaborative)})
    if request.method == "POST" and form.is_valid() and _tried(request, case, form):
        return redirect("caselog:follow-up-list", collaborative_slug)
    context = {"form": form, "page": case_follow_up(case)}
    return render(request, "caselog/follow_up_detail.html", context, status=UNPROCESSABLE if form.errors else 200)


def _tried(request: ViewerRequest, case: ViewedCase, form: AttemptForm) -> bool:
    if not request.viewer.can(Permission.CASE_EDIT):
        raise PermissionRefusedError(Permission.CASE_EDIT)
    sent = form.cleaned_data
    attempt = Attempt(
        tried_on=sent["tried_on"],
        method=FollowUpMethod(sent["method"]),
        outcome=AttemptOutcome(sent["outcome"]),
        note=sent["note"],
    )
    try:
        found = record_attempt(case=case, attempt=attempt, by=request.viewer)
    except LogError as problem:
        form.add_error(None, str(problem))
        return False
    ended = {FollowUpState.OPEN: "stays open", FollowUpState.REACHED: "is reached"}
    words = ended.get(FollowUpState(found.state), "is closed: not reached")
    messages.success(request, f"Attempt {found.attempts} is kept. The follow-up of case {case.case_number} {words}.")
    return True
