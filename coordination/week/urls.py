from django.urls import path

from coordination.week.views import week


app_name = "week"
urlpatterns = [
    path("tasks/", week.task_list, name="task-list"),
    path("calendar/", week.calendar_month, name="calendar"),
]
