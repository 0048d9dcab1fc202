"""Celery's side of mails of meetings."""

from celery import shared_task

from coordination.meetings.services.mailing import send_due, send_everywhere


@shared_task(name="meetings.send_mail")
def send_mail(*, collaborative_id: int = 0) -> None:
    """Mails that wait: of one collaborative when something happened there, else of all."""
    if collaborative_id:
        send_due(collaborative_id)
    else:
        send_everywhere()
