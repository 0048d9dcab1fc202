"""A hospital asks to unlock a case; the centre decides."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.log.enums import Decision
from cases.log.errors import LogError
from cases.log.forms.locks import AskForm, DecisionForm
from cases.log.selectors.unlocks import ViewedRequest, case_lock, request_for, unlock_inbox
from cases.log.services.unlocking import Verdict, ask_unlock, decide_unlock
from cases.selectors.cases import ViewedCase, case_for
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Permission


UNPROCESSABLE = 422


@needs(Permission.LOCK_MANAGE)
def unlock_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    record_access(AccessAction.CASES_LISTED, by=request.viewer, subject="requests to unlock")
    return render(request, "caselog/unlock_list.html", {"page": unlock_inbox(request.viewer)})


@needs(Permission.LOCK_MANAGE)
def unlock_detail(request: ViewerRequest, collaborative_slug: str, request_id: str) -> HttpResponse:
    asked = request_for(request.viewer, request_id)
    if asked is None:
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, asked, form):
        return redirect("caselog:unlock-list", collaborative_slug)
    context = {"form": form, "asked": asked}
    return render(request, "caselog/unlock_detail.html", context, status=UNPROCESSABLE if form.errors else 200)


def _decided(request: ViewerRequest, asked: ViewedRequest, form: DecisionForm) -> bool:
    sent = form.cleaned_data
    verdict = Verdict(decision=Decision(sent["decision"]), note=sent["note"], relocks_on=sent["relocks_on"])
    try:
        decide_unlock(request=asked, verdict=verdict, by=request.viewer)
    except LogError as problem:
        form.add_error(None, str(problem))
        return False
    messages.success(request, f"The request is {verdict.decision.label.lower()}. The hospital sees it beside its case.")
    return True


@needs(Permission.UNLOCK_ASK)
def case_unlock(request: ViewerRequest, collaborative_slug: str, case_public_id: str) -> HttpResponse:
    """When the case was locked, what stands about unlocking it, and the form to ask."""
    case = case_for(request.viewer, case_public_id)
    if case is None:
        raise Http404
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _asked(request, case, form):
        return redirect("caselog:case-unlock", collaborative_slug, case_public_id)
    context = {"form": form, "page": case_lock(case)}
    return render(request, "caselog/case_unlock.html", context, status=UNPROCESSABLE if form.errors else 200)


def _asked(request: ViewerRequest, case: ViewedCase, form: AskForm) -> bool:
    try:
        ask_unlock(case=case, reason=form.cleaned_data["reason"], by=request.viewer)
    except LogError as problem:
        form.add_error(None, str(problem))
        return False
    messages.success(request, "The coordinating centre is asked. Its answer will be here.")
    return True
