from django.urls import path

from collaboratives.agreements.views import register, signing, texts


app_name = "agreements"
urlpatterns = [
    path("agreements/", register.agreement_list, name="agreement-list"),
    path("agreements/texts/", texts.text_list, name="text-list"),
    path("agreements/texts/<slug:kind>/edit/", texts.text_edit, name="text-edit"),
    path("agreements/texts/<slug:kind>/in-force/", texts.text_in_force, name="text-in-force"),
    path("agreements/texts/<uuid:text_id>/", register.text_detail, name="text-detail"),
    path("agreements/sign/<slug:kind>/", signing.agreement_sign, name="agreement-sign"),
    path("agreements/hospitals/<uuid:participation_id>/", register.agreement_hospital, name="agreement-hospital"),
    path(
        "agreements/hospitals/<uuid:participation_id>/<slug:kind>/",
        signing.agreement_record,
        name="agreement-record",
    ),
    path("agreements/<uuid:agreement_id>/", register.agreement_detail, name="agreement-detail"),
    path("agreements/<uuid:agreement_id>/scan/", register.scan_download, name="scan-download"),
    path("agreements/<uuid:agreement_id>/end/", signing.agreement_end, name="agreement-end"),
]
