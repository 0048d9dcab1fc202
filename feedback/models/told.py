"""What members read, stored as coarsely as they read it: the wall lets nobody look behind the rounding (ADR 20)."""

import uuid
from typing import ClassVar

from django.db import models

from collaboratives.models import Collaborative, Participation
from feedback.models.releases import Release
from measures.models import MeasureVersion, RiskModelVersion
from privacy.fields import FieldClass


class MemberFit(models.Model):
    """A fitted risk model as members know it: every coefficient, no exact count. Written once, when it is released."""

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    risk_model_version = models.ForeignKey(RiskModelVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    design = models.JSONField()
    terms = models.JSONField()
    cases = models.PositiveIntegerField(help_text="To the nearest ten.")
    events = models.PositiveIntegerField(help_text="To the nearest ten.")
    c_statistic = models.FloatField()
    c_low = models.FloatField()
    c_high = models.FloatField()
    brier = models.FloatField()
    calibration = models.JSONField(help_text="Rates in whole per cents, of groups that are large enough.")
    between = models.JSONField(default=dict)
    details = models.JSONField(default=dict)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("public_id", "collaborative", "release", "measure_version", "risk_model_version"), FieldClass.KEY
        ),
        **dict.fromkeys(
            (
                "design",
                "terms",
                "cases",
                "events",
                "c_statistic",
                "c_low",
                "c_high",
                "brier",
                "calibration",
                "between",
                "details",
            ),
            FieldClass.BLINDED,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "measure_version"], name="feedback_memberfit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.risk_model_version}"


class GroupPeers(models.Model):
    """What one hospital sees of its group of similar hospitals in one measure of one release: nobody else's business.

    The same values stand in the row of every hospital of the group: sorted, rounded, without keys.
    """

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    stratum = models.CharField(max_length=160, help_text="“group:” and its name.")
    values = models.JSONField(default=list)
    withheld = models.CharField(max_length=20, blank=True)
    step = models.FloatField(null=True, help_text="To which values are rounded; null: whole percents.")
    collaborative_value = models.FloatField(null=True, help_text="Of the hospital in the middle.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("public_id", "collaborative", "participation", "release", "measure_version", "stratum"), FieldClass.KEY
        ),
        **dict.fromkeys(("values", "withheld", "step", "collaborative_value"), FieldClass.BLINDED),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "release", "measure_version"], name="feedback_grouppeers_once"
            )
        ]
        indexes = [
            models.Index(fields=["collaborative", "release", "measure_version"], name="feedback_grouppeers_by_release")
        ]

    def __str__(self) -> str:
        return self.stratum
