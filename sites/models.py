import uuid
from typing import ClassVar

from django.db import models

from privacy.fields import FieldClass


class Site(models.Model):
    """A hospital organisation. One row however many collaboratives it belongs to."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    identifier = models.CharField(max_length=20, help_text="Official number, as text: leading zeros count.")
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    health_system = models.CharField(max_length=200, blank=True)
    beds = models.PositiveIntegerField(null=True, blank=True)
    teaching = models.BooleanField(null=True, blank=True, help_text="Null: not known.")
    rural = models.BooleanField(null=True, blank=True, help_text="Null: not known.")

    field_classes: ClassVar = {
        "id": FieldClass.KEY,
        "public_id": FieldClass.KEY,
        **dict.fromkeys(
            ("identifier", "name", "city", "region", "health_system", "beds", "teaching", "rural"), FieldClass.HOSPITAL
        ),
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identifier"], name="sites_site_identifier_unique")]

    def __str__(self) -> str:
        return self.name
