"""What the centre decided about single cases; counting respects it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case
from collaboratives.models import Collaborative, Participation
from measures.models import Measure
from privacy.fields import FieldClass


class DecidedExclusion(models.Model):
    """A case that does not count for a measure because the centre decided so, whatever its answers say.

    It is about the measure, not about one version of it, and holds until it is lifted. A released number never changes:
    the next release counts by it.
    """

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "case", "measure", "decided_at", "lifted_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("decided_by", "lifted_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "case", "measure"],
                condition=Q(lifted_at=None),
                name="feedback_decidedexclusion_once",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="feedback_decidedexclusion_lifted_together",
            ),
        ]
        indexes = [models.Index(fields=["collaborative", "case"], name="feedback_decided_by_case")]

    def __str__(self) -> str:
        return f"case {self.case_id} of measure {self.measure_id}"
