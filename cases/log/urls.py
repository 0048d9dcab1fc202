from django.urls import path

from cases.log.views import cycles, entries, follow_up, log, past_lock, rules, unlocks


app_name = "caselog"
urlpatterns = [
    path("log/", log.log_list, name="log-list"),
    path("log/past-lock/", past_lock.past_lock_list, name="past-lock-list"),
    path("log/<uuid:cycle_id>/", log.log_detail, name="log-detail"),
    path("log/<uuid:cycle_id>/upload/", log.log_upload, name="log-upload"),
    path("log/<uuid:cycle_id>/draw/", log.log_draw, name="log-draw"),
    path("log/<uuid:cycle_id>/begin/", log.log_begin, name="log-begin"),
    path("log/files/<uuid:upload_id>/", log.upload_detail, name="upload-detail"),
    path("log/entries/<slug:entry_id>/begin/", entries.entry_begin, name="entry-begin"),
    path("log/entries/<slug:entry_id>/substitute/", entries.entry_substitute, name="entry-substitute"),
    path("sampling/", rules.sampling_list, name="sampling-list"),
    path("sampling/new/", rules.sampling_new, name="sampling-new"),
    path("follow-up/", follow_up.follow_up_index, name="follow-up-list"),
    path("cases/<slug:case_public_id>/follow-up/", follow_up.follow_up_detail, name="follow-up-detail"),
    path("cycles/", cycles.cycle_index, name="cycle-list"),
    path("cycles/new/", cycles.cycle_new, name="cycle-new"),
    path("cycles/<uuid:cycle_id>/extend/", cycles.cycle_extend, name="cycle-extend"),
    path("unlocks/", unlocks.unlock_list, name="unlock-list"),
    path("unlocks/<slug:request_id>/", unlocks.unlock_detail, name="unlock-detail"),
    path("cases/<slug:case_public_id>/unlock/", unlocks.case_unlock, name="case-unlock"),
]
