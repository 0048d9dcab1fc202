"""What changed, and when: words that people put on a measure's trend."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from measures.models import Measure
from privacy.fields import FieldClass


LONGEST_NOTE = 60


class _Note(models.Model):
    """A few words on one month of one measure's trend. It is taken off, never rewritten."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="First day of the month in which it changed.")
    text = models.CharField(max_length=LONGEST_NOTE)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="feedback_%(class)s_public_id"),
            models.CheckConstraint(condition=~Q(text=""), name="feedback_%(class)s_says_something"),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="feedback_%(class)s_removed_at_and_by_together",
            ),
        ]
        indexes = [models.Index(fields=["collaborative", "measure"], name="fb_%(class)s_by_measure")]

    def __str__(self) -> str:
        return self.text


class HospitalNote(_Note):
    """What a hospital changed: that hospital's and the centre's to read."""

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "participation", "measure", "created_at", "removed_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("month", "text"), FieldClass.HOSPITAL),
        **dict.fromkeys(("created_by", "removed_by"), FieldClass.PERSON),
    }


class ProgrammeNote(_Note):
    """What changed for every hospital at once: the centre writes it, every member reads it."""

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "measure", "created_at", "removed_at"), FieldClass.KEY),
        **dict.fromkeys(("month", "text"), FieldClass.PROGRAMME),
        **dict.fromkeys(("created_by", "removed_by"), FieldClass.PERSON),
    }
