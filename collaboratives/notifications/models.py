"""What people were told, and how they want to hear of what."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from collaboratives.notifications.enums import How, MailState
from privacy.fields import FieldClass


class Notification(models.Model):
    """Something was told to one person, once: a line in the product and, as they wish, a mail."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The hospital it is about: read and mailed only as long as the person works there.",
    )  # fmt: skip
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, help_text="A value of NotificationKind; a new one needs no migration.")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, help_text="What the mail says between greeting and link.")
    path = models.CharField(max_length=300, help_text="Of the page it is about, on this server.")
    key = models.CharField(max_length=150, help_text="Names what happened, so that nobody hears of it twice.")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mail = models.CharField(max_length=7, choices=MailState.choices, default=MailState.NONE)
    mailed_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "kind",
                "path",
                "key",
                "created_at",
                "mail",
                "mailed_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("title", "text"), FieldClass.HOSPITAL),
        **dict.fromkeys(("user", "read_at"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="notifications_public_id"),
            models.UniqueConstraint(fields=["collaborative", "user", "key"], name="notifications_once"),
            models.CheckConstraint(
                condition=Q(path__startswith="/") & ~Q(path__startswith="//"), name="notifications_path_is_ours"
            ),
            models.CheckConstraint(
                condition=Q(mail__in=[MailState.SENT, MailState.DIGEST], mailed_at__isnull=False)
                | Q(mailed_at=None) & ~Q(mail__in=[MailState.SENT, MailState.DIGEST]),
                name="notifications_mailed_when",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "collaborative", "-created_at"], name="notifications_of_person"),
            models.Index(fields=["user", "collaborative"], condition=Q(read_at=None), name="notifications_unread"),
            models.Index(
                fields=["collaborative", "user"],
                condition=Q(mail__in=[MailState.PLANNED, MailState.WAITING]),
                name="notifications_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NotificationWish(models.Model):
    """How one person wants to hear of one kind, in all programmes. No row: as it is usual."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, help_text="A value of NotificationKind; a new one needs no migration.")
    how = models.CharField(max_length=7, choices=How.choices)
    chosen_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        "id": FieldClass.KEY,
        **dict.fromkeys(("user", "kind", "how", "chosen_at"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notifications_wish_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.how}"
