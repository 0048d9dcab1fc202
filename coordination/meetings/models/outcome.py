"""What a meeting leaves: decisions, actions, minutes, and what hospitals thought before they saw the data."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from coordination.meetings.enums import ActionState, Position
from coordination.meetings.models.meeting import Meeting
from measures.models import Measure
from privacy.fields import FieldClass


class Decision(models.Model):
    """What the meeting decided, in a line."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=500)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "meeting", "noted_at", "removed_at"), FieldClass.KEY),
        "text": FieldClass.PROGRAMME,
        "noted_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_decision_public_id")
        ]

    def __str__(self) -> str:
        return self.text


class ActionItem(models.Model):
    """Something to be done after a meeting. A hospital's own is read by that hospital and the centre; others by all."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The hospital that has to do it; null: somebody of the centre.",
    )  # fmt: skip
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions")
    text = models.CharField(max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The person who has to do it; null: the hospital, or the centre, as a whole.",
    )  # fmt: skip
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=ActionState.choices, default=ActionState.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "meeting",
                "due_on",
                "state",
                "ended_at",
                "noted_at",
            ),
            FieldClass.KEY,
        ),
        "text": FieldClass.PROGRAMME,
        **dict.fromkeys(("owner", "ended_by", "noted_by"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_action_public_id"),
            models.CheckConstraint(
                condition=Q(state=ActionState.OPEN, ended_at=None, ended_by=None)
                | ~Q(state=ActionState.OPEN) & Q(ended_at__isnull=False, ended_by__isnull=False),
                name="meetings_action_ended_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["collaborative", "participation"],
                condition=Q(state=ActionState.OPEN),
                name="meetings_actions_open",
            )
        ]

    def __str__(self) -> str:
        return self.text


class Minutes(models.Model):
    """The minutes as the centre is writing them. Nobody else reads this table."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="drafts", db_index=False)
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "meeting", "revision", "saved_at"), FieldClass.KEY),
        "text": FieldClass.PROGRAMME,
        "saved_by": FieldClass.PERSON,
    }

    class Meta:
        verbose_name_plural = "minutes"
        constraints = [models.UniqueConstraint(fields=["meeting", "collaborative"], name="meetings_minutes_once")]

    def __str__(self) -> str:
        return f"minutes of {self.meeting_id}"


class IssuedMinutes(models.Model):
    """Minutes as they were sent. The text never changes; once approved, no other follows."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="issued_minutes", db_index=False)
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_in = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "meeting", "number", "sent_at", "approved_at", "approved_in"), FieldClass.KEY
        ),
        "text": FieldClass.PROGRAMME,
        **dict.fromkeys(("sent_by", "approved_by"), FieldClass.PERSON),
    }

    class Meta:
        verbose_name_plural = "issued minutes"
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number", "collaborative"], name="meetings_issued_number"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, approved_in=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="meetings_issued_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"minutes of {self.meeting_id}, {self.number}"


class PollQuestion(models.Model):
    """Before the data are shown: where each hospital thinks it stands in this measure."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="questions", db_index=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = dict.fromkeys(("id", "public_id", "collaborative", "meeting", "measure"), FieldClass.KEY)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_pollquestion_public_id"),
            models.UniqueConstraint(fields=["meeting", "measure", "collaborative"], name="meetings_pollquestion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.measure_id}"


class PollAnswer(models.Model):
    """What one hospital thinks. Nobody outside it reads the row, the centre neither."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    question = models.ForeignKey(PollQuestion, on_delete=models.PROTECT, related_name="+")
    position = models.CharField(max_length=8, choices=Position.choices)
    answered_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "question", "answered_at"), FieldClass.KEY),
        "position": FieldClass.HOSPITAL,
        "answered_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "question"], name="meetings_pollanswer_one_a_hospital")
        ]

    def __str__(self) -> str:
        return self.position


class PollCount(models.Model):
    """What all hospitals thought, written by the worker when the poll is closed; null where fewer than five thought so."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(PollQuestion, on_delete=models.PROTECT, related_name="counts")
    better = models.PositiveSmallIntegerField(null=True)
    expected = models.PositiveSmallIntegerField(null=True)
    worse = models.PositiveSmallIntegerField(null=True)
    counted_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "question", "counted_at"), FieldClass.KEY),
        **dict.fromkeys(("better", "expected", "worse"), FieldClass.BLINDED),
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collaborative", "question"], name="meetings_pollcount_once")]

    def __str__(self) -> str:
        return f"{self.better} {self.expected} {self.worse}"
