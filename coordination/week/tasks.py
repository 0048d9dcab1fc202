"""Celery's side of lists, the mail of the day and escalation."""

from celery import shared_task

from coordination.week.services.digests import send_digests as send
from coordination.week.services.escalating import escalate_everywhere
from coordination.week.services.keeping import refresh_everywhere


@shared_task(name="week.refresh")
def refresh_lists() -> None:
    """Lists in which something happened, and all of them on a new day."""
    refresh_everywhere()


@shared_task(name="week.send_digests")
def send_digests() -> None:
    """The mail of the day, where it is morning."""
    send()


@shared_task(name="week.escalate")
def escalate() -> None:
    """Tasks that wait too long are told further."""
    escalate_everywhere()
