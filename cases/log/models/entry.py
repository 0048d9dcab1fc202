import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.log.enums import EntryState, UploadState
from cases.log.models.cycle import Cycle
from cases.models import Case, new_public_id
from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class LogUpload(models.Model):
    """A file of the operative log of one hospital and cycle, until somebody decides about it."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+", db_index=False)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True, blank=True, help_text="Null once it is decided: it may name patients.")
    content_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=UploadState.choices)
    summary = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="The first ones; `summary` counts them all.")
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "cycle",
                "content_digest",
                "state",
                "uploaded_at",
                "decided_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("file_name", "content", "summary", "problems"), FieldClass.CLINICAL),
        "uploaded_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="caselog_upload_public_id"),
            models.CheckConstraint(
                condition=Q(state=UploadState.CHECKED, content__isnull=False, decided_at=None)
                | Q(state=UploadState.REFUSED, content=None, decided_at=None)
                | Q(state__in=(UploadState.COMMITTED, UploadState.DISCARDED), content=None, decided_at__isnull=False),
                name="caselog_upload_kept_until_decided",
            ),
        ]
        indexes = [models.Index(fields=["participation", "cycle", "-id"], name="caselog_upload_latest")]

    def __str__(self) -> str:
        return self.file_name


class CaseLogEntry(models.Model):
    """One operation of a hospital's log. It stays listed whatever becomes of it."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+", db_index=False)
    log_number = models.CharField(
        max_length=40, help_text="The hospital's own number, and the case's once it is begun."
    )
    event_date = models.DateField()
    event_time = models.TimeField(null=True, blank=True)
    procedure = models.CharField(max_length=60, blank=True)
    columns = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=EntryState.choices, default=EntryState.LISTED)
    reason = models.CharField(max_length=100, blank=True, help_text="Code of the exclusion, or why it was not drawn.")
    fraction = models.DecimalField(
        max_digits=9,
        decimal_places=8,
        null=True,
        blank=True,
        help_text="Share of its cell that was drawn, to weight by.",
    )
    last_upload = models.ForeignKey(
        LogUpload, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="The last file that listed it."
    )
    # The database empties it when the undoing of an import takes the case away; see 0004.
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "cycle",
                "state",
                "fraction",
                "last_upload",
                "case",
                "created_at",
                "updated_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(
            ("log_number", "event_date", "event_time", "procedure", "columns", "missing", "reason"),
            FieldClass.CLINICAL,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "log_number"], name="caselog_entry_number"),
            models.UniqueConstraint(fields=["participation", "public_id"], name="caselog_entry_public_id"),
            models.CheckConstraint(
                condition=Q(state__in=(EntryState.LISTED, EntryState.EXCLUDED), fraction=None)
                | Q(
                    state__in=(EntryState.SAMPLED, EntryState.NOT_SAMPLED, EntryState.SUBSTITUTED),
                    fraction__isnull=False,
                ),
                name="caselog_entry_drawn_with_fraction",
            ),
        ]
        indexes = [
            models.Index(fields=["participation", "cycle", "event_date", "id"], name="caselog_entry_by_day"),
            # Everything the figures count, so that they never read the rows.
            models.Index(
                fields=["cycle", "participation", "state"],
                include=["collaborative", "case"],
                name="caselog_entry_counted",
            ),
            models.Index(
                fields=["participation", "cycle"],
                condition=Q(state=EntryState.SAMPLED, case=None),
                name="caselog_entry_to_begin",
            ),
            models.Index(fields=["case"], condition=Q(case__isnull=False), name="caselog_entry_by_case"),
        ]

    def __str__(self) -> str:
        return self.log_number
