"""Audits: the list, a notice, one audit with its steps."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.audits.errors import AuditError
from cases.audits.forms.notices import CancelForm, NoticeForm
from cases.audits.selectors.audits import (
    ViewedAudit,
    audit_for,
    audit_list,
    audit_page,
    forms,
    hospitals,
    validators,
)
from cases.audits.services.drawing import draw_audit
from cases.audits.services.notices import Notice, announce_audit, cancel_audit
from cases.audits.services.reporting import order_corrections, report_audit
from cases.audits.services.review import end_review
from cases.selectors.hospital_cases import hospital_for
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Capacity, Permission


UNPROCESSABLE = 422
# What each button does, and what is said when it is done.
STEPS: Mapping[str, tuple[Callable[..., object], str]] = {
    "draw": (draw_audit, "The sample is drawn. The hospital sees the case numbers and can fetch the charts."),
    "end-review": (end_review, "The review is over. What the hospital did not answer stands as found."),
    "report": (report_audit, "The report is being computed. It will be here within a minute."),
    "correct": (order_corrections, "The cases are being corrected. Their histories will say that an audit did it."),
}


def found_audit(request: ViewerRequest, public_id: str) -> ViewedAudit:
    audit = audit_for(request.viewer, public_id)
    if audit is None:
        raise Http404
    return audit


@needs(Permission.AUDIT_VIEW)
def audit_index(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Every audit; for the centre those of the hospital it asks for, too."""
    hospital = None
    if "hospital" in request.GET and request.viewer.capacity is Capacity.CENTRE:
        hospital = hospital_for(request.viewer, request.GET["hospital"])
        if hospital is None:
            raise Http404
    page = audit_list(request.viewer, show=request.GET.get("show", ""), hospital=hospital)
    return render(request, "audits/audit_list.html", {"page": page})


@needs(Permission.AUDIT_MANAGE)
def audit_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    viewer = request.viewer
    form = NoticeForm(
        request.POST or None, hospitals=hospitals(viewer), among=forms(viewer), validators=validators(viewer)
    )
    if request.method == "POST" and form.is_valid() and (audit := _announced(request, form)):
        return redirect("audits:audit-detail", collaborative_slug, audit.public_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "audits/audit_new.html", {"form": form}, status=status)


def _announced(request: ViewerRequest, form: NoticeForm) -> ViewedAudit | None:
    sent = dict(form.cleaned_data)
    notice = Notice(**sent | {"abstractor_id": sent.pop("abstractor").pk})
    try:
        audit = announce_audit(notice=notice, by=request.viewer)
    except AuditError as problem:
        form.add_error(None, str(problem))
        return None
    messages.success(request, f"The audit is announced. The sample can be drawn from {audit.draw_from:%-d %B %Y} on.")
    return audit


@needs(Permission.AUDIT_VIEW)
def audit_detail(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    page = audit_page(request.viewer, found_audit(request, public_id))
    return render(request, "audits/audit_detail.html", {"page": page})


@require_POST
@needs(Permission.AUDIT_MANAGE)
def audit_step(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Draw, end the review, report, correct: one button each."""
    audit = found_audit(request, public_id)
    if request.POST.get("do", "") in STEPS:
        step, done = STEPS[request.POST["do"]]
        try:
            step(audit=audit, by=request.viewer)
        except AuditError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, done)
    return redirect("audits:audit-detail", collaborative_slug, public_id)


@needs(Permission.AUDIT_MANAGE)
def audit_cancel(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    audit, form = found_audit(request, public_id), CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_audit(audit=audit, reason=form.cleaned_data["reason"], by=request.viewer)
        except AuditError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "The audit is cancelled. Nothing of it is reported.")
            return redirect("audits:audit-detail", collaborative_slug, public_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "audits/audit_cancel.html", {"form": form, "audit": audit}, status=status)
