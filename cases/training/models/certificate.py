"""Who has shown that they abstract as the centre does, until when, and where that is asked for."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models import new_public_id
from cases.training.models.taking import Attempt
from collaboratives.models import Collaborative, Participation
from measures.models import Form
from privacy.fields import FieldClass


class Certificate(models.Model):
    """Inserted when an exam is passed, never edited. Passing again gives another, which renews the one before."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False, help_text="Its number.")
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    renews = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField()
    valid_until = models.DateField(help_text="The last day on which it counts.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "participation", "form", "attempt", "renews"), FieldClass.KEY
        ),
        **dict.fromkeys(("holder", "issued_on", "valid_until"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="training_certificate_public_id"),
            models.UniqueConstraint(fields=["participation", "attempt"], name="training_certificate_one_an_attempt"),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("issued_on")), name="training_certificate_days_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["participation", "holder", "form", "-valid_until"], name="training_certificate_valid")
        ]

    def __str__(self) -> str:
        return self.public_id


class CertificationRule(models.Model):
    """Whether only certified abstractors enter real cases of a form. Inserted, never edited: the latest counts."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    required = models.BooleanField()
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "form", "decided_at"), FieldClass.KEY),
        "required": FieldClass.PROGRAMME,
        "decided_by": FieldClass.PERSON,
    }

    class Meta:
        indexes = [models.Index(fields=["form", "-id"], name="training_rule_latest")]

    def __str__(self) -> str:
        return f"{self.form_id}: {'certified only' if self.required else 'everybody'}"
