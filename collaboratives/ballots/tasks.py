"""Celery's side of ballots."""

from celery import shared_task

from collaboratives.ballots.services.counting import count_everywhere


@shared_task(name="ballots.count_due")
def count_due() -> None:
    """Ballots whose window is over."""
    count_everywhere()
