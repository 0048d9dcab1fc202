import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from collaboratives.models import Collaborative, Participation
from feedback.models.releases import Release
from measures.models import MeasureVersion
from privacy.fields import FieldClass


class DataQualityStatement(models.Model):
    """The statement of one hospital beside its number, frozen with the release: that hospital's and the centre's only."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="statements", db_index=False)
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    cases = models.PositiveIntegerField(help_text="Of the window, drafts too.")
    complete = models.PositiveIntegerField()
    locked = models.PositiveIntegerField()
    required = models.PositiveIntegerField(help_text="Questions of this measure, asked in complete cases.")
    known = models.PositiveIntegerField(help_text="Of these: with a value, or not applicable.")
    due = models.PositiveIntegerField(help_text="Cases whose due date was over.")
    on_time = models.PositiveIntegerField(help_text="Of these: complete by that date.")
    eligible = models.PositiveIntegerField(null=True, help_text="By the case log; null: there was none.")
    captured = models.PositiveIntegerField(null=True)
    compared = models.PositiveIntegerField(null=True, help_text="Fields of the last audit; null: never audited.")
    agreeing = models.PositiveIntegerField(null=True)
    audited_on = models.DateField(null=True)
    open_queries = models.PositiveIntegerField()
    source = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Of supplied figures: where they come from."
    )
    supplied_on = models.DateField(null=True, blank=True, help_text="Of supplied figures: when the last of them came.")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "release", "measure_version"), FieldClass.KEY),
        **dict.fromkeys(
            (
                "cases",
                "complete",
                "locked",
                "required",
                "known",
                "due",
                "on_time",
                "eligible",
                "captured",
                "compared",
                "agreeing",
                "audited_on",
                "open_queries",
                "supplied_on",
            ),
            FieldClass.HOSPITAL,
        ),
        "source": FieldClass.PROGRAMME,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "release", "measure_version"], name="feedback_statement_once"
            ),
            models.CheckConstraint(
                condition=Q(eligible=None, captured=None) | Q(eligible__isnull=False, captured__lte=F("eligible")),
                name="feedback_statement_capture_together",
            ),
            models.CheckConstraint(
                condition=Q(compared=None, agreeing=None, audited_on=None)
                | Q(compared__isnull=False, agreeing__lte=F("compared"), audited_on__isnull=False),
                name="feedback_statement_audit_together",
            ),
        ]
        indexes = [
            models.Index(fields=["collaborative", "release", "measure_version"], name="feedback_statement_by_release")
        ]

    def __str__(self) -> str:
        return f"{self.locked} of {self.cases} locked"


class PooledStatement(models.Model):
    """The statement beside a number of all hospitals: shares in whole percents, for members and observers.

    A share that would tell about one hospital is left out (null).
    """

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="pooled_statements", db_index=False)
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    completeness = models.FloatField(null=True)
    timeliness = models.FloatField(null=True)
    capture = models.FloatField(null=True)
    agreement = models.FloatField(null=True)
    queried = models.FloatField(null=True, help_text="Open queries of a hundred cases.")
    locked = models.FloatField(null=True)
    source = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Of supplied figures: where they come from."
    )
    supplied_on = models.DateField(null=True, blank=True, help_text="Of supplied figures: when the last of them came.")

    field_classes: ClassVar = {
        **dict.fromkeys(("public_id", "collaborative", "release", "measure_version"), FieldClass.KEY),
        **dict.fromkeys(
            ("completeness", "timeliness", "capture", "agreement", "queried", "locked", "source", "supplied_on"),
            FieldClass.BLINDED,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "measure_version"], name="feedback_pooledstatement_once"
            )
        ]

    def __str__(self) -> str:
        return f"pooled statement of {self.measure_version_id}"
