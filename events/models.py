import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from events.enums import AccessAction, EventKind, JobState
from privacy.fields import FieldClass


class Event(models.Model):
    """Something happened; written beside the change, in its transaction. Append-only, and the outbox of the workers.

    Keys are plain numbers without foreign keys, so that history never stands in the way of anything.
    """

    kind = models.CharField(max_length=40, choices=EventKind.choices)
    collaborative_id = models.BigIntegerField()
    participation_id = models.BigIntegerField(null=True, help_text="Null: the centre's own.")
    actor_id = models.BigIntegerField(null=True)
    capacity = models.CharField(max_length=12)
    subject = models.CharField(max_length=40, help_text="What the event is about: the model's label.")
    subject_id = models.BigIntegerField()
    details = models.JSONField(default=dict, help_text="Keys and states only, never clinical values.")
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    field_classes: ClassVar = dict.fromkeys(
        (
            "id",
            "kind",
            "collaborative_id",
            "participation_id",
            "actor_id",
            "capacity",
            "subject",
            "subject_id",
            "details",
            "created_at",
            "done_at",
            "attempts",
        ),
        FieldClass.KEY,
    )

    class Meta:
        indexes = [
            models.Index(fields=["collaborative_id", "-created_at"], name="events_event_by_collaborative"),
            models.Index(fields=["created_at"], condition=models.Q(done_at=None), name="events_event_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.subject_id}"


class AccessLog(models.Model):
    """Somebody viewed or exported identified data of a hospital. Append-only; the hospital can read it."""

    collaborative_id = models.BigIntegerField()
    participation_id = models.BigIntegerField(null=True, help_text="Null: data of all hospitals at once.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=12)
    action = models.CharField(max_length=20, choices=AccessAction.choices)
    subject = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = dict.fromkeys(
        ("id", "collaborative_id", "participation_id", "user", "capacity", "action", "subject", "created_at"),
        FieldClass.HOSPITAL,
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["collaborative_id", "participation_id", "-created_at"], name="events_access_by_hospital"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Job(models.Model):
    """Work of more than a second, done by a worker. A waiting row is its own outbox entry."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative_id = models.BigIntegerField()
    participation_id = models.BigIntegerField(null=True, help_text="Null: the centre's own.")
    kind = models.CharField(max_length=40, help_text="Key of config.reactions.JOBS.")
    title = models.CharField(max_length=200)
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    message = models.TextField(blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    field_classes: ClassVar = dict.fromkeys(
        (
            "id",
            "public_id",
            "collaborative_id",
            "participation_id",
            "kind",
            "title",
            "subject_id",
            "state",
            "message",
            "requested_by",
            "created_at",
            "started_at",
            "finished_at",
            "attempts",
        ),
        FieldClass.KEY,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative_id", "public_id"], name="events_job_public_id"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running"], finished_at=None)
                | models.Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="events_job_finished_exactly_when_done_or_failed",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=models.Q(finished_at=None), name="events_job_waiting")]

    def __str__(self) -> str:
        return self.title
