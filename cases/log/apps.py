from django.apps import AppConfig


class CaseLogConfig(AppConfig):
    name = "cases.log"
    label = "caselog"
    default_auto_field = "django.db.models.BigAutoField"
