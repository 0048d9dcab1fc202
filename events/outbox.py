"""At least once from the table, once in effect: an event is marked done in the transaction of its effects."""

import logging
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from events.enums import JobState
from events.models import Event, Job
from events.services import publish
from tenancy.context import Acting, acting


log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=20)  # the message itself arrives within a second; older means lost
JOB_PATIENCE = timedelta(seconds=30)
LONGEST_PAUSES = 20  # 20 s, 40 s, … : an event that cannot be done yet is tried for months, ever more rarely
WORRYING_ATTEMPTS = 6  # after ten minutes somebody should look
MOST_JOB_ATTEMPTS = 3
JOB_LOCKS = 7001  # first key of our advisory locks on jobs


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
    """Run the job's work, each step in one transaction; a crash leaves the row unfinished and `publish_again` finds it."""
    with acting(Acting("compute", collaborative_id=collaborative_id)):
        while _begin(job_id) and _step(job_id):
            pass


def _step(job_id: int) -> bool:
    """Whether the work has more to do. What a step has done is done: the next one has all its attempts again."""
    try:
        with transaction.atomic():
            if not _claim(job_id):
                return False
            job = Job.objects.get(pk=job_id)
            more = bool(import_string(settings.JOB_WORK)[job.kind](job))
            ended = {"attempts": 0} if more else {"state": JobState.DONE, "finished_at": timezone.now()}
            Job.objects.filter(pk=job_id).update(**ended)
    except Exception as problem:
        log.exception("job %s failed", job_id)
        _note_failure(job_id, type(problem).__name__)
        return False
    return more


def _begin(job_id: int) -> bool:
    """Count the attempt before the work: work that kills its worker must not be tried for ever."""
    with transaction.atomic():
        if not _claim(job_id):
            return False
        if Job.objects.filter(pk=job_id, attempts__gte=MOST_JOB_ATTEMPTS).exists():
            _give_up(job_id, "its worker was killed")
            return False
        Job.objects.filter(pk=job_id).update(
            attempts=F("attempts") + 1, state=JobState.RUNNING, started_at=timezone.now()
        )
        return True


def _claim(job_id: int) -> bool:
    """Take the job for this transaction, unless somebody has it or it is finished."""
    return _lock(job_id) and Job.objects.filter(pk=job_id, finished_at=None).exists()


def _lock(job_id: int) -> bool:
    """Hold the job until the transaction ends. The lock goes with the connection, so a killed worker frees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [JOB_LOCKS, job_id % 2**31])
        (locked,) = cursor.fetchone()
    return bool(locked)


def _note_failure(job_id: int, problem: str) -> None:
    """Let the job wait for its next attempt; after the last one it has failed."""
    with transaction.atomic():
        if Job.objects.filter(pk=job_id, attempts__gte=MOST_JOB_ATTEMPTS).exists():
            _give_up(job_id, problem)
        else:
            Job.objects.filter(pk=job_id, finished_at=None).update(state=JobState.QUEUED)


def _give_up(job_id: int, problem: str) -> None:
    """Say it in a sentence for the person who asked."""
    job = Job.objects.get(pk=job_id)
    message = (
        f"The work stopped {job.attempts} times ({problem}). "
        f"The centre's technician finds it in the log under job {job.public_id}."
    )
    Job.objects.filter(pk=job_id, finished_at=None).update(
        state=JobState.FAILED, finished_at=timezone.now(), message=message
    )
    log.error("job %s %s given up: %s", job_id, job.public_id, problem)


def publish_again() -> None:
    """Publish events and jobs that nobody has finished in time: the broker was away, or a worker died."""
    now = timezone.now()
    with acting(Acting("platform")), transaction.atomic():
        events = list(
            Event.objects.filter(_due(now), done_at=None)
            .select_for_update(skip_locked=True)
            .order_by("created_at")[:500]
        )
        Event.objects.filter(pk__in=[event.pk for event in events]).update(attempts=F("attempts") + 1)
        late = Job.objects.filter(finished_at=None, created_at__lt=now - JOB_PATIENCE).order_by("created_at")[:100]
        jobs = [job for job in late if _lock(job.pk)]  # whose lock is held is being worked on
    for event in events:
        if event.attempts == WORRYING_ATTEMPTS:
            log.error("event %s (%s) is not done after %s attempts", event.pk, event.kind, event.attempts)
        publish("events.react", event_id=event.pk, collaborative_id=event.collaborative_id)
    for job in jobs:
        publish("events.run_job", job_id=job.pk, collaborative_id=job.collaborative_id)


def _due(now: datetime) -> Q:
    """Old enough for its next attempt; each waits twice as long as the one before."""
    return reduce(or_, (Q(attempts=n, created_at__lt=now - PATIENCE * 2**n) for n in range(LONGEST_PAUSES)))
