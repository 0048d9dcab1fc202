"""What members, sponsors and patient partners may know: rounded, without keys."""

import uuid
from typing import ClassVar

from django.db import models

from collaboratives.models import Collaborative
from feedback.models.releases import Release
from measures.models import MeasureVersion
from privacy.fields import FieldClass


class PeerDistribution(models.Model):
    """What members may know of each other in one measure of one release: sorted rounded values, no keys.

    Written once by the worker when the director releases; the same for every member.
    """

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="peer_distributions")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=160, default="all")
    values = models.JSONField(default=list, help_text="Sorted, rounded.")
    withheld = models.CharField(max_length=20, blank=True, help_text="Why no values are shown.")
    step = models.FloatField(null=True, help_text="What values of cases are rounded to; none: whole percents.")
    collaborative_value = models.FloatField(null=True, help_text="Pooled, rounded.")
    middle = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The collaborative's value is that of the hospital in the middle: a pooled one would tell who joined.",
    )
    benchmark = models.FloatField(null=True, help_text="Achievable benchmark, rounded.")

    field_classes: ClassVar = {
        **dict.fromkeys(("public_id", "collaborative", "release", "measure_version", "stratum"), FieldClass.KEY),
        **dict.fromkeys(
            ("values", "withheld", "step", "collaborative_value", "middle", "benchmark"), FieldClass.BLINDED
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "measure_version", "stratum"], name="feedback_peerdistribution_once"
            )
        ]

    def __str__(self) -> str:
        return self.stratum


class PooledResult(models.Model):
    """One measure of one release over all hospitals, rounded: for every member, the sponsor and patient partners."""

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="pooled_results")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    hospitals_band = models.CharField(max_length=20, help_text="How many hospitals, as a band.")
    case_noun = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="What the cases are, in the plural; observers do not read forms.",
    )
    rate = models.FloatField(null=True)
    step = models.FloatField(null=True, help_text="What values of cases are rounded to; none: whole percents.")
    withheld = models.CharField(max_length=20, blank=True)
    trend = models.JSONField(default=list, help_text="Quarter and rounded rate; a withheld quarter has no rate.")

    field_classes: ClassVar = {
        **dict.fromkeys(("public_id", "collaborative", "release", "measure_version"), FieldClass.KEY),
        **dict.fromkeys(("hospitals_band", "case_noun", "rate", "step", "withheld", "trend"), FieldClass.BLINDED),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "measure_version"], name="feedback_pooledresult_once"
            )
        ]

    def __str__(self) -> str:
        return self.hospitals_band
