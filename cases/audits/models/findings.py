from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.audits.enums import Answer, Verdict
from cases.audits.models.audit import Audit, AuditedCase
from cases.models import new_public_id
from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class Disagreement(models.Model):
    """A field in which the two abstractions differ; each side is {"value": …}, {"missing": kind}, or {} for empty."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="disagreements", db_index=False)
    audited_case = models.ForeignKey(
        AuditedCase, on_delete=models.PROTECT, related_name="disagreements", db_index=False
    )
    variable = models.CharField(max_length=100)
    tier = models.PositiveSmallIntegerField()
    original = models.JSONField(default=dict)
    second = models.JSONField(default=dict)
    corrected_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "audit",
                "audited_case",
                "variable",
                "tier",
                "corrected_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("original", "second"), FieldClass.CLINICAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="audits_disagreement_public_id"),
            models.UniqueConstraint(
                fields=["participation", "audited_case", "variable"], name="audits_disagreement_once"
            ),
        ]
        indexes = [models.Index(fields=["audit", "tier"], name="audits_disagreement_by_audit")]

    def __str__(self) -> str:
        return self.public_id


class Response(models.Model):
    """The hospital's word on a disagreement. Inserted once, never edited."""

    disagreement = models.OneToOneField(
        Disagreement, on_delete=models.PROTECT, related_name="response", primary_key=True
    )
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    reason = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    field_classes: ClassVar = {
        **dict.fromkeys(("disagreement", "collaborative", "participation", "answer", "given_at"), FieldClass.KEY),
        "reason": FieldClass.CLINICAL,
        "given_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer=Answer.ACCEPTED) | ~Q(reason=""), name="audits_response_contested_with_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer} {self.disagreement_id}"


class Ruling(models.Model):
    """The adjudicator's decision, by a third person. Inserted once, never edited."""

    disagreement = models.OneToOneField(Disagreement, on_delete=models.PROTECT, related_name="ruling", primary_key=True)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=500)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    field_classes: ClassVar = {
        **dict.fromkeys(("disagreement", "collaborative", "participation", "verdict", "decided_at"), FieldClass.KEY),
        "reason": FieldClass.CLINICAL,
        "decided_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="audits_ruling_with_reason")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.disagreement_id}"


class Agreement(models.Model):
    """How far the two abstractions agree on one variable, as the worker computed it for the report. Never changed.

    Coefficients are null where they do not exist: numbers, dates and choices of several have none, and kappa needs two
    categories in use.
    """

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="agreements", db_index=False)
    variable = models.CharField(max_length=100)
    label = models.CharField(max_length=300)
    tier = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(help_text="In the form.")
    compared = models.PositiveIntegerField()
    agreeing_found = models.PositiveIntegerField()
    agreeing = models.PositiveIntegerField(help_text="As adjudicated.")
    share_lo = models.FloatField()
    share_hi = models.FloatField()
    kappa = models.FloatField(null=True)
    kappa_lo = models.FloatField(null=True)
    kappa_hi = models.FloatField(null=True)
    pabak = models.FloatField(null=True)
    pabak_lo = models.FloatField(null=True)
    pabak_hi = models.FloatField(null=True)
    ac1 = models.FloatField(null=True)
    ac1_lo = models.FloatField(null=True)
    ac1_hi = models.FloatField(null=True)
    computed_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "audit", "variable", "computed_at"), FieldClass.KEY),
        **dict.fromkeys(("label", "tier", "position"), FieldClass.PUBLIC),
        **dict.fromkeys(
            (
                "compared",
                "agreeing_found",
                "agreeing",
                *(f"share_{end}" for end in ("lo", "hi")),
                *(f"{name}{end}" for name in ("kappa", "pabak", "ac1") for end in ("", "_lo", "_hi")),
            ),
            FieldClass.HOSPITAL,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "audit", "variable"], name="audits_agreement_once"),
            models.CheckConstraint(
                condition=Q(compared__gte=1, agreeing__lte=F("compared"), agreeing_found__lte=F("agreeing")),
                name="audits_agreement_counts_fit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variable} of {self.audit_id}"
