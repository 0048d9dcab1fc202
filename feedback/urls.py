from django.urls import path

from feedback.views import measure_preview, measures, pooled, releases, riskmodels, unblinded


app_name = "feedback"
RELEASE = "releases/<uuid:public_id>/"
MEASURE = f"{RELEASE}measures/<slug:measure_slug>/"
urlpatterns = [
    path("measures/", measures.measure_list, name="measure-list"),
    path("measures/<slug:measure_slug>/", measures.measure_detail, name="measure-detail"),
    path("measures/<slug:measure_slug>/numbers.csv", measures.measure_export, name="measure-export"),
    path("manage/measures/<slug:measure_slug>/preview/", measure_preview.measure_preview, name="measure-preview"),
    path("manage/measures/<slug:measure_slug>/counting/", measure_preview.measure_progress, name="measure-progress"),
    path("results/", pooled.pooled_results, name="pooled-results"),
    path("releases/", releases.release_list, name="release-list"),
    path("releases/new/", releases.release_draft, name="release-draft"),
    path(RELEASE, releases.release_detail, name="release-detail"),
    path(f"{RELEASE}approve/", releases.release_approve, name="release-approve"),
    path(f"{RELEASE}publish/", releases.release_publish, name="release-publish"),
    path(f"{RELEASE}discard/", releases.release_discard, name="release-discard"),
    path(f"{RELEASE}withdraw/", releases.release_withdraw, name="release-withdraw"),
    path(f"{RELEASE}as/<uuid:hospital_id>/", unblinded.release_preview, name="release-preview"),
    path(MEASURE, unblinded.release_measure, name="release-measure"),
    path(f"{MEASURE}model/", riskmodels.model_detail, name="model-detail"),
]
