"""What waits for people, kept by a worker; what they were mailed and told of it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.enums import CAPACITY_CHOICES
from collaboratives.models import Collaborative, Participation
from coordination.week.enums import DigestState, Step
from privacy.fields import FieldClass


class WaitingList(models.Model):
    """One person in one place: when a worker last asked what waits there, and for which roles."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=8, choices=CAPACITY_CHOICES)
    roles = models.JSONField(default=list, help_text="Of the person when it was counted: with others it is not shown.")
    counted_at = models.DateTimeField(null=True, blank=True, help_text="What happened before this moment is in it.")
    begun_at = models.DateTimeField(
        null=True, blank=True, help_text="A worker has taken it; later than counted: not done."
    )
    stale_since = models.DateTimeField(null=True, blank=True, default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "capacity", "counted_at", "begun_at", "stale_since"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("user", "roles"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "participation", "user", "capacity"],
                name="week_list_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} as {self.capacity}"


class WaitingTask(models.Model):
    """A line of somebody's list, as the application told it to them. Derived: replaced whole."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="Where the person works; null: at the centre, or as an observer.",
    )  # fmt: skip
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    capacity = models.CharField(max_length=8, choices=CAPACITY_CHOICES)
    waiting_list = models.ForeignKey(WaitingList, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64, help_text="Digest of what names the task while its numbers change.")
    title = models.TextField()
    path = models.TextField()
    count = models.PositiveIntegerField(default=1)
    due_on = models.DateField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    hospital = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="At which it waits: at the centre one of many, else the own.",
    )  # fmt: skip

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "collaborative",
                "participation",
                "capacity",
                "waiting_list",
                "kind",
                "key",
                "path",
                "due_on",
                "since",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("title", "count", "hospital"), FieldClass.HOSPITAL),
        "user": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["collaborative", "participation", "kind"], name="week_task_by_hospital"),
        ]

    def __str__(self) -> str:
        return self.title


class Digest(models.Model):
    """The one mail that a person gets on a day, across all programmes; planned first, so that it goes once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(help_text="On the clock of the person's first programme.")
    state = models.CharField(max_length=7, choices=DigestState.choices, default=DigestState.PLANNED)
    planned_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "day", "state", "planned_at", "ended_at"), FieldClass.KEY),
        "user": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="week_digest_once_a_day"),
            models.CheckConstraint(
                condition=Q(state=DigestState.PLANNED, ended_at=None)
                | ~Q(state=DigestState.PLANNED) & Q(ended_at__isnull=False),
                name="week_digest_ended_when_not_planned",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="planned"), name="week_digest_planned")]

    def __str__(self) -> str:
        return f"{self.user_id}, {self.day}"


class EscalationRule(models.Model):
    """After how many days a kind of task is told to whom, where the programme decided otherwise than shipped."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    champion_after = models.PositiveSmallIntegerField(null=True, blank=True)
    administrator_after = models.PositiveSmallIntegerField(null=True, blank=True)
    coordinator_after = models.PositiveSmallIntegerField(null=True, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "kind", "decided_at"), FieldClass.KEY),
        **dict.fromkeys(("champion_after", "administrator_after", "coordinator_after"), FieldClass.PROGRAMME),
        "decided_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "kind"], name="week_rule_once"),
            models.CheckConstraint(
                condition=(Q(administrator_after=None) | Q(champion_after=None) | Q(administrator_after__gte=F("champion_after")))
                & (Q(coordinator_after=None) | Q(champion_after=None) | Q(coordinator_after__gte=F("champion_after")))
                & (Q(coordinator_after=None) | Q(administrator_after=None) | Q(coordinator_after__gte=F("administrator_after"))),
                name="week_rule_steps_in_order",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.kind


class EscalationDone(models.Model):
    """A step that was taken for a task of a hospital; over when the task is done, so that a later lapse begins anew."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    step = models.CharField(max_length=13, choices=Step.choices)
    told_on = models.DateField()
    people = models.PositiveSmallIntegerField(default=0, help_text="How many were told.")
    over_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "kind", "key", "step", "told_on", "over_at"), FieldClass.KEY),
        "people": FieldClass.HOSPITAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "key", "step"], condition=Q(over_at=None), name="week_escalation_once"
            )
        ]
        indexes = [models.Index(fields=["collaborative"], condition=Q(over_at=None), name="week_escalation_open")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.step}"


class HospitalReminder(models.Model):
    """When the centre last reminded a hospital of what waits there; it holds for twenty hours. Events keep the history."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveSmallIntegerField(default=0, help_text="How many were told: those with something due.")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "asked_at"), FieldClass.KEY),
        "people": FieldClass.HOSPITAL,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "participation"], name="week_reminder_of_hospital")
        ]

    def __str__(self) -> str:
        return f"{self.participation_id}, {self.asked_at:%Y-%m-%d}" if self.asked_at else str(self.participation_id)
