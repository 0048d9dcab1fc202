from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.log.enums import Decision
from cases.models import Case, new_public_id
from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class UnlockRequest(models.Model):
    """A hospital asks the centre to unlock one case; the database refuses one that is born decided."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True, help_text="Empty: not yet.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    note = models.CharField(max_length=500, blank=True)
    relocks_on = models.DateField(null=True, blank=True, help_text="The last day to correct; its midnight locks again.")
    unlocked_at = models.DateTimeField(null=True, blank=True, help_text="Null: the worker has not done it yet.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "case",
                "asked_at",
                "decision",
                "decided_at",
                "relocks_on",
                "unlocked_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("reason", "note"), FieldClass.CLINICAL),
        **dict.fromkeys(("asked_by", "decided_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="caselog_unlock_public_id"),
            models.UniqueConstraint(
                fields=["participation", "case"], condition=Q(decision=""), name="caselog_unlock_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None, decided_by=None, relocks_on=None, unlocked_at=None)
                | Q(decision=Decision.GRANTED, decided_at__isnull=False, decided_by__isnull=False)
                & Q(relocks_on__isnull=False)
                | Q(decision=Decision.REFUSED, decided_at__isnull=False, decided_by__isnull=False)
                & Q(relocks_on=None, unlocked_at=None),
                name="caselog_unlock_decided_together",
            ),
        ]
        indexes = [
            models.Index(fields=["collaborative", "decision", "-asked_at"], name="caselog_unlock_inbox"),
            models.Index(fields=["case", "-id"], name="caselog_unlock_by_case"),
        ]

    def __str__(self) -> str:
        return self.public_id
