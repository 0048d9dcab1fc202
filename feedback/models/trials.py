"""Trial fits: a version of a risk model on real cases, without a release. The centre's only."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from feedback.enums import Reading, TrialState
from measures.models import MeasureVersion, RiskModelVersion
from privacy.fields import FieldClass


class TrialFit(models.Model):
    """One run: what was asked, what it was computed from and by, and what came of it.

    The specification is kept as it was then: a draft may change afterwards.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    risk_model_version = models.ForeignKey(RiskModelVersion, on_delete=models.PROTECT, related_name="trials")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(
        RiskModelVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The version it is compared with.",
    )
    spec = models.JSONField(help_text="The model as it was tried.")
    spec_digest = models.CharField(max_length=64)
    window_from = models.DateField()
    window_to = models.DateField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=TrialState.choices, default=TrialState.WAITING)
    problem = models.TextField(blank=True, help_text="Why the model was refused.")
    fit = models.JSONField(default=dict, help_text="As a release would keep it.")
    fit_before = models.JSONField(default=dict, help_text="The version before, fitted on the same cases.")
    recalibration = models.JSONField(
        default=dict, help_text="The version before as a release froze it, on these cases."
    )
    later = models.JSONField(default=dict, help_text="Fitted on the first quarters, judged on the last.")
    pooled = models.JSONField(default=dict, help_text="Hospitals, cases, observed and rate of all.")
    digest = models.CharField(
        max_length=64, blank=True, help_text="Of hospitals, outcomes and covariates as they were read."
    )
    code_version = models.CharField(max_length=120, blank=True)
    seed = models.PositiveIntegerField(null=True)
    tolerance = models.FloatField(null=True)
    seconds = models.FloatField(null=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "risk_model_version",
                "measure_version",
                "before",
                "spec_digest",
                "requested_at",
                "state",
                "digest",
                "code_version",
                "seed",
                "tolerance",
                "seconds",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("spec", "window_from", "window_to", "problem"), FieldClass.PROGRAMME),
        **dict.fromkeys(("fit", "fit_before", "recalibration", "later", "pooled"), FieldClass.HOSPITAL),
        "requested_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="feedback_trialfit_public_id"),
            models.CheckConstraint(
                condition=Q(window_from__lte=F("window_to")), name="feedback_trialfit_from_before_to"
            ),
            models.CheckConstraint(
                condition=Q(state=TrialState.REFUSED) & ~Q(problem="") | ~Q(state=TrialState.REFUSED) & Q(problem=""),
                name="feedback_trialfit_refused_with_problem",
            ),
        ]
        indexes = [models.Index(fields=["collaborative", "-requested_at"], name="feedback_trialfit_newest")]

    def __str__(self) -> str:
        return f"trial of {self.risk_model_version}"


class TrialHospital(models.Model):
    """One hospital in a trial: its reading by the version tried and by the version before, on the same cases."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    trial = models.ForeignKey(TrialFit, on_delete=models.PROTECT, related_name="hospitals", db_index=False)
    denominator = models.PositiveIntegerField()
    observed = models.PositiveIntegerField()
    expected = models.FloatField(null=True)
    expected_before = models.FloatField(null=True)
    odds_ratio = models.FloatField(null=True)
    odds_ratio_before = models.FloatField(null=True)
    flag = models.CharField(max_length=11, blank=True)
    flag_before = models.CharField(max_length=11, blank=True)
    reading = models.CharField(max_length=11, choices=Reading.choices)
    reading_before = models.CharField(max_length=11, choices=Reading.choices, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "trial"), FieldClass.KEY),
        **dict.fromkeys(
            (
                "denominator",
                "observed",
                "expected",
                "expected_before",
                "odds_ratio",
                "odds_ratio_before",
                "flag",
                "flag_before",
                "reading",
                "reading_before",
            ),
            FieldClass.HOSPITAL,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "trial", "participation"], name="feedback_trialhospital_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reading_before} to {self.reading}"
