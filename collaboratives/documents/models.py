"""Documents of the centre for its members: all hospitals, or one of them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass
from privacy.roles import Role


class Document(models.Model):
    """Something to read, with its versions. Without a hospital it is the whole programme's and says nothing of one."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The one hospital it is for; null: every hospital.",
    )
    title = models.CharField(max_length=200)
    about = models.CharField(max_length=300, blank=True)
    roles = models.JSONField(
        default=list, help_text="Whose roles at a hospital it is for: values of privacy.roles.Role."
    )
    must_acknowledge = models.BooleanField(default=False, help_text="Each reader confirms each version.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True, help_text="Nobody has to read it from then on.")
    reminded_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "roles",
                "must_acknowledge",
                "created_at",
                "retired_at",
                "reminded_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("title", "about"), FieldClass.PROGRAMME),
        "created_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("title", "id")
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="documents_document_public_id")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def role_names(self) -> str:
        return ", ".join(role.label for role in Role if role.value in self.roles)


class DocumentVersion(models.Model):
    """One file of a document. Inserted, never edited: the latest counts."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="The document's."
    )
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True, help_text="What changed since the version before.")
    file_name = models.CharField(max_length=200)
    file_type = models.CharField(max_length=100, help_text="As its bytes say, not as it was sent.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    file = models.BinaryField()
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "document",
                "number",
                "file_type",
                "size",
                "digest",
                "uploaded_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("note", "file_name", "file"), FieldClass.PROGRAMME),
        "uploaded_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="documents_version_public_id"),
            models.UniqueConstraint(fields=["collaborative", "document", "number"], name="documents_version_number"),
            models.CheckConstraint(condition=Q(size__gt=0), name="documents_version_size"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}, version {self.number}"


class Acknowledgement(models.Model):
    """Somebody at a hospital says that they have read a version. Inserted, never edited."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "version", "acknowledged_at"), FieldClass.KEY),
        "reader": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "version", "reader"], name="documents_acknowledgement_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} read by {self.reader_id}"
