from django.urls import path

from cases.audits.views import audits, report, review, second


app_name = "audits"
urlpatterns = [
    path("audits/", audits.audit_index, name="audit-list"),
    path("audits/new/", audits.audit_new, name="audit-new"),
    path("audits/cases/<slug:sample_id>/", second.second_abstraction, name="second-abstraction"),
    path("audits/<slug:public_id>/", audits.audit_detail, name="audit-detail"),
    path("audits/<slug:public_id>/step/", audits.audit_step, name="audit-step"),
    path("audits/<slug:public_id>/cancel/", audits.audit_cancel, name="audit-cancel"),
    path("audits/<slug:public_id>/review/", review.audit_review, name="audit-review"),
    path("audits/<slug:public_id>/adjudication/", review.audit_adjudication, name="audit-adjudication"),
    path("audits/<slug:public_id>/report/", report.audit_report, name="audit-report"),
    path("audits/<slug:public_id>/report.pdf", report.audit_file, name="audit-file"),
]
