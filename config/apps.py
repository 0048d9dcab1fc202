from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register
from django.core.exceptions import ImproperlyConfigured


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        import_module("config.celery")  # tasks declared with shared_task find our queue, in every process
        demo_mode_is_local = import_module("config.checks").demo_mode_is_local
        register(demo_mode_is_local)
        # A server started without manage.py runs no checks, and an open demo must not start at all.
        if errors := demo_mode_is_local(None):
            raise ImproperlyConfigured(f"{errors[0].msg} {errors[0].hint}")
