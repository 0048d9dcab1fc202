"""Meetings, their series, and what is on their agenda."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.models import Collaborative
from coordination.meetings.enums import MeetingKind, MeetingState, Repeat
from measures.models import Measure
from privacy.fields import FieldClass


class Series(models.Model):
    """Meetings that repeat. In calendars it is one entry, of which a date can be moved or cancelled."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    repeat = models.CharField(max_length=5, choices=Repeat.choices)
    starts_at = models.DateTimeField(help_text="Of its first meeting, as planned.")
    minutes = models.PositiveSmallIntegerField(help_text="How long each meeting lasts, as planned.")
    count = models.PositiveSmallIntegerField(help_text="How many meetings it has.")
    time_zone = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "created_at"), FieldClass.KEY),
        **dict.fromkeys(("title", "repeat", "starts_at", "minutes", "count", "time_zone"), FieldClass.PROGRAMME),
        "created_by": FieldClass.PERSON,
    }

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_series_public_id")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ruled(self) -> bool:
        """Whether calendars know its dates by a rule; listed dates are entries of their own."""
        return self.repeat != Repeat.DATES


class Meeting(models.Model):
    """People come together at a moment. What calendars were told last is `sequence`."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings")
    planned_at = models.DateTimeField(
        null=True, blank=True, help_text="In a series: when its rule has it, wherever it was moved."
    )
    kind = models.CharField(max_length=11, choices=MeetingKind.choices, default=MeetingKind.WHOLE)
    title = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60)
    place = models.CharField(max_length=200, blank=True)
    remote_link = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=9, choices=MeetingState.choices, default=MeetingState.DRAFT)
    sequence = models.PositiveIntegerField(default=0)
    code_turn = models.PositiveSmallIntegerField(default=0, help_text="How often its check-in code was changed.")
    poll_opened_at = models.DateTimeField(null=True, blank=True)
    poll_closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was cancelled.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "series",
                "planned_at",
                "state",
                "sequence",
                "code_turn",
                "poll_opened_at",
                "poll_closed_at",
                "created_at",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(
            (
                "kind",
                "title",
                "summary",
                "starts_at",
                "ends_at",
                "time_zone",
                "place",
                "remote_link",
                "reason",
            ),
            FieldClass.PROGRAMME,
        ),
        "created_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("starts_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_meeting_public_id"),
            models.UniqueConstraint(fields=["collaborative", "series", "planned_at"], name="meetings_meeting_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meetings_meeting_ends_after_start"),
            models.CheckConstraint(
                condition=Q(series=None, planned_at=None) | Q(series__isnull=False, planned_at__isnull=False),
                name="meetings_meeting_planned_in_series",
            ),
            models.CheckConstraint(
                condition=Q(poll_closed_at=None) | Q(poll_opened_at__isnull=False, poll_closed_at__isnull=False),
                name="meetings_meeting_poll_opened_first",
            ),
        ]
        indexes = [models.Index(fields=["collaborative", "starts_at"], name="meetings_meeting_by_day")]

    def __str__(self) -> str:
        return self.title

    @property
    def uid(self) -> str:
        """Names it to calendars, for ever; every date of a ruled series has that of the series."""
        ruled = self.series if self.series and self.series.is_ruled else None
        return f"{(ruled or self).public_id}@colloquy"


class AgendaItem(models.Model):
    """A point on the agenda. When it begins follows from those before it."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    lead = models.CharField(max_length=120, blank=True)
    measure = models.ForeignKey(Measure, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    link = models.CharField(max_length=500, blank=True)
    is_public = models.BooleanField(default=True, help_text="Observers of the programme read it too.")
    removed_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "meeting", "position", "measure", "removed_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("minutes", "title", "lead", "link", "is_public"), FieldClass.PROGRAMME),
    }

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_agendaitem_public_id"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="meetings_agendaitem_minutes"),
        ]
        indexes = [models.Index(fields=["meeting", "position"], name="meetings_agenda_in_order")]

    def __str__(self) -> str:
        return self.title


class MeetingFile(models.Model):
    """A file to an item of the agenda, given out only as an attachment."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="files")
    item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    data = models.BinaryField(null=True, help_text="Null once it is taken away.")
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "meeting", "item", "media_type", "size", "added_at", "removed_at"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("name", "data"), FieldClass.PROGRAMME),
        "added_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_meetingfile_public_id"),
            models.CheckConstraint(
                condition=Q(removed_at=None, data__isnull=False) | Q(removed_at__isnull=False, data=None),
                name="meetings_meetingfile_removed_is_empty",
            ),
        ]
        indexes = [models.Index(fields=["meeting"], name="meetings_files_of_meeting")]

    def __str__(self) -> str:
        return self.name


class Recording(models.Model):
    """Where a recording is to be found; the recording itself is kept elsewhere."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="recordings")
    label = models.CharField(max_length=120)
    link = models.CharField(max_length=500)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "meeting", "added_at", "removed_at"), FieldClass.KEY),
        **dict.fromkeys(("label", "link"), FieldClass.PROGRAMME),
        "added_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="meetings_recording_public_id")
        ]
        indexes = [models.Index(fields=["meeting"], name="meetings_recordings_of_meeting")]

    def __str__(self) -> str:
        return self.label


class MeetingRule(models.Model):
    """How the programme counts attendance. Inserted, never edited: the latest counts, for check-ins from then on."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    meetings_a_year = models.PositiveSmallIntegerField(default=3)
    opens_minutes = models.PositiveSmallIntegerField(default=15, help_text="Check-in opens so long before the start.")
    closes_minutes = models.PositiveSmallIntegerField(default=30, help_text="It closes so long after the end.")
    late_minutes = models.PositiveSmallIntegerField(default=15, help_text="Whoever comes later than this is late.")
    late_counts = models.BooleanField(default=False)
    remote_counts = models.BooleanField(default=True)
    substitutes_count = models.BooleanField(default=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "decided_at"), FieldClass.KEY),
        **dict.fromkeys(
            (
                "meetings_a_year",
                "opens_minutes",
                "closes_minutes",
                "late_minutes",
                "late_counts",
                "remote_counts",
                "substitutes_count",
            ),
            FieldClass.PROGRAMME,
        ),
        "decided_by": FieldClass.PERSON,
    }

    class Meta:
        indexes = [models.Index(fields=["collaborative", "-id"], name="meetings_rule_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(meetings_a_year__gte=1, meetings_a_year__lte=12), name="meetings_rule_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.meetings_a_year} a year"
