"""The hospital's review, and the decisions of a third person."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.audits.enums import Answer, AuditState, Verdict
from cases.audits.errors import AuditError
from cases.audits.forms.notices import ReplyForm, RulingForm
from cases.audits.selectors.audits import ViewedAudit
from cases.audits.selectors.findings import ViewedDisagreement, differences, disagreement_for
from cases.audits.services.review import Decision, Reply, accept_rest, answer_disagreement, rule
from cases.audits.views.audits import found_audit
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Permission


UNPROCESSABLE = 422


def _disagreement(request: ViewerRequest, audit: ViewedAudit, public_id: str) -> ViewedDisagreement:
    found = disagreement_for(request.viewer, audit, public_id)
    if found is None:
        raise Http404
    return found


@needs(Permission.AUDIT_REVIEW)
def audit_review(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Accept or contest each disagreement."""
    audit, form = found_audit(request, public_id), ReplyForm(request.POST or None)
    if request.method == "POST" and _answered(request, audit, form):
        return redirect("audits:audit-review", collaborative_slug, public_id)
    context = {"audit": audit, "rows": differences(audit), "form": form, "open": audit.state == AuditState.REVIEW}
    return render(request, "audits/audit_review.html", context, status=UNPROCESSABLE if form.errors else 200)


def _answered(request: ViewerRequest, audit: ViewedAudit, form: ReplyForm) -> bool:
    try:
        if request.POST.get("do") == "accept-rest":
            count = accept_rest(audit=audit, by=request.viewer)
            messages.success(request, f"{count} accepted.")
            return True
        if not form.is_valid():
            return False
        sent = form.cleaned_data
        found = _disagreement(request, audit, sent["disagreement"])
        reply = Reply(answer=Answer(sent["answer"]), reason=sent["reason"])
        answer_disagreement(disagreement=found, reply=reply, by=request.viewer)
    except AuditError as problem:
        messages.error(request, str(problem))
        return True
    messages.success(request, f"{reply.answer.label}.")
    return True


@needs(Permission.AUDIT_ADJUDICATE)
def audit_adjudication(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Decide what the hospital contests."""
    audit, form = found_audit(request, public_id), RulingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _ruled(request, audit, form):
        return redirect("audits:audit-adjudication", collaborative_slug, public_id)
    record_access(
        AccessAction.CASE_VIEWED,
        by=request.viewer,
        subject=f"audit {audit.public_id}",
        participation_id=audit.participation_id,
    )
    rows = [each for each in differences(audit) if each.is_contested]
    context = {
        "audit": audit,
        "rows": rows,
        "form": form,
        "open": audit.state == AuditState.ADJUDICATION and audit.abstractor_id != request.viewer.user_id,
        "same_person": audit.abstractor_id == request.viewer.user_id,
    }
    return render(request, "audits/audit_adjudication.html", context, status=UNPROCESSABLE if form.errors else 200)


def _ruled(request: ViewerRequest, audit: ViewedAudit, form: RulingForm) -> bool:
    sent = form.cleaned_data
    decision = Decision(verdict=Verdict(sent["verdict"]), reason=sent["reason"])
    try:
        rule(disagreement=_disagreement(request, audit, sent["disagreement"]), decision=decision, by=request.viewer)
    except AuditError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"Decided: {decision.verdict.label.lower()}.")
    return True
