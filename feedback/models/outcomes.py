"""What each case means for each measure, and the counts of the months."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from cases.models import Case
from collaboratives.models import Collaborative, Participation
from feedback.enums import Outcome
from measures.models import MeasureVersion
from privacy.fields import FieldClass


class CaseOutcome(models.Model):
    """What one complete case means for one measure, with the reason."""

    collaborative = models.ForeignKey(
        Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    # A trigger checks these once a statement, tied to the tenant: row by row they took most of an import's time.
    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes", db_constraint=False)
    measure_version = models.ForeignKey(
        MeasureVersion, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField(help_text="First day of the month of the event.")
    outcome = models.CharField(max_length=11, choices=Outcome.choices)
    reason = models.CharField(max_length=80, blank=True, help_text="First exclusion that applied.")
    missing = models.JSONField(default=list, help_text="Variables without which nobody can tell.")
    value = models.FloatField(null=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "case", "measure_version"), FieldClass.KEY),
        **dict.fromkeys(("month", "outcome", "reason", "missing", "value"), FieldClass.CLINICAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "case", "measure_version"], name="feedback_caseoutcome_once"
            )
        ]
        indexes = [
            models.Index(fields=["participation", "measure_version", "month"], name="feedback_caseoutcome_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.reason}".strip()


class SiteMonth(models.Model):
    """Counts of one hospital for one measure in one month, kept up to date as cases are completed."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    met = models.PositiveIntegerField(default=0)
    not_met = models.PositiveIntegerField(default=0)
    excluded = models.PositiveIntegerField(default=0)
    cannot_tell = models.PositiveIntegerField(default=0)
    refreshed_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "measure_version", "month", "refreshed_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("met", "not_met", "excluded", "cannot_tell"), FieldClass.HOSPITAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "measure_version", "month"], name="feedback_sitemonth_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
