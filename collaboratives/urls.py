from django.urls import path

from collaboratives.views import access, charter, hospitals, invitations, people, tokens


app_name = "collaboratives"
urlpatterns = [
    path("hospitals/", hospitals.hospital_list, name="hospital-list"),
    path("hospitals/new/", hospitals.hospital_new, name="hospital-new"),
    path("hospitals/join/", hospitals.hospital_join, name="hospital-join"),
    path("hospitals/groups/", hospitals.hospital_groups, name="hospital-groups"),
    path("hospitals/<uuid:participation_id>/", hospitals.hospital_detail, name="hospital-detail"),
    path("hospitals/<uuid:participation_id>/leave/", hospitals.hospital_leave, name="hospital-leave"),
    path("people/", people.people_list, name="people-list"),
    path("people/invite/", people.people_invite, name="people-invite"),
    path("people/roles/<uuid:grant_id>/end/", people.role_end, name="role-end"),
    path("people/invitations/<uuid:invitation_id>/revoke/", people.invitation_revoke, name="invitation-revoke"),
    path("people/invitations/<uuid:invitation_id>/resend/", people.invitation_resend, name="invitation-resend"),
    path("keys/", tokens.key_list, name="key-list"),
    path("keys/new/", tokens.key_new, name="key-new"),
    path("keys/<uuid:key_id>/revoke/", tokens.key_revoke, name="key-revoke"),
    path("access/", access.access_log, name="access-log"),
    path("who-can-see-what/", charter.charter, name="charter"),
    path("help/", charter.help_page, name="help"),
]

# Outside any collaborative: whoever opens an invitation has no place yet.
invitation_urls = (
    [path("<str:token>/", invitations.invitation_accept, name="invitation-accept")],
    "invitations",
)
