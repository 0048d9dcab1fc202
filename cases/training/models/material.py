"""What the centre writes: modules to read, test cases to abstract, exams to pass."""

import uuid
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.training.enums import MaterialState, Purpose
from collaboratives.models import Collaborative
from measures.definition.answers import Answers, from_json
from measures.models import Form, FormVersion
from privacy.fields import FieldClass


class Module(models.Model):
    """A text to learn from, as the centre is writing it. Members read its latest version."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1, help_text="Order in which modules are read.")
    title = models.CharField(max_length=200)
    text = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True, help_text="Nobody has to read it from then on.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "form", "position", "written_at", "retired_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("title", "text"), FieldClass.PROGRAMME),
        "written_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=["collaborative", "public_id"], name="training_module_public_id")]

    def __str__(self) -> str:
        return self.title


class ModuleVersion(models.Model):
    """A module as members read it. Inserted, never edited: the latest counts."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "module", "number", "published_at"), FieldClass.KEY),
        **dict.fromkeys(("title", "text"), FieldClass.PROGRAMME),
        "published_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "module", "number"], name="training_moduleversion_number_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class TestCase(models.Model):
    """An invented chart with the answers that the centre holds right. No patient, and never a case of the registry."""

    __test__ = False  # pytest would take the name for a class of tests

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    title = models.CharField(max_length=200)
    chart = models.TextField(help_text="What the record says.")
    answers = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    explanations = models.JSONField(default=dict, help_text="Variable → why this answer is right.")
    state = models.CharField(max_length=9, choices=MaterialState.choices, default=MaterialState.DRAFT)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "form_version", "purpose", "state", "written_at", "published_at"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("title", "chart", "explanations"), FieldClass.PROGRAMME),
        **dict.fromkeys(("answers", "missing"), FieldClass.CLINICAL),
        **dict.fromkeys(("written_by", "published_by"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="training_testcase_public_id"),
            models.CheckConstraint(
                condition=Q(state=MaterialState.DRAFT, published_at=None, published_by=None)
                | Q(state=MaterialState.RETIRED)
                | Q(state=MaterialState.PUBLISHED, published_at__isnull=False, published_by__isnull=False),
                name="training_testcase_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> Answers:
        return from_json(self.form_version.definition, self.answers, self.missing)


class Exam(models.Model):
    """Test cases to abstract in one go, and how many of the scored answers must agree."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    # A published qualification test of abstractors allowed 4.93 % errors on two cases (PMC6692114).
    tier_1_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(95))
    tier_2_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(90))
    wait_hours = models.PositiveSmallIntegerField(default=24, help_text="After a failed attempt, to learn.")
    valid_months = models.PositiveSmallIntegerField(default=12)
    state = models.CharField(max_length=9, choices=MaterialState.choices, default=MaterialState.DRAFT)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "form", "state", "written_at", "published_at"), FieldClass.KEY
        ),
        **dict.fromkeys(
            ("name", "tier_1_percent", "tier_2_percent", "wait_hours", "valid_months"), FieldClass.PROGRAMME
        ),
        "written_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="training_exam_public_id"),
            # A certificate says what somebody can do, so there is one way to it at a time.
            models.UniqueConstraint(
                fields=["collaborative", "form"],
                condition=Q(state=MaterialState.PUBLISHED),
                name="training_exam_one_published",
            ),
            models.CheckConstraint(
                condition=Q(
                    tier_1_percent__gt=0, tier_1_percent__lte=100, tier_2_percent__gte=0, tier_2_percent__lte=100
                )
                & Q(valid_months__gte=1),
                name="training_exam_thresholds",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExamCase(models.Model):
    """A test case of an exam."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="cases")
    test_case = models.ForeignKey(TestCase, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    field_classes: ClassVar = dict.fromkeys(("id", "collaborative", "exam", "test_case", "position"), FieldClass.KEY)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "exam", "test_case"], name="training_examcase_once")
        ]

    def __str__(self) -> str:
        return f"{self.exam_id}, case {self.position}"
