"""What hospitals have signed."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.agreements.definition.standing import Term
from collaboratives.agreements.enums import AgreementKind, SignedHow
from collaboratives.agreements.models.texts import AgreementText
from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class Agreement(models.Model):
    """Signed for a hospital by somebody who may. Inserted; only its early end is written later, once."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AgreementKind.choices, help_text="That of the text.")
    how = models.CharField(max_length=8, choices=SignedHow.choices)
    signatory_name = models.CharField(max_length=200)
    signatory_title = models.CharField(max_length=200)
    signed_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day on which it counts; null: until ended.")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer counts.")
    ended_why = models.CharField(max_length=300, blank=True, default="", db_default="")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "participation", "text", "kind", "how"), FieldClass.KEY),
        **dict.fromkeys(
            ("signed_on", "starts_on", "ends_on", "recorded_at", "ended_on", "ended_why"), FieldClass.HOSPITAL
        ),
        **dict.fromkeys(("signatory_name", "signatory_title", "recorded_by", "ended_by"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="agreements_agreement_public_id"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="agreements_agreement_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_by=None) | Q(ended_on__isnull=False, ended_by__isnull=False),
                name="agreements_agreement_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["participation", "kind"], name="agreements_by_hospital")]

    def __str__(self) -> str:
        return f"{AgreementKind(self.kind).label}, signed {self.signed_on}"

    @property
    def term(self) -> Term:
        return Term(starts_on=self.starts_on, ends_on=self.ends_on, ended_on=self.ended_on)


class AgreementScan(models.Model):
    """The paper that was signed elsewhere; a row of its own, so that lists do not carry it along."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="scans")
    file_name = models.CharField(max_length=200)
    file_type = models.CharField(max_length=100, help_text="As its bytes say, not as it was sent.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    file = models.BinaryField()

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "agreement", "file_type", "size", "digest"), FieldClass.KEY
        ),
        **dict.fromkeys(("file_name", "file"), FieldClass.HOSPITAL),
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participation", "agreement"], name="agreements_scan_once")]

    def __str__(self) -> str:
        return self.file_name


class AgreementReminder(models.Model):
    """A hospital was told that an agreement ends in so many days: once for each of the steps."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="reminders")
    days = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = dict.fromkeys(
        ("id", "collaborative", "participation", "agreement", "days", "made_at"), FieldClass.KEY
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "agreement", "days"], name="agreements_reminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}, {self.days} days before"
