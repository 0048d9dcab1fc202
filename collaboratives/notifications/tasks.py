"""Celery's side of mails that go at once."""

from celery import shared_task

from collaboratives.notifications.services.sending import send_due, send_everywhere


@shared_task(name="notifications.send_mail")
def send_mail(*, collaborative_id: int = 0) -> None:
    """Mails that wait: of one collaborative when something happened there, else of all."""
    if collaborative_id:
        send_due(collaborative_id)
    else:
        send_everywhere()
