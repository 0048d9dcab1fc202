"""What people of a hospital say about their own numbers: reviewed, discussed, aimed at."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import new_public_id
from collaboratives.models import Collaborative, Participation
from feedback.models import Release
from measures.models import Measure
from privacy.fields import FieldClass


class Attestation(models.Model):
    """One person of a hospital has reviewed a release. Said once, and never taken back."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=200, help_text="As it was when it was said.")
    attested_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "release", "attested_at"), FieldClass.KEY),
        **dict.fromkeys(("person", "name"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "release", "person"], name="reviews_attestation_once")
        ]
        indexes = [models.Index(fields=["collaborative", "release"], name="reviews_attested_by_release")]

    def __str__(self) -> str:
        return self.name


class Comment(models.Model):
    """A word in the discussion of a hospital about a measure. Nobody outside the hospital reads it, the centre neither."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="The one on the page where it was written.",
    )  # fmt: skip
    text = models.TextField(blank=True, help_text="Empty when deleted.")
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "measure",
                "release",
                "written_at",
                "deleted_at",
            ),
            FieldClass.KEY,
        ),
        "text": FieldClass.CLINICAL,
        "written_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="reviews_comment_public_id"),
            models.CheckConstraint(
                condition=Q(deleted_at=None) & ~Q(text="") | Q(deleted_at__isnull=False, text=""),
                name="reviews_comment_deleted_is_empty",
            ),
        ]
        indexes = [models.Index(fields=["participation", "measure", "-written_at"], name="reviews_comments_of_measure")]

    def __str__(self) -> str:
        return self.public_id


class LocalTarget(models.Model):
    """What a hospital wants to reach in a measure. The latest row counts; one without a value says that it was dropped."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.FloatField(null=True, help_text="In the unit of the measure: a proportion as a fraction.")
    by = models.DateField(null=True, help_text="When it is to be reached.")
    reason = models.CharField(max_length=500)
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "measure", "set_at"), FieldClass.KEY),
        **dict.fromkeys(("value", "by", "reason"), FieldClass.HOSPITAL),
        "set_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(value=None, by=None) | Q(value__isnull=False, by__isnull=False),
                name="reviews_localtarget_value_with_date",
            ),
        ]
        indexes = [
            models.Index(fields=["participation", "measure", "-set_at"], name="reviews_target_of_hospital"),
            models.Index(fields=["collaborative", "measure"], name="reviews_targets_of_measure"),
        ]

    def __str__(self) -> str:
        return f"{self.value} by {self.by}"
