"""Celery's side of locks."""

from celery import shared_task

from cases.log.services.locking import lock_everywhere


@shared_task(name="caselog.lock_cycles")
def lock_cycles() -> None:
    """Lock the cycles whose last day to enter is over; often enough for every time zone's midnight."""
    lock_everywhere()
