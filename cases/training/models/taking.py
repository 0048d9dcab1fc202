"""What people do in the training area. Nothing here is a case: no count, export or measure reads these tables."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models import new_public_id
from cases.training.models.material import Exam, ModuleVersion, TestCase
from collaboratives.models import Collaborative, Participation
from measures.definition.answers import Answers, from_json
from privacy.fields import FieldClass


class ModuleReading(models.Model):
    """Somebody says that they have read a version of a module."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    module_version = models.ForeignKey(ModuleVersion, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "module_version", "read_at"), FieldClass.KEY),
        "reader": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "module_version", "reader"], name="training_reading_once")
        ]

    def __str__(self) -> str:
        return f"{self.module_version_id} read by {self.reader_id}"


class Attempt(models.Model):
    """Somebody takes an exam. The counts are kept when it ends, and the database keeps them as they are."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    tier_1_scored = models.PositiveIntegerField(default=0)
    tier_1_agreeing = models.PositiveIntegerField(default=0)
    tier_2_scored = models.PositiveIntegerField(default=0)
    tier_2_agreeing = models.PositiveIntegerField(default=0)
    passed = models.BooleanField(null=True, blank=True, help_text="Null: not finished.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "participation", "exam", "started_at", "finished_at"), FieldClass.KEY
        ),
        **dict.fromkeys(
            ("taker", "tier_1_scored", "tier_1_agreeing", "tier_2_scored", "tier_2_agreeing", "passed"),
            FieldClass.PERSON,
        ),
    }

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="training_attempt_public_id"),
            models.UniqueConstraint(
                fields=["participation", "exam", "taker"],
                condition=Q(finished_at=None),
                name="training_attempt_one_open",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, passed=None) | Q(finished_at__isnull=False, passed__isnull=False),
                name="training_attempt_finished_with_result",
            ),
            models.CheckConstraint(
                condition=Q(tier_1_agreeing__lte=F("tier_1_scored"), tier_2_agreeing__lte=F("tier_2_scored")),
                name="training_attempt_agreeing_among_scored",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Exercise(models.Model):
    """One test case as one person abstracts it, for practice or in an attempt; scored once, when it is submitted."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    test_case = models.ForeignKey(TestCase, on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey(
        Attempt, null=True, blank=True, on_delete=models.PROTECT, related_name="exercises", help_text="Null: practice."
    )
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    disagreeing = models.JSONField(default=list, help_text="Variables answered otherwise than the reference.")
    scored = models.JSONField(default=list, help_text="Variables that were compared.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "test_case",
                "attempt",
                "started_at",
                "saved_at",
                "submitted_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("taker", "disagreeing", "scored"), FieldClass.PERSON),
        **dict.fromkeys(("answers", "missing"), FieldClass.CLINICAL),
    }

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="training_exercise_public_id"),
            models.UniqueConstraint(
                fields=["participation", "attempt", "test_case"],
                condition=Q(attempt__isnull=False),
                name="training_exercise_once_in_attempt",
            ),
            models.UniqueConstraint(
                fields=["participation", "taker", "test_case"],
                condition=Q(attempt=None, submitted_at=None),
                name="training_exercise_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def values(self) -> Answers:
        return from_json(self.test_case.form_version.definition, self.answers, self.missing)
