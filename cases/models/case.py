import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from cases.enums import COUNTED, CaseStatus
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
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="cases", db_index=False)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    case_number = models.CharField(max_length=40, help_text="The hospital's own number; no patient identifier.")
    event_date = models.DateField()
    status = models.CharField(max_length=12, choices=CaseStatus.choices, default=CaseStatus.IN_PROGRESS)
    answers = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict, help_text="Rule → why an unusual value is right.")
    answered = models.PositiveSmallIntegerField(default=0, db_default=0)
    questions = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Asked in this case: what skip logic shows."
    )
    errors = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Findings that block completion, but for unanswered."
    )
    warnings = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Unusual values that still want a reason."
    )
    sections = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text="Section → [answered, asked, to check]; kept at every save.",
    )
    resume_at = models.CharField(
        max_length=100, blank=True, default="", db_default="", help_text="The question its last editor left."
    )
    working_seconds = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Time at the form, pauses left out."
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revision = models.PositiveIntegerField(default=1)
    # Nobody may delete people, so keys to them would only cost every imported row a check each.
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    locked_at = models.DateTimeField(null=True, blank=True)
    case_import = models.ForeignKey(
        "CaseImport",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
        db_index=False,
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
                "locked_at",
                "case_import",
                "answered",
                "questions",
                "errors",
                "warnings",
                "sections",
                "resume_at",
                "working_seconds",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("case_number", "event_date", "answers", "missing", "reasons"), FieldClass.CLINICAL),
        **dict.fromkeys(("created_by", "updated_by", "completed_by", "assigned_to"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "case_number"], name="cases_case_number_unique"),
            models.UniqueConstraint(fields=["participation", "public_id"], name="cases_case_public_id"),
            models.CheckConstraint(
                condition=Q(status__in=COUNTED, completed_at__isnull=False)
                | (~Q(status__in=COUNTED) & Q(completed_at=None)),
                name="cases_case_counted_and_date_together",
            ),
            models.CheckConstraint(
                condition=Q(status=CaseStatus.LOCKED, locked_at__isnull=False)
                | (~Q(status=CaseStatus.LOCKED) & Q(locked_at=None)),
                name="cases_case_locked_and_date_together",
            ),
        ]
        indexes = [
            models.Index(fields=["participation", "-event_date", "-id"], name="cases_case_by_hospital"),
            # Everything the counts of tabs, of the centre's home and of cycles ask, so that they never read the wide rows.
            models.Index(
                fields=["participation", "status", "event_date"],
                include=["collaborative", "form_version", "assigned_to", "errors", "warnings", "completed_at"],
                name="cases_case_by_work",
            ),
            models.Index(
                fields=["participation", "event_date"],
                condition=Q(errors__gt=0) | Q(warnings__gt=0),
                name="cases_case_with_problems",
            ),
            models.Index(fields=["collaborative", "-event_date", "-id"], name="cases_case_by_collaborative"),
            models.Index(fields=["case_import"], condition=Q(case_import__isnull=False), name="cases_case_by_import"),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def is_counted(self) -> bool:
        """Complete, whether it can still be re-opened or is locked."""
        return self.status in COUNTED

    @property
    def is_locked(self) -> bool:
        return self.status == CaseStatus.LOCKED

    @property
    def values(self) -> Answers:
        return from_json(self.form_version.definition, self.answers, self.missing)
