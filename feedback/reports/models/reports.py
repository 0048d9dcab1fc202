"""Files that a worker made of a release, frozen with it."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from feedback.models import Release
from feedback.reports.enums import ReportKind
from privacy.fields import FieldClass


class HospitalReport(models.Model):
    """One file for one hospital: that hospital's and the centre's only. A withdrawn release takes it along."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="hospital_reports", db_index=False)
    kind = models.CharField(max_length=8, choices=ReportKind.choices)
    content = models.JSONField(help_text="Everything that the file says; typesetting it again gives the same bytes.")
    file = models.BinaryField()
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    made_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "participation", "release", "kind", "size", "digest", "made_at"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("content", "file"), FieldClass.HOSPITAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "release", "kind"], name="reports_hospitalreport_once"),
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="reports_hospitalreport_public_id"),
        ]
        indexes = [models.Index(fields=["collaborative", "release"], name="reports_hospital_by_release")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.size:,} bytes"


class PooledReport(models.Model):
    """The file of all hospitals together, rounded: for every member, the sponsor and patient partners."""

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="pooled_reports", db_index=False)
    plain = models.BooleanField(default=False, help_text="In plain words, for patient partners.")
    said = models.JSONField(help_text="Everything that the file says.")
    file = models.BinaryField()
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    made_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("public_id", "collaborative", "release", "plain", "size", "digest", "made_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("said", "file"), FieldClass.BLINDED),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "release", "plain"], name="reports_pooledreport_once")
        ]

    def __str__(self) -> str:
        return f"All hospitals, {self.size:,} bytes"
