from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        import_module("config.celery")  # tasks declared with shared_task find our queue, in every process
        register(import_module("config.checks").demo_mode_is_local)
