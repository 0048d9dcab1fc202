from django.urls import path

from coordination.meetings.views import agenda, attendance, calendars, meetings, outcomes, people, polling


app_name = "meetings"
ONE = "meetings/<uuid:meeting_id>/"
urlpatterns = [
    path("meetings/", meetings.meeting_list, name="meeting-list"),
    path("meetings/new/", meetings.meeting_new, name="meeting-new"),
    path("meetings/attendance/", attendance.attendance_report, name="attendance-report"),
    path("meetings/attendance.csv", attendance.attendance_export, name="attendance-export"),
    path("meetings/rules/", attendance.rule_edit, name="rule-edit"),
    path("meetings/calendar/", calendars.feed_page, name="feed-page"),
    path("meetings/calendar/make/", calendars.feed_make, name="feed-make"),
    path("meetings/calendar/revoke/", calendars.feed_revoke, name="feed-revoke"),
    path(ONE, meetings.meeting_detail, name="meeting-detail"),
    path(f"{ONE}edit/", meetings.meeting_edit, name="meeting-edit"),
    path(f"{ONE}cancel/", meetings.meeting_cancel, name="meeting-cancel"),
    path(f"{ONE}print/", meetings.meeting_print, name="meeting-print"),
    path(f"{ONE}meeting.ics", calendars.meeting_calendar, name="meeting-calendar"),
    path(f"{ONE}items/", agenda.item_add, name="item-add"),
    path(f"{ONE}copy/", agenda.agenda_copy, name="agenda-copy"),
    path("meetings/items/<uuid:item_id>/", agenda.item_edit, name="item-edit"),
    path("meetings/items/<uuid:item_id>/move/", agenda.item_move, name="item-move"),
    path("meetings/items/<uuid:item_id>/remove/", agenda.item_remove, name="item-remove"),
    path("meetings/items/<uuid:item_id>/files/", agenda.file_add, name="file-add"),
    path("meetings/files/<uuid:file_id>/", agenda.file_download, name="file-download"),
    path("meetings/files/<uuid:file_id>/remove/", agenda.file_remove, name="file-remove"),
    path(f"{ONE}recordings/", agenda.recording_add, name="recording-add"),
    path("meetings/recordings/<uuid:recording_id>/remove/", agenda.recording_remove, name="recording-remove"),
    path(f"{ONE}invite/", people.people_invite, name="people-invite"),
    path(f"{ONE}reply/", people.reply, name="reply"),
    path(f"{ONE}check-in/", people.check_in, name="check-in"),
    path(f"{ONE}check-in/list/", people.check_in_list, name="check-in-list"),
    path(f"{ONE}check-in/guest/", people.guest_add, name="guest-add"),
    path(f"{ONE}check-in/code/", people.code_change, name="code-change"),
    path(
        "meetings/attendances/<uuid:attendance_id>/take-back/", people.attendance_take_back, name="attendance-take-back"
    ),
    path(f"{ONE}poll/open/", polling.poll_open, name="poll-open"),
    path(f"{ONE}poll/close/", polling.poll_close, name="poll-close"),
    path("meetings/questions/<uuid:question_id>/answer/", polling.poll_answer, name="poll-answer"),
    path(f"{ONE}decisions/", outcomes.decision_add, name="decision-add"),
    path("meetings/decisions/<uuid:decision_id>/remove/", outcomes.decision_remove, name="decision-remove"),
    path(f"{ONE}actions/", outcomes.action_add, name="action-add"),
    path("meetings/actions/<uuid:action_id>/state/", outcomes.action_state, name="action-state"),
    path(f"{ONE}minutes/", outcomes.minutes_save, name="minutes-save"),
    path(f"{ONE}minutes/send/", outcomes.minutes_send, name="minutes-send"),
    path(f"{ONE}minutes/approve/", outcomes.minutes_approve, name="minutes-approve"),
]

# Outside any collaborative: a link of a mail, and the address of a calendar; each names its person by itself.
reply_urls = ([path("<str:token>/", people.reply_by_mail, name="reply")], "meeting-replies")
feed_urls = ([path("<str:token>.ics", calendars.feed, name="feed")], "calendars")
