"""Celery's side of the cases: what comes round by the clock."""

from celery import shared_task

from cases.services.burden import measure_burden_everywhere
from cases.services.idempotency import clear_saved_requests


@shared_task(name="cases.clear_saved_requests")
def clear_requests() -> None:
    """Forget which requests were answered more than a week ago."""
    clear_saved_requests()


@shared_task(name="cases.measure_burden")
def measure_burden() -> None:
    """Count what filling in each version of each form costs."""
    measure_burden_everywhere()
