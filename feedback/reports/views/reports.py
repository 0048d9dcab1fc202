"""Reports of a release as files: for a hospital its own, for the centre those of every hospital."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.agreements.selectors.standings import comparison_stopped
from collaboratives.http import ViewerRequest, needs
from feedback.reports.enums import ReportKind
from feedback.reports.selectors.lists import own_report, report_for, report_list_page, reports_of
from feedback.reports.services.archive import ZIP, archive_name, archived
from feedback.reports.services.files import report_file
from feedback.reports.services.pages import page_file
from feedback.reports.services.preparing import ask_again
from feedback.reports.views.files import taken, taken_by_and_by
from feedback.selectors.releases import release_for
from feedback.views.measures import question_of
from privacy.roles import Permission


WAIT = "The reports of this release are being prepared. They appear here within minutes."


@needs(Permission.REPORT_VIEW)
def report_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """By release for a hospital, by hospital for the centre."""
    page = report_list_page(request.viewer, request.GET.get("release", ""))
    return render(request, "reports/report_list.html", {"page": page})


@require_POST
@needs(Permission.RELEASE_BUILD)
def report_prepare(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Files that are missing, once more."""
    release = release_for(request.viewer, public_id)
    ask_again(release=release, by=request.viewer)
    messages.success(request, WAIT)
    return redirect("reports:report-list", collaborative_slug)


@needs(Permission.REPORT_VIEW)
def report_download(request: ViewerRequest, collaborative_slug: str, report_id: UUID) -> HttpResponse:
    """One file. The address is no key: it is looked up as whoever asks."""
    report = report_for(request.viewer, report_id)
    subject = f"{report.kind} report of release {report.release.name}"
    return taken(request, report_file(report), subject=subject, participation_id=report.participation_id)


@needs(Permission.COMPARISON_VIEW)
def report_own(request: ViewerRequest, collaborative_slug: str, kind: ReportKind) -> HttpResponse:
    """The own hospital's file of the latest release, or of the one asked for."""
    report = own_report(request.viewer, kind, request.GET.get("release", ""))
    if report is None:
        messages.info(request, _why_none(request))
        return redirect("reports:report-list", collaborative_slug)
    subject = f"{report.kind} report of release {report.release.name}"
    return taken(request, report_file(report), subject=subject, participation_id=report.participation_id)


@needs(Permission.MEASURE_VIEW)
def report_measure(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """The page of a measure, whichever of its views is asked for."""
    file, subject = page_file(request.viewer, request.place, measure_slug, question_of(request))
    return taken(request, file, subject=subject, participation_id=request.viewer.participation_id)


@needs(Permission.UNBLINDED_VIEW)
def report_archive(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponseBase:
    """Every file of every hospital in one."""
    reports = reports_of(request.viewer, public_id)
    release = reports[0].release
    pieces, subject = archived(request.viewer, reports), f"all reports of release {release.name}"
    return taken_by_and_by(request, archive_name(release), pieces, ZIP, subject=subject)


def _why_none(request: ViewerRequest) -> str:
    """A hospital whose agreements are missing has no reports; others wait for theirs."""
    viewer = request.viewer
    return comparison_stopped(viewer.collaborative_id, viewer.participation_id) or WAIT
