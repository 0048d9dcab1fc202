from django.urls import path

from cases.quality.views import quality


app_name = "quality"
urlpatterns = [
    path("quality/", quality.data_quality, name="data-quality"),
    path("quality/figures.csv", quality.quality_export, name="quality-export"),
    path("quality/hospitals/<uuid:participation_id>/", quality.hospital_quality, name="hospital-quality"),
]
