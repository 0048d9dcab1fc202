import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.enums import CaseStatus, ImportState, RowAction
from collaboratives.models import Collaborative, Participation
from measures.definition.answers import Answers, from_json
from measures.models import FormVersion
from privacy.fields import FieldClass


PUBLIC_ID_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_public_id() -> str:
    """Ten random letters and digits that cannot be misread: 49 bits, useless to guess behind the wall."""
    return "".join(secrets.choice(PUBLIC_ID_LETTERS) for _ in range(10))


class Case(models.Model):
    """One patient episode or operation, as its hospital abstracted it. Missing is not No: `missing` says which kind."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="cases")
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=40, help_text="The hospital's own number; no patient identifier.")
    event_date = models.DateField()
    status = models.CharField(max_length=12, choices=CaseStatus.choices, default=CaseStatus.IN_PROGRESS)
    answers = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict, help_text="Rule → why an unusual value is right.")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    case_import = models.ForeignKey(
        "CaseImport",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
        help_text="The last file that set it.",
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "form_version",
                "status",
                "revision",
                "created_at",
                "updated_at",
                "completed_at",
                "case_import",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("case_number", "event_date", "answers", "missing", "reasons"), FieldClass.CLINICAL),
        **dict.fromkeys(("created_by", "updated_by", "completed_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "case_number"], name="cases_case_number_unique"),
            models.UniqueConstraint(fields=["participation", "public_id"], name="cases_case_public_id"),
            models.CheckConstraint(
                condition=Q(status=CaseStatus.COMPLETE, completed_at__isnull=False)
                | (~Q(status=CaseStatus.COMPLETE) & Q(completed_at=None)),
                name="cases_case_complete_and_date_together",
            ),
        ]
        indexes = [
            models.Index(fields=["participation", "-event_date", "-id"], name="cases_case_by_hospital"),
            models.Index(fields=["participation", "status", "-event_date"], name="cases_case_by_status"),
            models.Index(fields=["collaborative", "-event_date", "-id"], name="cases_case_by_collaborative"),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def values(self) -> Answers:
        return from_json(self.form_version.definition, self.answers, self.missing)


class CaseImport(models.Model):
    """A file of cases on its way in: uploaded, checked row by row, then committed as a whole or in its valid part."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="imports",
        help_text="Null: the centre's, for several hospitals.",
    )
    form_slug = models.SlugField(max_length=60)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    content_digest = models.CharField(max_length=64)
    mapping = models.JSONField(
        default=dict, help_text="Column → variable, chosen by a person; empty: by name and alias."
    )
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.CHECKING)
    problem = models.TextField(blank=True, help_text="Why the whole file was refused, with the remedy.")
    summary = models.JSONField(default=dict, help_text="Counts by action and by rule, columns found, encoding.")
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True, blank=True)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "form_slug",
                "content_digest",
                "mapping",
                "state",
                "uploaded_at",
                "committed_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("file_name", "content", "problem", "summary"), FieldClass.CLINICAL),
        **dict.fromkeys(("uploaded_by", "committed_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="cases_caseimport_public_id"),
            models.CheckConstraint(
                condition=Q(state=ImportState.COMMITTED, committed_at__isnull=False)
                | (~Q(state=ImportState.COMMITTED) & Q(committed_at=None)),
                name="cases_caseimport_committed_and_date_together",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of an uploaded file as it was read, what it would do, and everything that is wrong with it."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Null: no hospital was recognised.",
    )
    case_import = models.ForeignKey(CaseImport, on_delete=models.PROTECT, related_name="rows")
    row_number = models.PositiveIntegerField(help_text="Line of the file, the heading being 1.")
    case_number = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=9, choices=RowAction.choices)
    event_date = models.DateField(null=True)
    answers = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    findings = models.JSONField(default=list, help_text="Column, rule, severity, message, remedy of each finding.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "case_import", "row_number", "action"), FieldClass.KEY
        ),
        **dict.fromkeys(("case_number", "event_date", "answers", "missing", "findings"), FieldClass.CLINICAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "case_import", "row_number"], name="cases_importrow_number_unique"
            )
        ]

    def __str__(self) -> str:
        return f"row {self.row_number}"
