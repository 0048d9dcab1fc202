"""Exact results of a release: of one hospital, and of all together."""

from typing import ClassVar

from django.db import models

from collaboratives.models import Collaborative, Participation
from feedback.enums import Reading
from feedback.models.releases import Release
from measures.models import MeasureVersion
from privacy.fields import FieldClass


# The long ones, which only pages about a hospital over time read; lists of results leave them where they are.
KEPT_OVER_TIME = ("control", "cumulative")


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
    odds_ratio = models.FloatField(
        null=True, help_text="Against the average hospital: median of the posterior contrast."
    )
    or_low = models.FloatField(null=True, help_text="95 %")
    or_high = models.FloatField(null=True)
    act_low = models.FloatField(null=True, help_text="99.8 %")
    act_high = models.FloatField(null=True)
    p_higher = models.FloatField(null=True, help_text="Probability to lie above the average hospital.")
    reliability = models.FloatField(null=True)
    flag = models.CharField(max_length=11, blank=True, help_text="Look, act or none, by the three-part rule.")
    rank = models.PositiveSmallIntegerField(null=True, help_text="Median of the posterior; 1 is the best.")
    rank_low = models.PositiveSmallIntegerField(null=True)
    rank_high = models.PositiveSmallIntegerField(null=True)
    reading = models.CharField(max_length=11, choices=Reading.choices)
    gap = models.IntegerField(null=True, help_text="Patients between this result and the achievable benchmark.")
    trend = models.JSONField(default=list, help_text="Quarter, denominator, observed of this hospital.")
    control = models.JSONField(
        default=dict, db_default={}, help_text="Control chart of this hospital: points, limits, signals, baseline."
    )
    cumulative = models.JSONField(
        default=dict,
        db_default={},
        help_text="Sum of expected less observed, CUSUM, its limit and signals, case by case.",
    )
    strata = models.JSONField(default=list, db_default=[], help_text="Counts and rate in each declared stratum.")
    values = models.JSONField(
        default=dict,
        db_default={},
        help_text="Of a measure whose cases carry a value: what they add up to, median and quartiles, contrast to all.",
    )
    comparison_group = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="Group of similar hospitals, as it was then."
    )

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
                "odds_ratio",
                "or_low",
                "or_high",
                "act_low",
                "act_high",
                "p_higher",
                "reliability",
                "flag",
                "rank",
                "rank_low",
                "rank_high",
                "reading",
                "gap",
                "trend",
                "control",
                "cumulative",
                "strata",
                "values",
                "comparison_group",
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
            # How all hospitals read is told from the index alone: rows are long, and a release has thousands.
            models.Index(
                fields=["collaborative", "release", "measure_version"],
                include=["participation", "reading"],
                name="feedback_siteresult_by_release",
            )
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
    values = models.JSONField(
        default=dict,
        db_default={},
        help_text="Of a measure whose cases carry a value: what they add up to, and what told values are rounded to.",
    )

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
                "values",
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
