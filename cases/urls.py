from django.urls import path

from cases.views import cases, imports


app_name = "cases"
urlpatterns = [
    path("cases/", cases.case_list, name="case-list"),
    path("imports/", imports.import_list, name="import-list"),
]
