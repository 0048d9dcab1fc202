"""At least once from the table, once in effect: an event is marked done in the transaction of its effects."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from events.enums import JobState
from events.models import Event, Job
from events.services import publish
from tenancy.context import Acting, acting


log = logging.getLogger(__name__)

type_reactions = Mapping[str, Sequence[Callable[[Event], None]]]
PATIENCE = timedelta(seconds=20)  # the message itself arrives within a second; older means lost
JOB_PATIENCE = timedelta(seconds=30)
MOST_ATTEMPTS = 10
MOST_JOB_ATTEMPTS = 3


def react(*, event_id: int, collaborative_id: int) -> None:
    """Run every reaction to the event and mark it done, all or nothing."""
    reactions = import_string(settings.EVENT_REACTIONS)
    with acting(Acting("compute", collaborative_id=collaborative_id)), transaction.atomic():
        event = Event.objects.select_for_update(skip_locked=True).filter(pk=event_id, done_at=None).first()
        if event is None:
            return  # done already, or another worker has it
        for reaction in reactions[event.kind]:
            reaction(event)
        Event.objects.filter(pk=event.pk).update(done_at=timezone.now())


def run_job(*, job_id: int, collaborative_id: int) -> None:
    """Run the job's work in one transaction; a crash leaves the row unfinished and `publish_again` finds it."""
    who = Acting("compute", collaborative_id=collaborative_id)
    with acting(who):
        try:
            with transaction.atomic():
                if not _claim(job_id):
                    return
                job = Job.objects.get(pk=job_id)
                import_string(settings.JOB_WORK)[job.kind](job)
                Job.objects.filter(pk=job_id).update(state=JobState.DONE, finished_at=timezone.now())
        except Exception as problem:
            log.exception("job %s failed", job_id)
            _note_failure(job_id, problem)


def _claim(job_id: int) -> bool:
    """Take the job for this transaction. The lock goes with the connection, so a killed worker frees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [JOB_LOCKS, job_id % 2**31])
        (locked,) = cursor.fetchone()
    return locked and Job.objects.filter(pk=job_id, finished_at=None).exists()


JOB_LOCKS = 7001  # first key of our advisory locks on jobs


def _note_failure(job_id: int, problem: Exception) -> None:
    """Count the attempt; after the last one the job has failed, with a sentence for the person who asked."""
    with transaction.atomic():
        Job.objects.filter(pk=job_id, finished_at=None).update(attempts=F("attempts") + 1)
        job = Job.objects.get(pk=job_id)
        if job.attempts >= MOST_JOB_ATTEMPTS and job.finished_at is None:
            message = f"The work stopped {job.attempts} times ({type(problem).__name__}). The centre's technician finds it in the log under job {job.public_id}."
            Job.objects.filter(pk=job_id).update(state=JobState.FAILED, finished_at=timezone.now(), message=message)


def publish_again() -> None:
    """Publish events and jobs that nobody has finished in time: the broker was away, or a worker died."""
    now = timezone.now()
    with acting(Acting("platform")), transaction.atomic():
        events = list(
            Event.objects.filter(done_at=None, created_at__lt=now - PATIENCE, attempts__lt=MOST_ATTEMPTS)
            .select_for_update(skip_locked=True)
            .order_by("created_at")[:500]
        )
        Event.objects.filter(pk__in=[event.pk for event in events]).update(attempts=F("attempts") + 1)
        jobs = list(
            Job.objects.filter(finished_at=None, created_at__lt=now - JOB_PATIENCE).order_by("created_at")[:100]
        )
    for event in events:
        publish("events.react", event_id=event.pk, collaborative_id=event.collaborative_id)
    for job in jobs:
        publish("events.run_job", job_id=job.pk, collaborative_id=job.collaborative_id)
