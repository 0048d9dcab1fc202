"""Celery's side of what follows from outcomes at night, and of releases that are due."""

from celery import shared_task

from feedback.services.no_events import look_everywhere
from feedback.services.release_mail import send_due, send_everywhere
from feedback.services.scheduling import publish_everywhere


@shared_task(name="feedback.look_for_no_events")
def look_for_no_events() -> None:
    """Hospitals without a single event where some were to be expected."""
    look_everywhere()


@shared_task(name="feedback.publish_due")
def publish_due() -> None:
    """Releases whose moment has come."""
    publish_everywhere()


@shared_task(name="feedback.send_release_mail")
def send_release_mail(*, collaborative_id: int = 0) -> None:
    """Mails that are due: of one collaborative when something happened there, else of all."""
    if collaborative_id:
        send_due(collaborative_id)
    else:
        send_everywhere()
