from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.log.enums import AttemptOutcome, FollowUpMethod, FollowUpState
from cases.models import Case
from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class FollowUp(models.Model):
    """What was tried to learn how one patient is on day 30. It begins with the first attempt."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The undoing of an import takes the case's follow-up with it, in the database; see 0004.
    case = models.OneToOneField(Case, on_delete=models.DO_NOTHING, related_name="follow_up", db_constraint=False)
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=FollowUpState.choices, default=FollowUpState.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_tried_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "case", "state", "attempts", "closed_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("due_on", "last_tried_on"), FieldClass.CLINICAL),
        "closed_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=FollowUpState.OPEN, closed_at=None, closed_by=None)
                | (~Q(state=FollowUpState.OPEN) & Q(closed_at__isnull=False, closed_by__isnull=False)),
                name="caselog_follow_up_closed_together",
            )
        ]
        indexes = [
            models.Index(fields=["participation", "state", "due_on"], name="caselog_follow_up_by_state"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class FollowUpAttempt(models.Model):
    """One call, letter or look into a record. Inserted, never edited."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.DO_NOTHING, related_name="tried", db_index=False, db_constraint=False
    )
    tried_on = models.DateField()
    method = models.CharField(max_length=12, choices=FollowUpMethod.choices)
    outcome = models.CharField(max_length=12, choices=AttemptOutcome.choices)
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "follow_up", "recorded_at"), FieldClass.KEY),
        **dict.fromkeys(("tried_on", "method", "outcome", "note"), FieldClass.CLINICAL),
        "recorded_by": FieldClass.PERSON,
    }

    class Meta:
        indexes = [models.Index(fields=["follow_up", "tried_on", "id"], name="caselog_attempt_by_follow_up")]

    def __str__(self) -> str:
        return f"{self.get_method_display()}: {self.get_outcome_display()}"


class FollowUpCount(models.Model):
    """How many of a hospital wait for their follow-up and how it ended, as last counted: the centre's overview."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.OneToOneField(Participation, on_delete=models.PROTECT, related_name="+")
    due = models.PositiveIntegerField()
    soon = models.PositiveIntegerField()
    reached = models.PositiveIntegerField()
    not_reached = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "counted_at"), FieldClass.KEY),
        **dict.fromkeys(("due", "soon", "reached", "not_reached"), FieldClass.HOSPITAL),
    }

    def __str__(self) -> str:
        return f"{self.due} due"
