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
    """Whether there was something to do; a refusal is said on the page as well."""
    rest = request.POST.get("do") == "accept-rest"
    if not (rest or form.is_valid()):
        return False
    try:
        said = _accepted(request, audit) if rest else _replied(request, audit, form)
    except AuditError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, said)
    return True


def _accepted(request: ViewerRequest, audit: ViewedAudit) -> str:
    return f"{accept_rest(audit=audit, by=request.viewer)} accepted."


def _replied(request: ViewerRequest, audit: ViewedAudit, form: ReplyForm) -> str:
    sent = form.cleaned_data
    found = _disagreement(request, audit, sent["disagreement"])
    reply = Reply(answer=Answer(sent["answer"]), reason=sent["reason"])
    answer_disagreement(disagreement=found, reply=reply, by=request.viewer)
    return f"{reply.answer.label}."


@needs(Permission.AUDIT_ADJUDICATE)
def audit_adjudication(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Decide what the hospital contests."""
    audit, form = found_audit(request, public_id), RulingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _ruled(request, audit, form):
        return redirect("audits:audit-adjudication", collaborative_slug, public_id)
    _note_look(request, audit)
    same_person = audit.abstractor_id == request.viewer.user_id
    context = {
        "audit": audit,
        "rows": [each for each in differences(audit) if each.is_contested],
        "form": form,
        "open": audit.state == AuditState.ADJUDICATION and not same_person,
        "same_person": same_person,
    }
    return render(request, "audits/audit_adjudication.html", context, status=UNPROCESSABLE if form.errors else 200)


def _note_look(request: ViewerRequest, audit: ViewedAudit) -> None:
    """Somebody of the centre sees values of cases."""
    subject, hospital = f"audit {audit.public_id}", audit.participation_id
    record_access(AccessAction.CASE_VIEWED, by=request.viewer, subject=subject, participation_id=hospital)


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
