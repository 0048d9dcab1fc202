import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from cases.enums import WRITTEN, ImportState, RowAction
from collaboratives.models import Collaborative, Participation
from measures.models import Form
from privacy.fields import FieldClass


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
    corrections = models.JSONField(default=dict, help_text="Line → column → the text that replaces it.")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.CHECKING)
    problem = models.TextField(blank=True, help_text="Why the whole file was refused, with the remedy.")
    summary = models.JSONField(default=dict, help_text="Counts by action and by rule, columns found, encoding.")
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True, blank=True)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    cleared_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then only the digest of the file is kept."
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
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
                "state",
                "uploaded_at",
                "committed_at",
                "undone_at",
                "cleared_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("file_name", "content", "mapping", "corrections", "problem", "summary"), FieldClass.CLINICAL),
        **dict.fromkeys(("uploaded_by", "committed_by", "undone_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="cases_caseimport_public_id"),
            models.CheckConstraint(
                condition=Q(state__in=WRITTEN, committed_at__isnull=False)
                | (~Q(state__in=WRITTEN) & Q(committed_at=None)),
                name="cases_caseimport_committed_and_date_together",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of an uploaded file as it was read, what it would do, and everything that is wrong with it."""

    collaborative = models.ForeignKey(
        Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    participation = models.ForeignKey(
        Participation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Null: no hospital was recognised.",
    )
    case_import = models.ForeignKey(CaseImport, on_delete=models.PROTECT, related_name="rows", db_index=False)
    row_number = models.PositiveIntegerField(help_text="Line of the file, the heading being 1.")
    case_number = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=9, choices=RowAction.choices)
    event_date = models.DateField(null=True)
    answers = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    progress = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text="answered, questions, warnings, sections, as a case keeps them.",
    )
    findings = models.JSONField(default=list, help_text="Column, rule, severity, message, remedy of each finding.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "case_import", "row_number", "action", "progress"), FieldClass.KEY
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


class ImportMapping(models.Model):
    """How a hospital's files for a form are to be read, remembered from the last file: columns, codes, constants."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Null: the centre's files.",
    )
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    mapping = models.JSONField(
        default=dict, help_text="As in CaseImport.mapping; texts of codes may be clinical words."
    )
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "form", "updated_at"), FieldClass.KEY),
        "mapping": FieldClass.CLINICAL,
        "updated_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "participation", "form"],
                nulls_distinct=False,
                name="cases_importmapping_one_each",
            )
        ]

    def __str__(self) -> str:
        return f"mapping of {self.form}"
