from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case, new_public_id
from collaboratives.models import Collaborative, Participation
from feedback.enums import Outcome
from feedback.models import Release
from feedback.reviews.enums import ContestReason, ContestState
from measures.models import MeasureVersion
from privacy.fields import FieldClass


class Contest(models.Model):
    """A hospital says that a case behind one of its numbers is counted wrongly; the centre decides.

    The released number stays as it is, whatever is decided.
    """

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", db_index=False)
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=11, choices=Outcome.choices, help_text="As the release counted it.")
    why = models.CharField(max_length=300, blank=True, help_text="The exclusion or what was missing, in words.")
    reason = models.CharField(max_length=22, choices=ContestReason.choices)
    text = models.TextField()
    state = models.CharField(max_length=9, choices=ContestState.choices, default=ContestState.OPEN)
    contested_at = models.DateTimeField(default=timezone.now)
    contested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    excludes = models.BooleanField(default=False, help_text="The decision leaves the case out of the measure.")
    decision = models.TextField(blank=True)
    # Decided by the centre, or taken back by the hospital: when and by whom it was closed.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="When the exclusion was taken back.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "case",
                "release",
                "measure_version",
                "reason",
                "state",
                "contested_at",
                "excludes",
                "decided_at",
                "lifted_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("outcome", "why", "text", "decision"), FieldClass.CLINICAL),
        **dict.fromkeys(("contested_by", "decided_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="reviews_contest_public_id"),
            models.UniqueConstraint(
                fields=["participation", "case", "measure_version"],
                condition=Q(state=ContestState.OPEN),
                name="reviews_contest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state=ContestState.OPEN, decided_at=None, decided_by=None, decision="", excludes=False)
                | Q(decided_at__isnull=False, decided_by__isnull=False)
                & (
                    Q(state=ContestState.WITHDRAWN, decision="", excludes=False)
                    | Q(state__in=(ContestState.ACCEPTED, ContestState.DECLINED)) & ~Q(decision="")
                ),
                name="reviews_contest_decided_together",
            ),
            models.CheckConstraint(
                condition=Q(excludes=False, lifted_at=None) | Q(excludes=True, state=ContestState.ACCEPTED),
                name="reviews_contest_excludes_when_accepted",
            ),
        ]
        indexes = [
            models.Index(fields=["participation", "measure_version"], name="reviews_contests_of_measure"),
            models.Index(fields=["collaborative", "state", "-contested_at"], name="reviews_contests_by_state"),
        ]

    def __str__(self) -> str:
        return self.public_id
