from django.urls import path

from feedback.reports.enums import ReportKind
from feedback.reports.views import fhir, pooled, reports, tables, unblinded


app_name = "reports"
RELEASE = "releases/<uuid:public_id>/"
MEASURE = "measures/<slug:measure_slug>/"
urlpatterns = [
    path(f"{MEASURE}measure-report.json", fhir.own_measure_report_download, name="own-measure-report"),
    path(
        "results/<slug:measure_slug>/measure-report.json",
        fhir.pooled_measure_report_download,
        name="pooled-measure-report",
    ),
    path(f"{RELEASE}{MEASURE}measure-reports.json", unblinded.named_reports_download, name="release-measure-reports"),
    path("reports/", reports.report_list, name="report-list"),
    path("reports/one-page.pdf", reports.report_own, {"kind": ReportKind.ONE_PAGE}, name="own-one-page"),
    path("reports/full.pdf", reports.report_own, {"kind": ReportKind.FULL}, name="own-full"),
    path("reports/<uuid:report_id>.pdf", reports.report_download, name="report-download"),
    path(f"{MEASURE}report.pdf", reports.report_measure, name="measure-report"),
    path(f"{RELEASE}reports/", reports.report_prepare, name="release-prepare"),
    path("measures.csv", tables.home_table_download, name="home-table"),
    path("results/report.pdf", pooled.pooled_report_download, name="pooled-report"),
    path("results/table.csv", pooled.pooled_table_download, name="pooled-table"),
    path("methods/", pooled.methods, name="methods"),
    path(f"{RELEASE}measures.csv", tables.summary_table_download, name="release-table"),
    path(f"{RELEASE}{MEASURE}hospitals.csv", unblinded.hospitals_table_download, name="release-hospitals"),
    path(f"{RELEASE}reports.zip", reports.report_archive, name="release-archive"),
]
