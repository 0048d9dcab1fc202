"""Figures of aggregate measures: sums of each hospital and period that the coordinating centre supplies."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from feedback.enums import FigureState
from measures.models import Measure
from privacy.fields import FieldClass


class FigureUpload(models.Model):
    """A file of figures of all hospitals, until somebody decides about it: the coordinating centre's only."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+", db_index=False)
    file_name = models.CharField(max_length=200)
    source = models.CharField(max_length=200, help_text="Where the figures come from, as members read it.")
    content = models.BinaryField(null=True, blank=True, help_text="Null once it is decided: the figures are rows then.")
    content_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=FigureState.choices)
    summary = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="The first ones; `summary` counts them all.")
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "measure",
                "content_digest",
                "state",
                "uploaded_at",
                "decided_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("file_name", "content", "summary", "problems"), FieldClass.HOSPITAL),
        "source": FieldClass.PROGRAMME,
        **dict.fromkeys(("uploaded_by", "decided_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="feedback_figureupload_public_id"),
            models.CheckConstraint(
                condition=Q(state=FigureState.CHECKED, content__isnull=False, decided_at=None)
                | Q(state=FigureState.REFUSED, content=None, decided_at=None)
                | Q(state__in=(FigureState.COMMITTED, FigureState.DISCARDED), content=None, decided_at__isnull=False),
                name="feedback_figureupload_kept_until_decided",
            ),
        ]
        indexes = [models.Index(fields=["collaborative", "measure", "-id"], name="feedback_figureupload_latest")]

    def __str__(self) -> str:
        return self.file_name


class AggregateFigure(models.Model):
    """What was supplied of one hospital and period: that hospital's and the centre's only. Rows are never changed.

    The newest row of a hospital and period counts; earlier ones are its history. Nothing of nothing (0 of 0) takes a
    figure back.
    """

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+", db_index=False)
    upload = models.ForeignKey(FigureUpload, on_delete=models.PROTECT, related_name="figures", db_index=False)
    first_day = models.DateField()
    last_day = models.DateField()
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    expected = models.FloatField(null=True, blank=True)
    source = models.CharField(max_length=200, help_text="That of the upload, which a hospital cannot read.")
    supplied_on = models.DateField(help_text="Day of the decision, where the collaborative is.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "measure", "upload", "first_day", "last_day", "supplied_on"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("numerator", "denominator", "expected"), FieldClass.HOSPITAL),
        "source": FieldClass.PROGRAMME,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "upload", "first_day", "last_day"], name="feedback_aggregatefigure_once"
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="feedback_aggregatefigure_first_before_last"
            ),
            models.CheckConstraint(
                condition=Q(numerator__lte=F("denominator")), name="feedback_aggregatefigure_part_of_whole"
            ),
            models.CheckConstraint(
                condition=Q(expected=None) | Q(expected__gte=0, expected__lte=F("denominator")),
                name="feedback_aggregatefigure_expected_of_whole",
            ),
        ]
        indexes = [models.Index(fields=["participation", "measure", "first_day"], name="feedback_aggregatefigure_own")]

    def __str__(self) -> str:
        return f"{self.numerator} of {self.denominator}"
