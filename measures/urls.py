from django.urls import path

from measures.views import dictionary, downloads, editor, forms, measure_editor, measures, programs


app_name = "measures"
FORM = "manage/forms/<slug:form_slug>/"
DRAFT = f"{FORM}draft/"
MEASURE = "manage/measures/<slug:measure_slug>/"
urlpatterns = [
    path("dictionary/", dictionary.dictionary, name="dictionary"),
    path("dictionary/expressions/", dictionary.expressions, name="expressions"),
    path("dictionary/definition.yaml", downloads.definition, name="definition-download"),
    path("dictionary/<slug:form_slug>/difference/", dictionary.difference, name="form-difference"),
    path("dictionary/<slug:form_slug>/<int:version>/<slug:file_format>/", downloads.form_version, name="form-download"),
    path("forms/<slug:digest>.json", programs.program, name="form-program"),
    path("manage/forms/", forms.form_list, name="form-list"),
    path("manage/forms/new/", forms.form_new, name="form-new"),
    path(f"{FORM}upload/", forms.form_upload, name="form-upload"),
    path(DRAFT, editor.draft_detail, name="draft-detail"),
    path(f"{DRAFT}start/", forms.draft_start, name="draft-start"),
    path(f"{DRAFT}discard/", forms.draft_discard, name="draft-discard"),
    path(f"{DRAFT}reopen/", forms.draft_reopen, name="draft-reopen"),
    path(f"{DRAFT}submit/", editor.draft_submit, name="draft-submit"),
    path(f"{DRAFT}return/", editor.draft_return, name="draft-return"),
    path(f"{DRAFT}form/", editor.draft_form, name="draft-form"),
    path(f"{DRAFT}sections/new/", editor.section_new, name="section-new"),
    path(f"{DRAFT}sections/<slug:part>/", editor.section_edit, name="section-edit"),
    path(f"{DRAFT}questions/new/", editor.question_new, name="question-new"),
    path(f"{DRAFT}questions/<slug:part>/", editor.question_edit, name="question-edit"),
    path(f"{DRAFT}checks/new/", editor.check_new, name="check-new"),
    path(f"{DRAFT}checks/<slug:part>/", editor.check_edit, name="check-edit"),
    path(f"{DRAFT}move/", editor.part_move, name="part-move"),
    path(f"{DRAFT}remove/", editor.part_remove, name="part-remove"),
    path(f"{DRAFT}restore/", editor.part_restore, name="part-restore"),
    path(f"{DRAFT}expression/", editor.draft_expression, name="draft-expression"),
    path(f"{DRAFT}vocabulary.json", editor.draft_vocabulary, name="draft-vocabulary"),
    path("manage/measures/", measures.measure_list, name="measure-list"),
    path("manage/measures/new/", measures.measure_new, name="measure-new"),
    path(MEASURE, measures.measure_history, name="measure-history"),
    path(f"{MEASURE}start/", measures.measure_start, name="measure-start"),
    path(f"{MEASURE}retire/", measures.measure_retire, name="measure-retire"),
    path(f"{MEASURE}difference/", measures.measure_difference, name="measure-difference"),
    path(f"{MEASURE}<int:version>/<slug:file_format>/", measures.measure_version_file, name="measure-download"),
    path(f"{MEASURE}review/", measure_editor.measure_check, name="measure-review"),
    path(f"{MEASURE}draft/", measure_editor.measure_detail, name="measure-draft"),
    path(f"{MEASURE}draft/discard/", measures.measure_discard, name="measure-discard"),
    path(f"{MEASURE}draft/reopen/", measures.measure_reopen, name="measure-reopen"),
    path(f"{MEASURE}draft/submit/", measure_editor.measure_submit, name="measure-submit"),
    path(f"{MEASURE}draft/return/", measure_editor.measure_return, name="measure-return"),
    path(f"{MEASURE}draft/expression/", measure_editor.measure_expression, name="measure-expression"),
    path(f"{MEASURE}draft/vocabulary.json", measure_editor.measure_vocabulary, name="measure-vocabulary"),
]
