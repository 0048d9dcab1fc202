import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.log.definition.sampling import Scheme
from cases.log.enums import SubstitutionReason
from cases.log.models.cycle import Cycle
from cases.log.models.entry import CaseLogEntry
from collaboratives.models import Collaborative, Participation
from measures.models import Form
from privacy.fields import FieldClass


class SamplingRule(models.Model):
    """Who of the log is eligible, how many are drawn, and how long each is followed. Inserted, never edited."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    effective_from = models.DateField(
        help_text="Of the first day of cycles; of several rules the highest number counts."
    )
    scheme = models.CharField(max_length=12, choices=[(each.value, each.value) for each in Scheme])
    fraction = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    quota = models.PositiveSmallIntegerField(null=True, blank=True)
    caps = models.JSONField(default=dict, help_text="Procedure → the most of it in a cycle.")
    stratum = models.CharField(
        max_length=60, blank=True, help_text="A column of the log; each of its values is a stratum."
    )
    columns = models.JSONField(default=list, help_text="What the log holds beside number, date, time and procedure.")
    exclusions = models.JSONField(default=list, help_text="[code, words, condition] in the order they are tried.")
    follow_up_days = models.PositiveSmallIntegerField(default=30)
    follow_up_attempts = models.PositiveSmallIntegerField(default=3)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "form", "number", "created_at"), FieldClass.KEY),
        **dict.fromkeys(
            (
                "effective_from",
                "scheme",
                "fraction",
                "quota",
                "caps",
                "stratum",
                "columns",
                "exclusions",
                "follow_up_days",
                "follow_up_attempts",
                "note",
            ),
            FieldClass.PROGRAMME,
        ),
        "created_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "form", "number"], name="caselog_rule_number"),
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="caselog_rule_public_id"),
            models.CheckConstraint(
                condition=Q(scheme=Scheme.ALL.value, fraction=None, quota=None)
                | Q(scheme=Scheme.FRACTION.value, fraction__gt=0, fraction__lte=1, quota=None)
                | Q(scheme__in=(Scheme.EIGHT_DAY.value, Scheme.SYSTEMATIC.value), fraction=None, quota__gt=0),
                name="caselog_rule_scheme_and_size",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Draw(models.Model):
    """The sample of one hospital and cycle: made once, and the same again from the same log, rule and seed."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="draws", db_index=False)
    rule = models.ForeignKey(SamplingRule, on_delete=models.PROTECT, related_name="+", db_index=False)
    seed = models.CharField(max_length=64)
    frame_digest = models.CharField(max_length=64, help_text="SHA-256 of the eligible entries as they were drawn from.")
    listed = models.PositiveIntegerField()
    eligible = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField()
    sampled = models.PositiveIntegerField(help_text="Drawn, less those that no other entry could stand in for.")
    drawn_at = models.DateTimeField(default=timezone.now)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "cycle", "rule", "seed", "frame_digest", "drawn_at"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("listed", "eligible", "drawn", "sampled"), FieldClass.HOSPITAL),
        "drawn_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "cycle"], name="caselog_draw_once"),
            models.CheckConstraint(
                condition=Q(sampled__lte=F("drawn"), drawn__lte=F("eligible"), eligible__lte=F("listed")),
                name="caselog_draw_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sampled} of {self.eligible}"


class Substitution(models.Model):
    """A sampled entry that cannot be abstracted, why, and which one stands in for it. Inserted, never edited."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    gone = models.ForeignKey(CaseLogEntry, on_delete=models.PROTECT, related_name="substitution", db_index=False)
    stand_in = models.ForeignKey(
        CaseLogEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="Null: there was none left.",
    )  # fmt: skip
    reason = models.CharField(max_length=12, choices=SubstitutionReason.choices)
    note = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "gone", "stand_in", "made_at"), FieldClass.KEY),
        **dict.fromkeys(("reason", "note"), FieldClass.CLINICAL),
        "made_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participation", "gone"], name="caselog_substituted_once")]

    def __str__(self) -> str:
        return self.get_reason_display()
