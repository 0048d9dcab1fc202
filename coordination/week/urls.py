from django.urls import path

from coordination.week.views import escalation, home, week


app_name = "week"
urlpatterns = [
    path("tasks/", week.task_list, name="task-list"),
    path("tasks/escalation/", escalation.escalation_rules, name="escalation-rules"),
    path("hospitals/remind/", home.hospitals_remind, name="hospitals-remind"),
    path("calendar/", week.calendar_month, name="calendar"),
    path("calendar.ics", week.calendar_file, name="calendar-file"),
]
