"""What the clock starts, somebody does: a task that is renamed or lost would only be a line in a log."""

from celery import current_app
from django.conf import settings


def test_every_task_of_the_clock_exists() -> None:
    current_app.loader.import_default_modules()
    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert asked <= set(current_app.tasks)
