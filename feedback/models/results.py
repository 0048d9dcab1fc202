import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models import Case
from collaboratives.models import Collaborative, Participation
from feedback.enums import Outcome, Reading, ReleaseState
from measures.models import MeasureVersion, RiskModelVersion
from privacy.fields import FieldClass


class CaseOutcome(models.Model):
    """What one complete case means for one measure, with the reason."""

    collaborative = models.ForeignKey(
        Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    # A trigger checks these once a statement, tied to the tenant: row by row they took most of an import's time.
    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes", db_constraint=False)
    measure_version = models.ForeignKey(
        MeasureVersion, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField(help_text="First day of the month of the event.")
    outcome = models.CharField(max_length=11, choices=Outcome.choices)
    reason = models.CharField(max_length=80, blank=True, help_text="First exclusion that applied.")
    missing = models.JSONField(default=list, help_text="Variables without which nobody can tell.")
    value = models.FloatField(null=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "case", "measure_version"), FieldClass.KEY),
        **dict.fromkeys(("month", "outcome", "reason", "missing", "value"), FieldClass.CLINICAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "case", "measure_version"], name="feedback_caseoutcome_once"
            )
        ]
        indexes = [
            models.Index(fields=["participation", "measure_version", "month"], name="feedback_caseoutcome_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.reason}".strip()


class SiteMonth(models.Model):
    """Counts of one hospital for one measure in one month, kept up to date as cases are completed."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    met = models.PositiveIntegerField(default=0)
    not_met = models.PositiveIntegerField(default=0)
    excluded = models.PositiveIntegerField(default=0)
    cannot_tell = models.PositiveIntegerField(default=0)
    refreshed_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "measure_version", "month", "refreshed_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("met", "not_met", "excluded", "cannot_tell"), FieldClass.HOSPITAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "measure_version", "month"], name="feedback_sitemonth_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Snapshot(models.Model):
    """Inputs of a release, frozen: which cases, their outcomes and covariates. The digest covers every slice."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    window_from = models.DateField()
    window_to = models.DateField()
    cases = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    taken_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = dict.fromkeys(
        ("id", "collaborative", "window_from", "window_to", "cases", "digest", "taken_at"), FieldClass.KEY
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(window_from__lte=F("window_to")), name="feedback_snapshot_from_before_to"
            )
        ]

    def __str__(self) -> str:
        return f"{self.window_from} to {self.window_to}"


class SnapshotSlice(models.Model):
    """Frozen inputs of one measure for one hospital: case keys, outcomes, reasons and covariates, as compressed columns."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="slices")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    cases = models.PositiveIntegerField()
    payload = models.BinaryField()
    digest = models.CharField(max_length=64)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "snapshot", "measure_version", "digest"), FieldClass.KEY
        ),
        **dict.fromkeys(("cases", "payload"), FieldClass.CLINICAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "snapshot", "measure_version"], name="feedback_snapshotslice_once"
            )
        ]

    def __str__(self) -> str:
        return self.digest


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
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
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
                "released_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("name", "window_from", "window_to", "problem"), FieldClass.PROGRAMME),
        **dict.fromkeys(("created_by", "approved_by", "released_by"), FieldClass.PERSON),
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
                condition=Q(approved_by=None) | Q(released_by=None) | ~Q(approved_by=F("released_by")),
                name="feedback_release_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "superseded"])
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
    warnings = models.JSONField(default=list)

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
                "warnings",
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


class SiteResult(models.Model):
    """The identifiable result of one hospital for one measure of one release: that hospital's and the centre's only."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="results")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="site_results")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    cases = models.PositiveIntegerField(help_text="All cases of the window, before exclusions.")
    excluded = models.PositiveIntegerField()
    cannot_tell = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    observed = models.PositiveIntegerField(help_text="Numerator.")
    flow = models.JSONField(default=list, help_text="Case flow: name, label and count of each exclusion in order.")
    missing = models.JSONField(default=dict, help_text="Variable → cases that cannot be told for want of it.")
    rate = models.FloatField(null=True)
    rate_low = models.FloatField(null=True)
    rate_high = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    variance = models.FloatField(null=True)
    oe = models.FloatField(null=True)
    oe_low = models.FloatField(null=True)
    oe_high = models.FloatField(null=True)
    adjusted_rate = models.FloatField(null=True)
    adjusted_low = models.FloatField(null=True)
    adjusted_high = models.FloatField(null=True)
    shrunken_rate = models.FloatField(
        null=True, help_text="Pulled towards the mean: told to peers instead of a rate from a small count."
    )
    z = models.FloatField(null=True)
    p_value = models.FloatField(null=True)
    reading = models.CharField(max_length=11, choices=Reading.choices)
    gap = models.IntegerField(null=True, help_text="Patients between this result and the achievable benchmark.")
    trend = models.JSONField(default=list, help_text="Quarter, denominator, observed of this hospital.")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "release", "measure_version"), FieldClass.KEY),
        **dict.fromkeys(
            (
                "cases",
                "excluded",
                "cannot_tell",
                "denominator",
                "observed",
                "flow",
                "missing",
                "rate",
                "rate_low",
                "rate_high",
                "expected",
                "variance",
                "oe",
                "oe_low",
                "oe_high",
                "adjusted_rate",
                "adjusted_low",
                "adjusted_high",
                "shrunken_rate",
                "z",
                "p_value",
                "reading",
                "gap",
                "trend",
            ),
            FieldClass.HOSPITAL,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "release", "measure_version"], name="feedback_siteresult_once"
            )
        ]
        indexes = [
            models.Index(fields=["collaborative", "release", "measure_version"], name="feedback_siteresult_by_release")
        ]

    def __str__(self) -> str:
        return f"{self.observed} of {self.denominator}"


class MeasureResult(models.Model):
    """Exact pooled figures and control limits of one measure of one release: the centre's only."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="measure_results")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    hospitals = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    observed = models.PositiveIntegerField()
    expected = models.FloatField(null=True)
    rate = models.FloatField(null=True)
    benchmark = models.FloatField(null=True, help_text="Achievable benchmark of care.")
    benchmark_hospitals = models.PositiveIntegerField(default=0)
    funnel = models.JSONField(
        default=dict, help_text="Volume grid with exact and over-dispersed limits; phi and tau squared."
    )
    trend = models.JSONField(default=list, help_text="Quarter, denominator, observed of all hospitals.")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "release", "measure_version"), FieldClass.KEY),
        **dict.fromkeys(
            (
                "hospitals",
                "denominator",
                "observed",
                "expected",
                "rate",
                "benchmark",
                "benchmark_hospitals",
                "funnel",
                "trend",
            ),
            FieldClass.HOSPITAL,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "measure_version"], name="feedback_measureresult_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.observed} of {self.denominator}"


class PeerDistribution(models.Model):
    """What members may know of each other in one measure of one release: sorted rounded values, no keys.

    Written once by the worker when the director releases; the same for every member.
    """

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="peer_distributions")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=40, default="all")
    values = models.JSONField(default=list, help_text="Sorted, rounded.")
    withheld = models.CharField(max_length=20, blank=True, help_text="Why no values are shown.")
    collaborative_value = models.FloatField(null=True, help_text="Pooled, rounded.")
    benchmark = models.FloatField(null=True, help_text="Achievable benchmark, rounded.")

    field_classes: ClassVar = {
        **dict.fromkeys(("public_id", "collaborative", "release", "measure_version", "stratum"), FieldClass.KEY),
        **dict.fromkeys(("values", "withheld", "collaborative_value", "benchmark"), FieldClass.BLINDED),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "measure_version", "stratum"], name="feedback_peerdistribution_once"
            )
        ]

    def __str__(self) -> str:
        return self.stratum


class PooledResult(models.Model):
    """One measure of one release over all hospitals, rounded: for every member, the sponsor and patient partners."""

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="pooled_results")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    hospitals_band = models.CharField(max_length=20, help_text="How many hospitals, as a band.")
    rate = models.FloatField(null=True)
    withheld = models.CharField(max_length=20, blank=True)
    trend = models.JSONField(default=list, help_text="Quarter and rounded rate; a withheld quarter has no rate.")

    field_classes: ClassVar = {
        **dict.fromkeys(("public_id", "collaborative", "release", "measure_version"), FieldClass.KEY),
        **dict.fromkeys(("hospitals_band", "rate", "withheld", "trend"), FieldClass.BLINDED),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "measure_version"], name="feedback_pooledresult_once"
            )
        ]

    def __str__(self) -> str:
        return self.hospitals_band
