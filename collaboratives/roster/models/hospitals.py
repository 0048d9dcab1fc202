"""A hospital's way in, and what became of one that went on as another."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class OnboardingDate(models.Model):
    """When a step of a hospital's way in is to be done, and when it was, where no row elsewhere tells."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=20)
    planned_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True, help_text="Ticked by hand.")
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "step", "changed_at"), FieldClass.KEY),
        **dict.fromkeys(("planned_on", "done_on"), FieldClass.HOSPITAL),
        "changed_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participation", "step"], name="roster_onboarding_once")]

    def __str__(self) -> str:
        return self.step


class Merger(models.Model):
    """A hospital goes on as part of another. Both histories stay where they are."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="+", help_text="The one that ends."
    )
    into = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    merged_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "into", "recorded_at"), FieldClass.KEY),
        "merged_on": FieldClass.HOSPITAL,
        "recorded_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation"], name="roster_merger_once"),
            models.CheckConstraint(condition=~Q(participation=F("into")), name="roster_merger_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id} into {self.into_id}"
