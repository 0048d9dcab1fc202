"""What a group works with: documents, posts, decisions, meetings, wishes for their agenda."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Collaborative
from coordination.groups.models.group import Membership, WorkingGroup
from coordination.meetings.models import Meeting
from privacy.fields import FieldClass


class GroupDocument(models.Model):
    """Something the members read, with its versions."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "group", "created_at", "retired_at"), FieldClass.KEY),
        "title": FieldClass.PROGRAMME,
        "created_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("title", "id")
        constraints = [models.UniqueConstraint(fields=["collaborative", "public_id"], name="groups_document_public_id")]

    def __str__(self) -> str:
        return self.title


class GroupDocumentVersion(models.Model):
    """One file of a document of a group. Inserted, never edited: the latest counts."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="+", help_text="The document's.")
    document = models.ForeignKey(GroupDocument, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True, help_text="What changed since the version before.")
    file_name = models.CharField(max_length=200)
    file_type = models.CharField(max_length=100, help_text="As its bytes say, not as it was sent.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    file = models.BinaryField()
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_as = models.CharField(max_length=200, help_text="Their name as the group knows it.")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "group", "document", "number", "file_type", "size", "digest", "uploaded_at"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("note", "file_name", "file", "uploaded_as"), FieldClass.PROGRAMME),
        "uploaded_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["document", "number", "collaborative"], name="groups_version_number"),
            models.CheckConstraint(condition=Q(size__gt=0), name="groups_version_size"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}, version {self.number}"


class GroupPost(models.Model):
    """What a member says to the others. Taken back with a reason, and then its words are gone."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="posts", db_index=False)
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="posts")
    text = models.TextField(blank=True, help_text="In Markdown.")
    written_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "group", "written_by", "written_at", "withdrawn_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("text", "withdrawn_because"), FieldClass.PROGRAMME),
    }

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="groups_post_public_id"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_because="") & ~Q(text="")
                | Q(withdrawn_at__isnull=False, text="") & ~Q(withdrawn_because=""),
                name="groups_post_withdrawn_is_empty",
            ),
        ]
        indexes = [models.Index(fields=["group", "-id"], name="groups_posts_latest_first")]

    def __str__(self) -> str:
        return f"post {self.public_id}"


class GroupDecision(models.Model):
    """What the group decided, for everybody to read."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=500)
    decided_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_as = models.CharField(max_length=200, help_text="Their name as the group knows it.")
    removed_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "group", "recorded_at", "removed_at"), FieldClass.KEY),
        **dict.fromkeys(("text", "decided_on", "recorded_as"), FieldClass.PROGRAMME),
        "recorded_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("-decided_on", "-id")
        constraints = [models.UniqueConstraint(fields=["collaborative", "public_id"], name="groups_decision_public_id")]

    def __str__(self) -> str:
        return self.text


class GroupMeeting(models.Model):
    """A meeting is one of this group."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="group_meetings")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="group_meetings")

    field_classes: ClassVar = dict.fromkeys(("id", "collaborative", "group", "meeting"), FieldClass.KEY)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collaborative", "meeting"], name="groups_meeting_once")]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.meeting_id}"


class AgendaWish(models.Model):
    """What the chair wants to have on the agenda of the next meeting."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="wishes")
    text = models.CharField(max_length=200)
    wished_at = models.DateTimeField(default=timezone.now)
    wished_as = models.CharField(max_length=200, help_text="Their name as the group knows it.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="It is on an agenda, or no longer wished.")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "group", "wished_at", "ended_at"), FieldClass.KEY),
        **dict.fromkeys(("text", "wished_as"), FieldClass.PROGRAMME),
    }

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["collaborative", "public_id"], name="groups_wish_public_id")]

    def __str__(self) -> str:
        return self.text
