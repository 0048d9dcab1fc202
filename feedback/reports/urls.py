from django.urls import path

from feedback.reports.enums import ReportKind
from feedback.reports.views import reports


app_name = "reports"
RELEASE = "releases/<uuid:public_id>/"
MEASURE = "measures/<slug:measure_slug>/"
urlpatterns = [
    path("reports/", reports.report_list, name="report-list"),
    path("reports/one-page.pdf", reports.report_own, {"kind": ReportKind.ONE_PAGE}, name="own-one-page"),
    path("reports/full.pdf", reports.report_own, {"kind": ReportKind.FULL}, name="own-full"),
    path("reports/<uuid:report_id>.pdf", reports.report_download, name="report-download"),
    path(f"{MEASURE}report.pdf", reports.report_measure, name="measure-report"),
    path(f"{RELEASE}reports.zip", reports.report_archive, name="report-archive"),
]
