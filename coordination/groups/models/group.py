"""A working group, and who is in it or wants to be."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from coordination.groups.enums import AdmissionState, MemberRole
from privacy.fields import FieldClass


class WorkingGroup(models.Model):
    """People of several hospitals who work on a topic. Being in it gives no access to any data."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    remit = models.TextField(help_text="What it is for, in Markdown.")
    founded_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    closed_because = models.CharField(max_length=500, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "created_at"), FieldClass.KEY),
        **dict.fromkeys(("name", "remit", "founded_on", "closed_on", "closed_because"), FieldClass.PROGRAMME),
        "created_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="groups_group_public_id"),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_because="") | Q(closed_on__isnull=False) & ~Q(closed_because=""),
                name="groups_group_closed_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody is in a group, from one place of work, shown to all as they agreed to when they joined.

    Another role in the group is another row: the one before ends.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The hospital they come from; null: the centre, or a patient partner.",
    )  # fmt: skip
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=6, choices=MemberRole.choices, default=MemberRole.MEMBER)
    shown_name = models.CharField(max_length=200)
    shown_hospital = models.CharField(max_length=200)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "participation", "group", "user"), FieldClass.KEY),
        **dict.fromkeys(("role", "shown_name", "shown_hospital", "since", "until"), FieldClass.PROGRAMME),
    }

    class Meta:
        ordering = ("shown_name", "id")
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="groups_membership_public_id"),
            models.UniqueConstraint(
                fields=["collaborative", "group", "user", "participation"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="groups_membership_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["collaborative", "group"],
                condition=Q(until=None, role=MemberRole.CHAIR),
                name="groups_membership_one_chair",
            ),
        ]
        indexes = [models.Index(fields=["group", "until"], name="groups_members_of_group")]

    def __str__(self) -> str:
        return f"{self.shown_name}, {self.shown_hospital}"


class Admission(models.Model):
    """Somebody is asked to join, or asks to. Read by them and the centre; a request by the chair too."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, related_name="admissions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_request = models.BooleanField(help_text="They asked; otherwise the centre asked them.")
    shown_name = models.CharField(max_length=200, blank=True, help_text="As they agreed; empty until they did.")
    shown_hospital = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True, help_text="Why they want to join.")
    state = models.CharField(max_length=9, choices=AdmissionState.choices, default=AdmissionState.OPEN)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Null though it is decided: their role here ended.",
    )  # fmt: skip

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "group",
                "is_request",
                "state",
                "asked_at",
                "decided_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("user", "shown_name", "shown_hospital", "note", "asked_by", "decided_by"), FieldClass.PERSON),
    }

    class Meta:
        ordering = ("asked_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="groups_admission_public_id"),
            models.UniqueConstraint(
                fields=["collaborative", "group", "user", "participation"],
                condition=Q(state=AdmissionState.OPEN),
                nulls_distinct=False,
                name="groups_admission_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state=AdmissionState.OPEN, decided_at=None)
                | ~Q(state=AdmissionState.OPEN) & Q(decided_at__isnull=False),
                name="groups_admission_decided_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.state}"
