from django.urls import path

from collaboratives.roster.views import access, hospitals, people


app_name = "roster"
urlpatterns = [
    path("roster/", people.roster, name="roster"),
    path("roster/cover/", people.cover_new, name="cover-new"),
    path("roster/cover/<uuid:cover_id>/end/", people.cover_end, name="cover-end"),
    path("people/upload/", people.people_upload, name="people-upload"),
    path("people/upload/invite/", people.people_invite_all, name="people-invite-all"),
    path("people/upload/template.csv", people.people_template, name="people-template"),
    path("people/access/", access.access_review, name="access-review"),
    path("people/access.csv", access.access_download, name="access-download"),
    path("directory/", access.directory, name="directory"),
    path("way-in/", hospitals.onboarding_own, name="onboarding-own"),
    path("hospitals/<uuid:participation_id>/way-in/", hospitals.onboarding, name="onboarding"),
    path("hospitals/<uuid:participation_id>/way-in/live/", hospitals.onboarding_live, name="onboarding-live"),
    path("hospitals/<uuid:participation_id>/merge/", hospitals.hospital_merge, name="hospital-merge"),
]
