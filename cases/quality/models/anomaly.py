import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case
from cases.quality.enums import AnomalyRule
from cases.questions.models import Question
from collaboratives.models import Collaborative, Participation
from measures.models import Form
from privacy.fields import FieldClass


class Anomaly(models.Model):
    """What a rule found odd in one hospital's cases of one stretch of days, with the numbers behind it.

    A row lasts as long as the rule finds it, night after night, and raises one query. Where the numbers no longer say so
    it is gone, and the query stays with the people it was sent to: whether something was wrong is theirs to say.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(max_length=16, choices=AnomalyRule.choices)
    about = models.CharField(max_length=100, blank=True, help_text="Variable or measure; empty: the cases as such.")
    label = models.CharField(max_length=300, blank=True)
    first_day = models.DateField()
    last_day = models.DateField()
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="The query hangs on it."
    )
    question = models.ForeignKey(Question, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=500)
    numbers = models.JSONField(default=list, help_text="Pairs of words and number.")
    probability = models.FloatField(help_text="Of numbers as odd as these where nothing is wrong.")
    found_at = models.DateTimeField(default=timezone.now)
    gone_at = models.DateTimeField(null=True, help_text="Since when the numbers no longer say so.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "form",
                "rule",
                "about",
                "first_day",
                "last_day",
                "case",
                "question",
                "found_at",
                "gone_at",
            ),
            FieldClass.KEY,
        ),
        "label": FieldClass.PUBLIC,
        **dict.fromkeys(("reason", "numbers", "probability"), FieldClass.HOSPITAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "form", "rule", "about"],
                condition=Q(gone_at=None),
                name="quality_anomaly_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.about}".strip()
