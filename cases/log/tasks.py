"""Celery's side of locks and follow-up."""

from celery import shared_task

from cases.log.services.follow_up_counts import count_everywhere
from cases.log.services.locking import lock_everywhere
from cases.log.services.window_counts import count_windows_everywhere


@shared_task(name="caselog.lock_cycles")
def lock_cycles() -> None:
    """Lock the cycles whose last day to enter is over; often enough for every time zone's midnight."""
    lock_everywhere()


@shared_task(name="caselog.count_follow_up")
def count_follow_up() -> None:
    """What waits for its follow-up at every hospital."""
    count_everywhere()


@shared_task(name="caselog.count_windows")
def count_windows() -> None:
    """How every hospital stands with its locks and the window that is open, for the centre."""
    count_windows_everywhere()
