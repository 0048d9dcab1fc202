from typing import ClassVar

from django.db import models

from cases.models.case import Case
from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class QuestionCount(models.Model):
    """How much is asked about a case. A row of its own: the centre, which asks, may not write cases.

    `cases.questions` keeps it; a case never asked about has none.
    """

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="question_count")
    open = models.PositiveSmallIntegerField(default=0, help_text="Questions and queries that are not closed.")
    queries = models.PositiveSmallIntegerField(default=0, help_text="Queries ever raised: the burden of the case.")

    field_classes: ClassVar = dict.fromkeys(
        ("id", "collaborative", "participation", "case", "open", "queries"), FieldClass.KEY
    )

    class Meta:
        indexes = [
            models.Index(fields=["participation"], condition=models.Q(open__gt=0), name="cases_questioncount_open")
        ]

    def __str__(self) -> str:
        return f"{self.open} open of case {self.case_id}"
