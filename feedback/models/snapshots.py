"""Frozen inputs of releases."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from measures.models import MeasureVersion
from privacy.fields import FieldClass


class Snapshot(models.Model):
    """Inputs of a release, frozen: which cases, their outcomes and covariates. The digest covers every slice."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    window_from = models.DateField()
    window_to = models.DateField()
    cases = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    taken_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = dict.fromkeys(
        ("id", "collaborative", "window_from", "window_to", "cases", "digest", "taken_at"), FieldClass.KEY
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(window_from__lte=F("window_to")), name="feedback_snapshot_from_before_to"
            )
        ]

    def __str__(self) -> str:
        return f"{self.window_from} to {self.window_to}"


class SnapshotSlice(models.Model):
    """Frozen inputs of one measure for one hospital: case keys, outcomes, reasons and covariates, as compressed columns."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="slices")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    cases = models.PositiveIntegerField()
    payload = models.BinaryField()
    digest = models.CharField(max_length=64)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "snapshot", "measure_version", "digest"), FieldClass.KEY
        ),
        **dict.fromkeys(("cases", "payload"), FieldClass.CLINICAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "snapshot", "measure_version"], name="feedback_snapshotslice_once"
            )
        ]

    def __str__(self) -> str:
        return self.digest
