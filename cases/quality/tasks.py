"""Celery's side of the figures."""

from celery import shared_task

from cases.quality.services.refreshing import measure_everywhere, refresh_everywhere


@shared_task(name="quality.measure")
def measure() -> None:
    """Everything, once a night."""
    measure_everywhere()


@shared_task(name="quality.refresh")
def refresh() -> None:
    """What changed, every few minutes: a burst of events is counted once."""
    refresh_everywhere()
