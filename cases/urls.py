from django.urls import path

from cases.views import autosave, bulk, burden, case, cases, form_review, history, imports, preview, saved_filters


app_name = "cases"
urlpatterns = [
    path("cases/", cases.case_list, name="case-list"),
    path("cases/new/", cases.case_new, name="case-new"),
    path("cases/assign/", bulk.case_assign, name="case-assign"),
    path("cases/assign/undo/", bulk.case_assign_undo, name="case-assign-undo"),
    path("cases/export/", bulk.case_export, name="case-export"),
    path("cases/views/", saved_filters.filter_save, name="filter-save"),
    path("cases/views/remove/", saved_filters.filter_remove, name="filter-remove"),
    path("cases/<slug:public_id>/", case.case_detail, name="case-detail"),
    path("cases/<slug:public_id>/answers/", autosave.case_answers, name="case-answers"),
    path("cases/<slug:public_id>/presence/", autosave.case_presence, name="case-presence"),
    path("cases/<slug:public_id>/history/", history.case_history, name="case-history"),
    path("cases/<slug:public_id>/number/", case.case_number, name="case-number"),
    path("cases/<slug:public_id>/reopen/", case.case_reopen, name="case-reopen"),
    path("manage/forms/<slug:form_slug>/review/", form_review.form_review, name="form-review"),
    path("manage/forms/<slug:form_slug>/preview/", preview.form_preview, name="form-preview"),
    path("burden/", burden.burden_measure, name="burden-measure"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/template/<slug:form_slug>.csv", imports.import_template, name="import-template"),
    path("imports/<uuid:public_id>/", imports.import_detail, name="import-detail"),
    path("imports/<uuid:public_id>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<uuid:public_id>/codes/", imports.import_codes, name="import-codes"),
    path("imports/<uuid:public_id>/fix/", imports.import_fix, name="import-fix"),
    path("imports/<uuid:public_id>/commit/", imports.import_commit, name="import-commit"),
    path("imports/<uuid:public_id>/undo/", imports.import_undo, name="import-undo"),
    path("imports/<uuid:public_id>/discard/", imports.import_discard, name="import-discard"),
    path("imports/<uuid:public_id>/problems/", imports.import_problems, name="import-problems"),
]
