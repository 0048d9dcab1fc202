"""Releases and the risk models fitted for them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.models import Collaborative
from feedback.enums import ReleaseState
from feedback.models.snapshots import Snapshot
from measures.models import MeasureVersion, RiskModelVersion
from privacy.fields import FieldClass


class Release(models.Model):
    """A comparison on its way to the members: draft, approved by the biostatistician, released by the director."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=40)
    snapshot = models.OneToOneField(Snapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="release")
    window_from = models.DateField()
    window_to = models.DateField()
    state = models.CharField(max_length=10, choices=ReleaseState.choices, default=ReleaseState.COMPUTING)
    problem = models.TextField(blank=True, help_text="Why the results could not be computed, with the remedy.")
    code_version = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    scheduled_for = models.DateTimeField(null=True, blank=True, help_text="When members are to see it.")
    scheduled_at = models.DateTimeField(null=True, blank=True)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    early_reason = models.TextField(
        blank=True, db_default="", default="", help_text="Why hospitals have their bad news for less than the days set."
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.TextField(blank=True, db_default="", default="")
    notice = models.TextField(
        blank=True,
        db_default="",
        default="",
        help_text="What members read with it, such as which later release was withdrawn and why.",
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "snapshot",
                "state",
                "code_version",
                "created_at",
                "approved_at",
                "scheduled_for",
                "scheduled_at",
                "released_at",
                "withdrawn_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(
            ("name", "window_from", "window_to", "problem", "early_reason", "withdrawn_reason", "notice"),
            FieldClass.PROGRAMME,
        ),
        **dict.fromkeys(
            ("created_by", "approved_by", "scheduled_by", "released_by", "withdrawn_by"), FieldClass.PERSON
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="feedback_release_public_id"),
            models.UniqueConstraint(
                fields=["collaborative", "name"],
                condition=~Q(state=ReleaseState.DISCARDED),
                name="feedback_release_name_unique",
            ),
            models.CheckConstraint(
                condition=Q(window_from__lte=F("window_to")), name="feedback_release_from_before_to"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="feedback_release_approved_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="feedback_release_released_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(state=ReleaseState.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_reason="")
                | ~Q(state=ReleaseState.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason=""),
                name="feedback_release_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(released_by=None) | ~Q(approved_by=F("released_by")),
                name="feedback_release_two_people",
            ),
            models.CheckConstraint(
                condition=Q(scheduled_for=None, scheduled_at=None, scheduled_by=None)
                | Q(scheduled_for__isnull=False, scheduled_at__isnull=False, scheduled_by__isnull=False),
                name="feedback_release_scheduled_together",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_for__isnull=False, approved_at__isnull=False),
                name="feedback_release_scheduled_for_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(scheduled_by=None) | ~Q(approved_by=F("scheduled_by")),
                name="feedback_release_two_people_schedule",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["releasing", "released", "superseded"])
                | Q(approved_at__isnull=False, released_at__isnull=False, snapshot__isnull=False),
                name="feedback_release_released_only_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ModelFit(models.Model):
    """A risk model fitted on a snapshot: everything needed to recompute or refit it."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="fits")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    risk_model_version = models.ForeignKey(RiskModelVersion, on_delete=models.PROTECT, related_name="+")
    design = models.JSONField(help_text="Columns, coding, reference levels, missing rule as fitted.")
    terms = models.JSONField(help_text="Name, coefficient, standard error, limits of each term, intercept first.")
    covariance = models.JSONField()
    cases = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    c_statistic = models.FloatField()
    c_low = models.FloatField()
    c_high = models.FloatField()
    brier = models.FloatField()
    log_likelihood = models.FloatField()
    calibration = models.JSONField(help_text="Observed and expected by tenth of predicted risk.")
    between = models.JSONField(default=dict, help_text="Variation between hospitals, from the random-intercept model.")
    warnings = models.JSONField(default=list)
    details = models.JSONField(
        default=dict,
        db_default={},
        help_text="Scaled Brier, calibration, what was left out, missing answers, formula, the fit before.",
    )

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "release", "measure_version", "risk_model_version"), FieldClass.KEY),
        **dict.fromkeys(
            (
                "design",
                "terms",
                "covariance",
                "cases",
                "events",
                "c_statistic",
                "c_low",
                "c_high",
                "brier",
                "log_likelihood",
                "calibration",
                "between",
                "warnings",
                "details",
            ),
            FieldClass.PROGRAMME,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "measure_version"], name="feedback_modelfit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.risk_model_version}"
