from django.urls import path

from cases.training.views import area, certificates, charts, exercises, material


app_name = "training"
urlpatterns = [
    path("training/", area.area, name="training-area"),
    path("training/modules/<uuid:module_id>/", area.module_detail, name="module-detail"),
    path("training/practice/<uuid:test_case_id>/", area.practice_begin, name="practice-begin"),
    path("training/exams/<uuid:exam_id>/", area.exam_detail, name="exam-detail"),
    path("training/attempts/<slug:attempt_id>/", exercises.attempt_detail, name="attempt-detail"),
    path("training/answers/<slug:exercise_id>/", exercises.exercise_detail, name="exercise-detail"),
    path("training/certificates/", certificates.certificates, name="certificate-list"),
    path("training/certificates/<slug:certificate_id>/", certificates.certificate_detail, name="certificate-detail"),
    path("training/manage/", material.material, name="material"),
    path("training/manage/rules/<slug:form_slug>/", material.rule_decide, name="rule-decide"),
    path("training/manage/modules/new/", material.module_new, name="module-new"),
    path("training/manage/modules/<uuid:module_id>/", material.module_edit, name="module-edit"),
    path("training/manage/exams/new/", material.exam_new, name="exam-new"),
    path("training/manage/exams/<uuid:exam_id>/", material.exam_edit, name="exam-edit"),
    path("training/manage/cases/new/", charts.test_case_new, name="test-case-new"),
    path("training/manage/cases/<uuid:test_case_id>/", charts.test_case_detail, name="test-case-detail"),
    path("training/manage/cases/<uuid:test_case_id>/record/", charts.test_case_edit, name="test-case-edit"),
    path("training/manage/cases/<uuid:test_case_id>/answers/", charts.test_case_answers, name="test-case-answers"),
    path("training/manage/cases/<uuid:test_case_id>/why/", charts.test_case_why, name="test-case-why"),
]
