from django.urls import path

from feedback.views import (
    aggregate,
    baselines,
    measure_preview,
    measures,
    moved,
    notices,
    pooled,
    publishing,
    releases,
    riskmodels,
    trend_notes,
    trials,
    unblinded,
)


app_name = "feedback"
RELEASE = "releases/<uuid:public_id>/"
MEASURE = f"{RELEASE}measures/<slug:measure_slug>/"
TRIALS = "manage/models/<slug:model_slug>/trials/"
TRIAL = f"{TRIALS}<uuid:trial_id>/"
urlpatterns = [
    path("measures/", measures.measure_list, name="measure-list"),
    path("measures/<slug:measure_slug>/", measures.measure_detail, name="measure-detail"),
    path("measures/<slug:measure_slug>/numbers.csv", measures.measure_export, name="measure-export"),
    path("measures/<slug:measure_slug>/notes/", trend_notes.trend_notes, name="trend-notes"),
    path(
        "measures/<slug:measure_slug>/notes/<uuid:note_id>/remove/",
        trend_notes.trend_note_remove,
        name="trend-note-remove",
    ),
    path("measures/<slug:measure_slug>/baseline/", baselines.baseline_new, name="baseline-new"),
    path("measures/<slug:measure_slug>/baseline/<uuid:baseline_id>/end/", baselines.baseline_end, name="baseline-end"),
    path("manage/measures/<slug:measure_slug>/preview/", measure_preview.measure_preview, name="measure-preview"),
    path("manage/measures/<slug:measure_slug>/counting/", measure_preview.measure_progress, name="measure-progress"),
    path("manage/figures/", aggregate.figure_list, name="figure-list"),
    path("manage/figures/files/<uuid:upload_id>/", aggregate.figure_preview, name="figure-preview"),
    path("manage/figures/<slug:aggregate_slug>/", aggregate.figure_detail, name="figure-detail"),
    path("manage/figures/<slug:aggregate_slug>/upload/", aggregate.figure_upload, name="figure-upload"),
    path("manage/figures/<slug:aggregate_slug>/template.csv", aggregate.figure_template, name="figure-template"),
    path("results/", pooled.pooled_results, name="pooled-results"),
    path("releases/", releases.release_list, name="release-list"),
    path("releases/policy/", publishing.release_policy, name="release-policy"),
    path("notice/", notices.notice, name="notice"),
    path("releases/new/", releases.release_draft, name="release-draft"),
    path(RELEASE, releases.release_detail, name="release-detail"),
    path(f"{RELEASE}approve/", releases.release_approve, name="release-approve"),
    path(f"{RELEASE}check/", releases.release_check, name="release-check"),
    path(f"{RELEASE}prove/", releases.release_prove, name="release-prove"),
    path(f"{RELEASE}publish/", publishing.release_publish, name="release-publish"),
    path(f"{RELEASE}unschedule/", publishing.release_unschedule, name="release-unschedule"),
    path(f"{RELEASE}discard/", releases.release_discard, name="release-discard"),
    path(f"{RELEASE}withdraw/", publishing.release_withdraw, name="release-withdraw"),
    path(f"{RELEASE}as/<uuid:hospital_id>/", unblinded.release_preview, name="release-preview"),
    path(MEASURE, unblinded.release_measure, name="release-measure"),
    path(f"{MEASURE}hospitals/<uuid:hospital_id>/", unblinded.release_hospital, name="release-hospital"),
    path(f"{MEASURE}model/", riskmodels.model_detail, name="model-detail"),
    path(f"{MEASURE}model/coefficients.csv", riskmodels.model_coefficients_file, name="model-coefficients"),
    path(f"{MEASURE}model/refit.R", riskmodels.model_script_file, name="model-script"),
    path(f"{MEASURE}model/hospitals/", moved.release_moved, name="model-hospitals"),
    path(TRIALS, trials.trial_index, name="trial-list"),
    path(TRIAL, trials.trial_detail, name="trial-detail"),
    path(f"{TRIAL}progress/", trials.trial_running, name="trial-progress"),
    path(f"{TRIAL}hospitals/", moved.trial_moved, name="trial-hospitals"),
    path(f"{TRIAL}coefficients.csv", trials.trial_coefficients_file, name="trial-coefficients"),
    path(f"{TRIAL}refit.R", trials.trial_script_file, name="trial-script"),
]
