"""Celery's side of agreements."""

from celery import shared_task

from collaboratives.agreements.services.reminding import remind_everywhere


@shared_task(name="agreements.remind")
def remind_of_agreements() -> None:
    """Tell hospitals which agreements end soon, once a day."""
    remind_everywhere()
