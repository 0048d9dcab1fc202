import os
from importlib import import_module

from celery import Celery
from celery.signals import worker_init


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("colloquy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def load_the_work(**_: object) -> None:
    """Import what workers do before they are forked: the first case must not wait for numpy."""
    import_module("config.reactions")
