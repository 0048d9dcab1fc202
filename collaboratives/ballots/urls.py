from django.urls import path

from collaboratives.ballots.views import ballots


app_name = "ballots"
urlpatterns = [
    path("ballots/", ballots.ballot_list, name="ballot-list"),
    path("ballots/new/", ballots.ballot_new, name="ballot-new"),
    path("ballots/rules/", ballots.policy_set, name="policy-set"),
    path("ballots/<uuid:ballot_id>/", ballots.ballot_detail, name="ballot-detail"),
    path("ballots/<uuid:ballot_id>/edit/", ballots.ballot_edit, name="ballot-edit"),
    path("ballots/<uuid:ballot_id>/open/", ballots.ballot_open, name="ballot-open"),
    path("ballots/<uuid:ballot_id>/call-off/", ballots.ballot_call_off, name="ballot-call-off"),
    path("ballots/<uuid:ballot_id>/vote/", ballots.ballot_vote, name="ballot-vote"),
    path("ballots/<uuid:ballot_id>/designee/", ballots.designee_name, name="designee-name"),
]
