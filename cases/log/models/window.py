from typing import ClassVar

from django.db import models

from cases.log.models.cycle import Cycle
from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class WindowCount(models.Model):
    """How a hospital stands with its locks and with the window that is open, as last counted: the centre's home."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.OneToOneField(Participation, on_delete=models.PROTECT, related_name="+")
    past_lock = models.PositiveIntegerField(
        help_text="Cases that are not locked though their last day to enter is over."
    )
    cycle = models.ForeignKey(Cycle, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    drawn = models.BooleanField(default=False, help_text="A sample is expected, and not the whole log.")
    expected = models.PositiveIntegerField(default=0, help_text="Of the log of this cycle; 0 without a log.")
    entered = models.PositiveIntegerField(default=0, help_text="Of those: complete or locked.")
    counted_at = models.DateTimeField()

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "cycle", "counted_at"), FieldClass.KEY),
        **dict.fromkeys(("past_lock", "drawn", "expected", "entered"), FieldClass.HOSPITAL),
    }

    def __str__(self) -> str:
        return f"{self.entered} of {self.expected}"
