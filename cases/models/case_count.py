from typing import ClassVar

from django.db import models

from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class CaseCount(models.Model):
    """How a hospital is getting on with its cases, as a worker last counted: the centre's overview.

    A page that counted would read every case of every hospital.
    """

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.OneToOneField(Participation, on_delete=models.PROTECT, related_name="case_count")
    drafts = models.PositiveIntegerField(default=0)
    due = models.PositiveIntegerField(default=0)
    overdue = models.PositiveIntegerField(default=0)
    problems = models.PositiveIntegerField(default=0)
    questions = models.PositiveIntegerField(default=0)
    complete = models.PositiveIntegerField(default=0)
    last = models.DateTimeField(null=True, blank=True, help_text="When a case was last completed.")
    counted_at = models.DateTimeField()

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "counted_at"), FieldClass.KEY),
        **dict.fromkeys(("drafts", "due", "overdue", "problems", "questions", "complete", "last"), FieldClass.HOSPITAL),
    }

    def __str__(self) -> str:
        return f"{self.complete} complete, {self.drafts} begun"
