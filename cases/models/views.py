import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class SavedFilter(models.Model):
    """A view of the work list that one person gave a name. Nobody else sees it; removing it loses nothing else."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=300, help_text="The address's part after the question mark; may hold a number.")
    created_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "participation", "created_at"), FieldClass.KEY),
        "query": FieldClass.CLINICAL,
        **dict.fromkeys(("user", "name"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="cases_savedfilter_public_id"),
            models.UniqueConstraint(fields=["participation", "user", "name"], name="cases_savedfilter_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
