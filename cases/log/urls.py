from django.urls import path

from cases.log.views import cycles, unlocks


app_name = "caselog"
urlpatterns = [
    path("cycles/", cycles.cycle_index, name="cycle-list"),
    path("cycles/new/", cycles.cycle_new, name="cycle-new"),
    path("cycles/<uuid:cycle_id>/extend/", cycles.cycle_extend, name="cycle-extend"),
    path("unlocks/", unlocks.unlock_list, name="unlock-list"),
    path("unlocks/<slug:request_id>/", unlocks.unlock_detail, name="unlock-detail"),
    path("cases/<slug:case_public_id>/unlock/", unlocks.case_unlock, name="case-unlock"),
]
