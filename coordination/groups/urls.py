from django.urls import path

from coordination.groups.views import groups, meetings, members, work


app_name = "groups"
ONE = "groups/<uuid:group_id>/"
ADMISSION = "groups/admissions/<uuid:admission_id>/"
DOCUMENT = "groups/documents/<uuid:document_id>/"
urlpatterns = [
    path("groups/", groups.group_list, name="group-list"),
    path("groups/new/", groups.group_new, name="group-new"),
    path(ONE, groups.group_detail, name="group-detail"),
    path(f"{ONE}edit/", groups.group_edit, name="group-edit"),
    path(f"{ONE}close/", groups.group_close, name="group-close"),
    path(f"{ONE}print/", groups.group_print, name="group-print"),
    path(f"{ONE}invite/", members.member_invite, name="member-invite"),
    path(f"{ONE}join/", members.join_ask, name="join-ask"),
    path(f"{ONE}leave/", members.group_leave, name="group-leave"),
    path(f"{ONE}documents/", work.document_add, name="document-add"),
    path(f"{ONE}posts/", work.post_write, name="post-write"),
    path(f"{ONE}decisions/", work.decision_add, name="decision-add"),
    path(f"{ONE}wishes/", work.wish_add, name="wish-add"),
    path(f"{ONE}meetings/new/", meetings.meeting_new, name="meeting-new"),
    path(f"{ADMISSION}answer/", members.admission_answer, name="admission-answer"),
    path(f"{ADMISSION}decide/", members.admission_decide, name="admission-decide"),
    path(f"{ADMISSION}withdraw/", members.admission_withdraw, name="admission-withdraw"),
    path("groups/members/<uuid:membership_id>/remove/", members.member_remove, name="member-remove"),
    path("groups/members/<uuid:membership_id>/chair/", members.member_chair, name="member-chair"),
    path(f"{DOCUMENT}<int:number>/", work.document_download, name="document-download"),
    path(f"{DOCUMENT}versions/", work.version_add, name="version-add"),
    path(f"{DOCUMENT}retire/", work.document_retire, name="document-retire"),
    path("groups/posts/<uuid:post_id>/withdraw/", work.post_withdraw, name="post-withdraw"),
    path("groups/decisions/<uuid:decision_id>/remove/", work.decision_remove, name="decision-remove"),
    path("groups/wishes/<uuid:wish_id>/end/", work.wish_end, name="wish-end"),
]
