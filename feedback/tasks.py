"""Celery's side of what follows from outcomes at night."""

from celery import shared_task

from feedback.services.no_events import look_everywhere


@shared_task(name="feedback.look_for_no_events")
def look_for_no_events() -> None:
    """Hospitals without a single event where some were to be expected."""
    look_everywhere()
