from django.urls import path

from collaboratives.notifications.views import mails, notifications


app_name = "notifications"
urlpatterns = [
    path("notifications/", notifications.notification_list, name="notification-list"),
    path("notifications/read/", notifications.read_all, name="read-all"),
    path("notifications/<uuid:notification_id>/open/", notifications.notification_open, name="notification-open"),
    path("notifications/<uuid:notification_id>/read/", notifications.notification_read, name="notification-read"),
    path("mails/", mails.mail_list, name="mail-list"),
]
