from django.urls import path

from cases.views import case, cases, imports


app_name = "cases"
urlpatterns = [
    path("cases/", cases.case_list, name="case-list"),
    path("cases/new/", cases.case_new, name="case-new"),
    path("cases/<slug:public_id>/", case.case_detail, name="case-detail"),
    path("cases/<slug:public_id>/reopen/", case.case_reopen, name="case-reopen"),
    path("imports/", imports.import_list, name="import-list"),
]
