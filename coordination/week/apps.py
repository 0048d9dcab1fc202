from django.apps import AppConfig


class WeekConfig(AppConfig):
    name = "coordination.week"
    label = "week"
    default_auto_field = "django.db.models.BigAutoField"
