"""Celery's side of definitions: reviews that are due."""

from celery import shared_task

from measures.services.review_reminders import remind_everywhere


@shared_task(name="measures.remind_reviews")
def remind_reviews() -> None:
    """Definitions whose review is due or overdue."""
    remind_everywhere()
