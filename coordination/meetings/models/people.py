"""Who is invited, who came, what they were sent, and how they follow the calendar."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.enums import ROLE_CHOICES
from collaboratives.models import Collaborative, Participation
from coordination.meetings.enums import MailEnd, MailKind, Mode, Reply, WhyNot
from coordination.meetings.models.meeting import Meeting
from privacy.fields import FieldClass


class Invitee(models.Model):
    """Somebody is asked to come, in a role, for a hospital or for none."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="invitees", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    reply = models.CharField(max_length=9, choices=Reply.choices, default=Reply.OPEN)
    replied_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "meeting", "invited_at"), FieldClass.KEY),
        **dict.fromkeys(("user", "role", "reply", "replied_at"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "meeting", "user", "participation"],
                nulls_distinct=False,
                name="meetings_invitee_once",
            ),
            models.CheckConstraint(
                condition=Q(reply=Reply.OPEN, replied_at=None) | ~Q(reply=Reply.OPEN) & Q(replied_at__isnull=False),
                name="meetings_invitee_replied_when",
            ),
        ]
        indexes = [models.Index(fields=["meeting", "reply"], name="meetings_replies_of_meeting")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.reply}"


class Attendance(models.Model):
    """Somebody came, in a role that counts for their hospital. Taken back with a reason, never deleted."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Null: a guest who has no account.",
    )  # fmt: skip
    name = models.CharField(max_length=200, help_text="As it was on the day.")
    role = models.CharField(max_length=16, choices=ROLE_CHOICES, help_text="The role it counts for.")
    mode = models.CharField(max_length=6, choices=Mode.choices)
    arrived_at = models.DateTimeField(default=timezone.now)
    late = models.BooleanField(default=False)
    substitute_for = models.CharField(max_length=200, blank=True)
    counts = models.BooleanField(default=True)
    why_not = models.CharField(max_length=10, choices=WhyNot.choices, blank=True)
    by_code = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_because = models.CharField(max_length=500, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "meeting",
                "by_code",
                "recorded_at",
                "removed_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("mode", "arrived_at", "late", "counts", "why_not", "removed_because"), FieldClass.HOSPITAL),
        **dict.fromkeys(("user", "name", "role", "substitute_for", "recorded_by"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_attendance_public_id"),
            models.UniqueConstraint(
                fields=["collaborative", "meeting", "user", "participation"],
                condition=Q(removed_at=None, user__isnull=False),
                nulls_distinct=False,
                name="meetings_attendance_once",
            ),
            models.CheckConstraint(
                condition=Q(counts=True, why_not="") | Q(counts=False) & ~Q(why_not=""),
                name="meetings_attendance_why_not",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_because="") | Q(removed_at__isnull=False) & ~Q(removed_because=""),
                name="meetings_attendance_removed_why",
            ),
        ]
        indexes = [
            models.Index(fields=["meeting", "participation"], name="meetings_attended_by_meeting"),
            models.Index(fields=["participation", "meeting"], name="meetings_attended_by_hospital"),
        ]

    def __str__(self) -> str:
        return self.name


class MeetingMail(models.Model):
    """A mail to one person. A row first; whether it still goes is asked when it goes."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=MailKind.choices)
    sequence = models.PositiveIntegerField()
    whole_series = models.BooleanField(default=False, help_text="It tells of every date of the series.")
    planned_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=7, choices=MailEnd.choices, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "collaborative",
                "meeting",
                "kind",
                "sequence",
                "whole_series",
                "planned_at",
                "ended_at",
                "end",
            ),
            FieldClass.KEY,
        ),
        "user": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "meeting", "user", "kind", "sequence"], name="meetings_mail_once"
            )
        ]
        indexes = [
            models.Index(fields=["collaborative"], condition=Q(ended_at=None), name="meetings_mails_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.meeting_id}"


class CalendarFeed(models.Model):
    """The secret address at which one person's calendar program reads the programme's dates."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the secret part; the secret itself is shown once.")
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "created_at", "revoked_at", "last_used_at"), FieldClass.KEY
        ),
        "user": FieldClass.PERSON,
        "digest": FieldClass.SECRET,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_feed_public_id"),
            models.UniqueConstraint(
                fields=["collaborative", "user"], condition=Q(revoked_at=None), name="meetings_feed_one_living"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
