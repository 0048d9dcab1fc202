"""Attendance of a year, and the rules by which it counts."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.selectors.hospital_cases import hospital_for
from collaboratives.http import ViewerRequest, needs
from coordination.meetings.forms.parts import ReportForm, RuleForm
from coordination.meetings.selectors.report import AttendanceReport, attendance_csv
from coordination.meetings.selectors.report import attendance_report as report_of
from coordination.meetings.selectors.rules import rule_of
from coordination.meetings.services.checking_in import set_rule
from coordination.meetings.views.answering import UNPROCESSABLE
from privacy.roles import Capacity, Permission


def _report(request: ViewerRequest) -> AttendanceReport:
    form = ReportForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    year, kind = asked.get("year"), asked.get("kind") or ""
    hospital = None
    if "hospital" in request.GET and request.viewer.capacity is Capacity.CENTRE:
        hospital = hospital_for(request.viewer, request.GET["hospital"])
        if hospital is None:
            raise Http404
    return report_of(request.viewer, request.place.collaborative, year=year, kind=kind, hospital=hospital)


@needs(Permission.ATTENDANCE_VIEW)
def attendance_report(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "meetings/attendance_report.html", {"page": _report(request)})


@needs(Permission.ATTENDANCE_VIEW)
def attendance_export(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    report = _report(request)
    return HttpResponse(
        attendance_csv(report),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="attendance-{report.year}.csv"'},
    )


@needs(Permission.MEETING_MANAGE)
def rule_edit(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    now = rule_of(request.viewer)
    values = {name: getattr(now, name) for name in RuleForm.base_fields}
    form = RuleForm(request.POST or None, initial=values)
    if request.method == "POST" and form.is_valid():
        set_rule(rule=form.rule, by=request.viewer)
        messages.success(
            request, "The rules hold for check-ins from now on. What was noted before stays as it counted."
        )
        return redirect("meetings:attendance-report", collaborative_slug)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "meetings/rule_edit.html", {"form": form}, status=status)
