from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class CaseChange(models.Model):
    """What one statement changed in one case: written by a trigger, append-only, so raw and bulk changes are here too.

    A case's first row says who created it and holds no values; later rows hold each changed value before and after.
    The case is a plain number: its history outlives it when an import is undone.
    """

    collaborative = models.ForeignKey(
        Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    case_id = models.BigIntegerField()
    case_number = models.CharField(max_length=40)
    revision = models.PositiveIntegerField()
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    capacity = models.CharField(max_length=12, help_text="The database role that acted.")
    via = models.CharField(max_length=12, blank=True, help_text="Empty: a page. Otherwise api, import, undo, …")
    kind = models.CharField(max_length=7, choices=[(each, each) for each in ("created", "changed", "deleted")])
    changes = models.JSONField(
        default=dict, help_text="answers, missing, reasons: name → [before, after]; other columns likewise."
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "case_id", "revision", "changed_at", "capacity", "via", "kind"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("case_number", "changes"), FieldClass.CLINICAL),
        "changed_by": FieldClass.PERSON,
    }

    class Meta:
        indexes = [models.Index(fields=["participation", "case_id", "-id"], name="cases_casechange_by_case")]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_number} r{self.revision}"


class SavedRequest(models.Model):
    """The answer to a request with an idempotency key, so that sending it twice does it once."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField(default=0, help_text="HTTP status of the answer; 0: still at work.")
    response = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "key", "fingerprint", "status", "created_at"), FieldClass.KEY
        ),
        "user": FieldClass.PERSON,
        "response": FieldClass.CLINICAL,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "user", "key"], name="cases_savedrequest_key_unique")
        ]
        indexes = [models.Index(fields=["created_at"], name="cases_savedrequest_by_age")]

    def __str__(self) -> str:
        return self.key


class FormBurden(models.Model):
    """What one version of a form costs abstractors, computed by a worker over all hospitals."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    form_version = models.ForeignKey("measures.FormVersion", on_delete=models.PROTECT, related_name="+")
    cases = models.PositiveIntegerField(help_text="Complete cases that were entered by hand.")
    median_minutes = models.FloatField(null=True, help_text="At the form, from open to complete; pauses left out.")
    median_questions = models.FloatField(null=True, help_text="Asked in a case.")
    findings_per_case = models.FloatField(null=True, help_text="Warnings and questions about a case.")
    computed_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "form_version", "computed_at"), FieldClass.KEY),
        **dict.fromkeys(("cases", "median_minutes", "median_questions", "findings_per_case"), FieldClass.PROGRAMME),
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collaborative", "form_version"], name="cases_formburden_once")]

    def __str__(self) -> str:
        return f"burden of {self.form_version}"
