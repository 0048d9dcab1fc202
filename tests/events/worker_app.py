"""The worker's program with the reactions of these tests: celery -A tests.events.worker_app worker."""

from django.conf import settings

from config.celery import app


settings.EVENT_REACTIONS = "tests.events.reactions.WAITING"
__all__ = ["app"]
