import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.log.enums import ExtensionReason
from collaboratives.models import Collaborative, Participation
from measures.models import Form
from privacy.fields import FieldClass


class Cycle(models.Model):
    """A stretch of event dates whose complete cases are locked together, when the last day to enter is over."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=50)
    first_day = models.DateField()
    last_day = models.DateField(help_text="Of events; the database refuses cycles of one form that overlap.")
    locks_on = models.DateField(help_text="The last day to enter; its midnight locks.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "form", "created_at"), FieldClass.KEY),
        **dict.fromkeys(("name", "first_day", "last_day", "locks_on"), FieldClass.PROGRAMME),
        "created_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="caselog_cycle_public_id"),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day"), last_day__lte=F("locks_on")),
                name="caselog_cycle_days_in_order",
            ),
        ]
        indexes = [models.Index(fields=["collaborative", "form", "first_day"], name="caselog_cycle_by_day")]

    def __str__(self) -> str:
        return self.name


class LockExtension(models.Model):
    """More time for one hospital and one cycle. Inserted, never edited: the latest counts."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="extensions", db_index=False)
    locks_on = models.DateField()
    reason = models.CharField(max_length=12, choices=ExtensionReason.choices)
    note = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "cycle", "decided_at"), FieldClass.KEY),
        **dict.fromkeys(("locks_on", "reason", "note"), FieldClass.HOSPITAL),
        "decided_by": FieldClass.PERSON,
    }

    class Meta:
        indexes = [models.Index(fields=["cycle", "participation", "-id"], name="caselog_extension_latest")]

    def __str__(self) -> str:
        return f"{self.cycle} until {self.locks_on}"
