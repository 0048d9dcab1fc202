import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.log.models import Cycle
from collaboratives.models import Collaborative, Participation
from measures.models import Form
from privacy.fields import FieldClass


class QualityFigures(models.Model):
    """How good one hospital's cases of one form are: of a cycle, or of the last twelve months. Counted by a worker.

    Counts only, so that hospitals and cycles add up; shares are made of them where they are shown.
    """

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    cycle = models.ForeignKey(
        Cycle,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Null: the last twelve months.",
    )
    first_day = models.DateField()
    last_day = models.DateField()
    cases = models.PositiveIntegerField(default=0)
    complete = models.PositiveIntegerField(default=0, help_text="Locked ones among them.")
    locked = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0, help_text="Questions asked in these cases, drafts too.")
    answered = models.PositiveIntegerField(default=0)
    required = models.PositiveIntegerField(default=0, help_text="Required questions asked in complete cases.")
    known = models.PositiveIntegerField(default=0, help_text="Of these: with a value, or not applicable.")
    due = models.PositiveIntegerField(default=0, help_text="Cases whose due date is over.")
    on_time = models.PositiveIntegerField(default=0, help_text="Of these: complete by that date.")
    lock_due = models.PositiveIntegerField(default=0, help_text="Cases whose last day to enter is over.")
    by_lock = models.PositiveIntegerField(default=0, help_text="Of these: complete by that day.")
    median_days = models.FloatField(null=True, help_text="From the event to completion.")
    open_queries = models.PositiveIntegerField(default=0)
    eligible = models.PositiveIntegerField(null=True, help_text="By the case log; null: there is none.")
    captured = models.PositiveIntegerField(null=True, help_text="Of these: complete.")
    compared = models.PositiveIntegerField(null=True, help_text="Fields of the last audit; null: never audited.")
    agreeing = models.PositiveIntegerField(null=True)
    audited_on = models.DateField(null=True)
    questions = models.JSONField(
        default=dict, help_text="Question → asked, with a value, unknown, not documented, not applicable."
    )
    computed_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "form", "cycle", "first_day", "last_day", "computed_at"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(
            (
                "cases",
                "complete",
                "locked",
                "asked",
                "answered",
                "required",
                "known",
                "due",
                "on_time",
                "lock_due",
                "by_lock",
                "median_days",
                "open_queries",
                "eligible",
                "captured",
                "compared",
                "agreeing",
                "audited_on",
                "questions",
            ),
            FieldClass.HOSPITAL,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "form", "cycle"], nulls_distinct=False, name="quality_figures_once"
            ),
            models.CheckConstraint(
                condition=Q(eligible=None, captured=None) | Q(eligible__isnull=False, captured__lte=F("eligible")),
                name="quality_figures_capture_together",
            ),
            models.CheckConstraint(
                condition=Q(compared=None, agreeing=None, audited_on=None)
                | Q(compared__isnull=False, agreeing__lte=F("compared"), audited_on__isnull=False),
                name="quality_figures_audit_together",
            ),
        ]
        indexes = [
            models.Index(fields=["collaborative", "form"], condition=Q(cycle=None), name="quality_figures_of_year")
        ]

    def __str__(self) -> str:
        return f"{self.complete} of {self.cases} complete"


class ProgrammeMedians(models.Model):
    """The middle hospital, rounded, for every member: nothing in it leads to a hospital. Written at night only."""

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    completeness = models.FloatField(null=True)
    timeliness = models.FloatField(null=True)
    capture = models.FloatField(null=True)
    agreement = models.FloatField(null=True)
    median_days = models.FloatField(null=True)
    computed_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("public_id", "collaborative", "form", "computed_at"), FieldClass.KEY),
        **dict.fromkeys(("completeness", "timeliness", "capture", "agreement", "median_days"), FieldClass.BLINDED),
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collaborative", "form"], name="quality_medians_once")]

    def __str__(self) -> str:
        return f"medians of {self.form_id}"
