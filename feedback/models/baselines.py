"""Where a hospital's control chart begins anew, who decided so, and why."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from measures.models import Measure
from privacy.fields import FieldClass


LONGEST_REASON = 200


class BaselineChange(models.Model):
    """Limits of one hospital's chart of one measure rest on the points from this month on; the earlier ones stay drawn.

    It is taken back, never rewritten. A released chart never changes: the next release draws by it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField(help_text="First day of the first month of the new baseline.")
    reason = models.CharField(max_length=LONGEST_REASON)
    signature = models.CharField(
        max_length=150, help_text="The person's name as the chart shows it, whatever it is later."
    )
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "participation", "measure", "set_at", "ended_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("month", "reason"), FieldClass.HOSPITAL),
        **dict.fromkeys(("signature", "set_by", "ended_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="feedback_baselinechange_public_id"),
            models.UniqueConstraint(
                fields=["participation", "measure", "month"],
                condition=Q(ended_at=None),
                name="feedback_baselinechange_once_a_month",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="feedback_baselinechange_says_why"),
            models.CheckConstraint(condition=~Q(signature=""), name="feedback_baselinechange_says_who"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="feedback_baselinechange_ended_at_and_by_together",
            ),
        ]
        indexes = [models.Index(fields=["collaborative", "measure"], name="fb_baselines_by_measure")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.reason}"
