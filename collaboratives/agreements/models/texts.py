"""What is signed, and what for."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.agreements.enums import AgreementKind
from collaboratives.models import Collaborative
from privacy.fields import FieldClass


class AgreementText(models.Model):
    """A version of an agreement's text. Once in force the database keeps it as it is: people have signed it."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AgreementKind.choices)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(help_text="Markdown.")
    note = models.CharField(max_length=300, blank=True, help_text="What changed since the version before.")
    valid_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How long a signature counts; null: until it is ended."
    )
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    in_force_at = models.DateTimeField(null=True, blank=True, help_text="Null: a draft.")
    in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "kind", "number", "written_at", "in_force_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("title", "text", "note", "valid_months"), FieldClass.PROGRAMME),
        **dict.fromkeys(("written_by", "in_force_by"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("kind", "number")
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="agreements_text_public_id"),
            models.UniqueConstraint(fields=["collaborative", "kind", "number"], name="agreements_text_number"),
            models.UniqueConstraint(
                fields=["collaborative", "kind"], condition=Q(in_force_at=None), name="agreements_text_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(in_force_at=None, in_force_by=None)
                | Q(in_force_at__isnull=False, in_force_by__isnull=False),
                name="agreements_text_in_force_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(valid_months=None) | Q(valid_months__gte=1, valid_months__lte=120),
                name="agreements_text_months",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class AgreementNeed(models.Model):
    """What a kind of agreement is needed for here; where there is no row, `selectors.needs.USUAL` holds."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AgreementKind.choices)
    for_entry = models.BooleanField(help_text="No cases are entered without it.")
    for_comparison = models.BooleanField(help_text="No peers are seen without it.")
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "kind", "decided_at"), FieldClass.KEY),
        **dict.fromkeys(("for_entry", "for_comparison"), FieldClass.PROGRAMME),
        "decided_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collaborative", "kind"], name="agreements_need_once")]

    def __str__(self) -> str:
        return str(AgreementKind(self.kind).label)
