from django.urls import path

from feedback.views import measures, pooled, releases


app_name = "feedback"
urlpatterns = [
    path("measures/", measures.measure_list, name="measure-list"),
    path("releases/", releases.release_list, name="release-list"),
    path("results/", pooled.pooled_results, name="pooled-results"),
]
