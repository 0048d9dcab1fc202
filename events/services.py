"""Record what happened and queue what follows."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from celery import current_app
from django.db import models, transaction
from kombu.exceptions import OperationalError

from events.enums import AccessAction, EventKind
from events.models import AccessLog, Event, Job
from privacy.viewer import Viewer


log = logging.getLogger(__name__)


def record_event(
    kind: EventKind,
    *,
    by: Viewer,
    subject: models.Model,
    participation_id: int | None = None,
    details: Mapping[str, object] | None = None,
) -> Event:
    """Write the event beside the change it tells of, in the caller's transaction, and wake a worker after commit."""
    event = Event.objects.create(
        kind=kind,
        collaborative_id=by.collaborative_id,
        participation_id=participation_id,
        actor_id=by.user_id or None,
        capacity=by.capacity or "compute",
        subject=subject._meta.label,  # noqa: SLF001 -- Django documents _meta
        subject_id=subject.pk,
        details=dict(details or {}),
    )
    _after_commit("events.react", event_id=event.pk, collaborative_id=event.collaborative_id)
    return event


def queue_job(kind: str, *, title: str, subject: models.Model, by: Viewer, participation_id: int | None = None) -> Job:
    """Ask a worker to do something long; the row is found again if the message is lost."""
    job = Job.objects.create(
        kind=kind,
        title=title,
        subject_id=subject.pk,
        collaborative_id=by.collaborative_id,
        participation_id=participation_id,
        requested_by_id=by.user_id or None,
    )
    _after_commit("events.run_job", job_id=job.pk, collaborative_id=job.collaborative_id)
    return job


def record_access(action: AccessAction, *, by: Viewer, subject: str, participation_id: int | None = None) -> None:
    """Note that the viewer saw or took identified data of this hospital (None: of all hospitals at once)."""
    AccessLog.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=participation_id,
        user_id=by.user_id,
        capacity=by.capacity or "compute",
        action=action,
        subject=subject,
    )


def publish(task: str, **ids: int) -> None:
    """Hand a task to the broker; when the broker is away the row waits for `events.tick`, and nobody is kept waiting."""
    try:
        # `signature` obeys Celery's eager mode in tests, `send_task` does not.
        current_app.signature(task, kwargs=ids).apply_async(retry=False)
    except OperationalError:
        log.warning("broker away; %s waits in the outbox", task)


def _after_commit(task: str, **ids: Any) -> None:  # noqa: ANN401 -- whole numbers, passed through
    transaction.on_commit(partial(publish, task, **ids))
