"""Celery's side of lists, the mail of the day and escalation."""

from celery import shared_task

from coordination.week.services.keeping import refresh_everywhere


@shared_task(name="week.refresh")
def refresh_lists() -> None:
    """Lists in which something happened, and all of them on a new day."""
    refresh_everywhere()
