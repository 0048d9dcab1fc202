"""What the centre writes to its members, to whom, and who has read it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.enums import ROLE_CHOICES
from collaboratives.models import Collaborative, Participation
from coordination.news.enums import Kind, State
from privacy.fields import FieldClass


LONGEST_TITLE = 150


class Announcement(models.Model):
    """Something that the centre writes once and sends. Whoever got it has a `Receipt`; nobody else outside the centre reads it."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ANNOUNCEMENT)
    number = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of its kind in this collaborative; given when it is sent."
    )
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    text = models.TextField(blank=True, help_text="Markdown.")
    by_mail = models.BooleanField(default=True, help_text="Also by mail, to those who wish mails of news.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    revision = models.PositiveIntegerField(default=0, help_text="Of the draft; a save of an older one is refused.")
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    delivered_at = models.DateTimeField(null=True, blank=True, help_text="When a worker wrote the receipts.")
    reminded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_because = models.CharField(max_length=500, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                *("id", "public_id", "collaborative", "number", "by_mail", "state", "corrects", "revision"),
                *("written_at", "saved_at", "sent_at", "delivered_at", "reminded_at", "withdrawn_at"),
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("kind", "title", "text", "withdrawn_because"), FieldClass.PROGRAMME),
        **dict.fromkeys(("written_by", "saved_by", "sent_by", "withdrawn_by"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("-sent_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="news_announcement_public_id"),
            models.UniqueConstraint(fields=["collaborative", "kind", "number"], name="news_announcement_number"),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.DISCARDED], sent_at=None, sent_by=None, number=None)
                | Q(
                    state__in=[State.SENT, State.WITHDRAWN],
                    sent_at__isnull=False,
                    sent_by__isnull=False,
                    number__isnull=False,
                ),
                name="news_announcement_sent_whole",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=State.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawn_because="")
                )
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")),
                name="news_announcement_withdrawn_why",
            ),
        ]
        indexes = [models.Index(fields=["collaborative", "state", "-sent_at"], name="news_announcements_by_day")]

    def __str__(self) -> str:
        return self.title

    @property
    def what(self) -> str:
        """Newsletters are counted for all; a gap between announcements would tell of those that others got."""
        label = self.get_kind_display()
        return f"{label} {self.number}" if self.kind == Kind.NEWSLETTER else label


class Audience(models.Model):
    """Whom an announcement is for. A table of its own: a reader is not told which hospitals got it besides theirs."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    announcement = models.OneToOneField(
        Announcement, on_delete=models.PROTECT, primary_key=True, related_name="audience"
    )
    roles = models.JSONField(default=list, help_text="Values of privacy.roles.Role.")
    everywhere = models.BooleanField(default=True, help_text="Roles at hospitals count at every hospital.")
    hospitals = models.JSONField(default=list, help_text="Else at these: public ids of participations.")

    field_classes: ClassVar = dict.fromkeys(
        ("collaborative", "announcement", "roles", "everywhere", "hospitals"), FieldClass.KEY
    )

    def __str__(self) -> str:
        return ", ".join(self.roles)


class Receipt(models.Model):
    """Somebody got an announcement, at one hospital or at none, and has read it there or not."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="receipts", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=ROLE_CHOICES, help_text="The first of theirs that it is for.")
    name = models.CharField(max_length=200, help_text="As it was then.")
    got_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "announcement", "got_at"), FieldClass.KEY),
        **dict.fromkeys(("user", "role", "name", "read_at"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "announcement", "user", "participation"],
                nulls_distinct=False,
                name="news_receipt_once",
            )
        ]
        indexes = [
            models.Index(fields=["announcement", "participation"], name="news_receipts_of_one"),
            models.Index(fields=["participation", "user"], name="news_receipts_of_hospital"),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id}: {self.name}"
