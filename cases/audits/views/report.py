"""The report of an audit, as a page and as a file."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from cases.audits.selectors.report import report_page
from cases.audits.services.report_file import report_file
from cases.audits.views.audits import found_audit
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Capacity, Permission


@needs(Permission.AUDIT_VIEW)
def audit_report(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    audit = found_audit(request, public_id)
    page = report_page(audit)
    if page is None:
        return redirect("audits:audit-detail", collaborative_slug, public_id)
    if request.viewer.capacity is Capacity.CENTRE:
        subject, hospital = f"report of audit {audit.public_id}", audit.participation_id
        record_access(AccessAction.RESULTS_VIEWED, by=request.viewer, subject=subject, participation_id=hospital)
    return render(request, "audits/audit_report.html", {"page": page})


@needs(Permission.AUDIT_VIEW)
def audit_file(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """The same as a PDF, whose bytes are the same whenever it is asked for."""
    audit = found_audit(request, public_id)
    page = report_page(audit)
    if page is None:
        return redirect("audits:audit-detail", collaborative_slug, public_id)
    subject, hospital = f"report of audit {audit.public_id}", audit.participation_id
    record_access(AccessAction.EXPORTED, by=request.viewer, subject=subject, participation_id=hospital)
    return HttpResponse(
        report_file(page),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="audit-{audit.public_id}.pdf"'},
    )
