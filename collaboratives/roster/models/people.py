"""Beside roles: who stands in, who has looked through the roles, who wants to be found."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.enums import ROLE_CHOICES
from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class InterimCover(models.Model):
    """Who stands in for a vacant role, until when. It gives no access: that is a role's."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    name = models.CharField(max_length=200)
    until = models.DateField(help_text="The last day.")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "participation", "role", "recorded_at", "ended_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("name", "until", "recorded_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="roster_cover_public_id"),
            models.UniqueConstraint(
                fields=["participation", "role"], condition=Q(ended_at=None), name="roster_cover_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.role}"


class AccessReview(models.Model):
    """Somebody has looked through who may what, for half a year. Inserted, never edited."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Null: the centre."
    )
    half_year = models.CharField(max_length=6, help_text="As 2026-2.")
    people = models.PositiveIntegerField(help_text="Who had a role then.")
    roles = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True)
    reviewed_at = models.DateTimeField(default=timezone.now)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "half_year", "people", "roles", "reviewed_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("note", "reviewed_by"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "participation", "half_year"],
                nulls_distinct=False,
                name="roster_review_once_in_half_a_year",
            )
        ]

    def __str__(self) -> str:
        return self.half_year


class DirectoryWish(models.Model):
    """What somebody wants members of other hospitals to know of them. Theirs alone to read and change."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    listed = models.BooleanField(default=False, help_text="Name, hospital, role and interests.")
    contact_listed = models.BooleanField(default=False, help_text="The e-mail address too.")
    interests = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "changed_at"), FieldClass.KEY),
        **dict.fromkeys(("user", "listed", "contact_listed", "interests"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participation", "user"], name="roster_wish_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {'listed' if self.listed else 'not listed'}"


class DirectoryEntry(models.Model):
    """Somebody whom members may find, in the words that they agreed to. A worker writes it and takes it away."""

    public_id = models.UUIDField(default=uuid.uuid4, primary_key=True, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    wish = models.ForeignKey(DirectoryWish, on_delete=models.PROTECT, related_name="entries")
    full_name = models.CharField(max_length=200)
    hospital = models.CharField(max_length=200)
    roles = models.CharField(max_length=200)
    interests = models.CharField(max_length=300, blank=True)
    contact = models.CharField(max_length=254, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("public_id", "collaborative", "wish"), FieldClass.KEY),
        **dict.fromkeys(("full_name", "hospital", "roles", "interests", "contact"), FieldClass.PROGRAMME),
    }

    class Meta:
        ordering = ("full_name", "public_id")
        constraints = [models.UniqueConstraint(fields=["collaborative", "wish"], name="roster_entry_once")]

    def __str__(self) -> str:
        return f"{self.full_name}, {self.hospital}"
