from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.audits.enums import UNDER_WAY, AuditState
from cases.models import Case, new_public_id
from collaboratives.models import Collaborative, Participation
from measures.definition.answers import Answers, from_json
from measures.models import Form, FormVersion
from privacy.fields import FieldClass


class Audit(models.Model):
    """A data validation audit of one hospital. A trigger keeps its draw, and after the report its figures, as they are."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    first_day = models.DateField()
    last_day = models.DateField(help_text="Of the events of the cases that may be drawn.")
    sample_size = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=500, blank=True, help_text="To the hospital.")
    # Nobody may delete people, so keys to them would only cost a check each.
    abstractor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    state = models.CharField(max_length=12, choices=AuditState.choices, default=AuditState.ANNOUNCED)
    announced_at = models.DateTimeField(default=timezone.now)
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    draw_from = models.DateField(help_text="The notice ends on this day.")
    seed = models.CharField(max_length=64, blank=True)
    frame_size = models.PositiveIntegerField(null=True, blank=True)
    frame_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the drawn-from cases' ids.")
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    compared_at = models.DateTimeField(null=True, blank=True)
    compared = models.PositiveIntegerField(default=0, help_text="Fields.")
    agreeing_found = models.PositiveIntegerField(default=0, help_text="Before the hospital's review.")
    agreeing = models.PositiveIntegerField(default=0, help_text="As adjudicated; 0 until the report.")
    review_until = models.DateField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    corrected_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        help_text="Null beside a date: the hospital left.",
    )
    cancel_reason = models.CharField(max_length=500, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "form",
                "state",
                "announced_at",
                "drawn_at",
                "compared_at",
                "reported_at",
                "corrected_at",
                "cancelled_at",
                "seed",
                "frame_digest",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(
            (
                "first_day",
                "last_day",
                "sample_size",
                "note",
                "draw_from",
                "frame_size",
                "compared",
                "agreeing_found",
                "agreeing",
                "review_until",
                "cancel_reason",
            ),
            FieldClass.HOSPITAL,
        ),
        **dict.fromkeys(("abstractor", "announced_by", "drawn_by", "reported_by", "cancelled_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="audits_audit_public_id"),
            models.UniqueConstraint(
                fields=["participation", "form"], condition=Q(state__in=UNDER_WAY), name="audits_audit_one_under_way"
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day"), sample_size__gte=1), name="audits_audit_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(drawn_at=None, drawn_by=None, seed="", frame_digest="", frame_size=None)
                | (Q(drawn_at__isnull=False, drawn_by__isnull=False, frame_size__gte=1) & ~Q(seed="", frame_digest="")),
                name="audits_audit_drawn_together",
            ),
            models.CheckConstraint(
                condition=Q(state=AuditState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=AuditState.CANCELLED) & Q(cancelled_at=None, cancelled_by=None, cancel_reason="")),
                name="audits_audit_cancelled_together",
            ),
        ]
        indexes = [
            models.Index(fields=["collaborative", "-announced_at"], name="audits_audit_by_programme"),
            models.Index(fields=["participation", "-announced_at"], name="audits_audit_by_hospital"),
            # What app.ctx_blind looks up at every statement about cases: nearly always empty.
            models.Index(
                fields=["abstractor"],
                include=["participation"],
                condition=Q(state__in=("drawn", "abstracting")),
                name="audits_audit_blind",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class AuditedCase(models.Model):
    """A drawn case, by its number: whoever abstracts it again has the chart, and nothing else."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="cases", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    case_number = models.CharField(max_length=40, help_text="As it was drawn.")
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+", db_index=False)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "participation", "audit", "case", "form_version"), FieldClass.KEY
        ),
        "case_number": FieldClass.CLINICAL,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="audits_auditedcase_public_id"),
            models.UniqueConstraint(fields=["participation", "audit", "case"], name="audits_auditedcase_once"),
        ]
        indexes = [
            models.Index(fields=["audit", "case_number"], name="audits_auditedcase_by_audit"),
            models.Index(fields=["case"], name="audits_auditedcase_by_case"),
        ]

    def __str__(self) -> str:
        return self.case_number


class _Abstraction(models.Model):
    """Answers to one version of a form."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    answers = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def read(self, version: FormVersion) -> Answers:
        return from_json(version.definition, self.answers, self.missing)


class Original(_Abstraction):
    """The first abstraction as it was at the draw. The centre puts it in and cannot read it; only the worker can."""

    audited_case = models.OneToOneField(
        AuditedCase, on_delete=models.PROTECT, related_name="original", primary_key=True
    )

    field_classes: ClassVar = {
        **dict.fromkeys(("collaborative", "participation", "audited_case"), FieldClass.KEY),
        **dict.fromkeys(("answers", "missing"), FieldClass.CLINICAL),
    }

    def __str__(self) -> str:
        return f"original of {self.audited_case_id}"


class SecondAbstraction(_Abstraction):
    """The second abstraction, by somebody of the centre who did not see the first."""

    audited_case = models.OneToOneField(AuditedCase, on_delete=models.PROTECT, related_name="second", primary_key=True)
    reasons = models.JSONField(default=dict, help_text="Rule → why an unusual value is right.")
    revision = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    abstracted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("collaborative", "participation", "audited_case", "revision", "started_at", "saved_at", "finished_at"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("answers", "missing", "reasons"), FieldClass.CLINICAL),
        "abstracted_by": FieldClass.PERSON,
    }

    def __str__(self) -> str:
        return f"second abstraction of {self.audited_case_id}"
