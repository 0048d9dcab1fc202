"""Celery's side of the outbox. Payloads carry keys only; every task may run twice."""

from celery import shared_task

from events import outbox


@shared_task(name="events.react")
def react(*, event_id: int, collaborative_id: int) -> None:
    """Do what follows from one event, once."""
    outbox.react(event_id=event_id, collaborative_id=collaborative_id)


@shared_task(name="events.run_job")
def run_job(*, job_id: int, collaborative_id: int) -> None:
    """Do one long piece of work, once."""
    outbox.run_job(job_id=job_id, collaborative_id=collaborative_id)


@shared_task(name="events.tick")
def tick() -> None:
    """Find events and jobs whose message was lost, and publish them again."""
    outbox.publish_again()
