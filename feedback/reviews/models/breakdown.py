from typing import ClassVar

from django.db import models
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from feedback.models import Release
from measures.models import MeasureVersion
from privacy.fields import FieldClass


class OwnBreakdown(models.Model):
    """The cases behind one number of one hospital, split by clinician code and by kind of case.

    Written by the worker from the snapshot of the release. Only the hospital reads it: the centre has no privilege on
    this table, for clinicians are nobody else's business.
    """

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    splits = models.JSONField(help_text="See feedback.reviews.definition: one entry for each variable, with its cells.")
    computed_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "release", "measure_version", "computed_at"), FieldClass.KEY
        ),
        "splits": FieldClass.CLINICAL,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "release", "measure_version"], name="reviews_ownbreakdown_once"
            )
        ]
        indexes = [models.Index(fields=["collaborative", "release"], name="reviews_breakdown_by_release")]

    def __str__(self) -> str:
        return f"breakdown of {self.measure_version_id}"
