from django.apps import AppConfig


class AuditsConfig(AppConfig):
    name = "cases.audits"
    label = "audits"
    default_auto_field = "django.db.models.BigAutoField"
