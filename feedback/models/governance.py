"""What people and workers decide about a release before and after members see it. The numbers are elsewhere."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from feedback.definition.policy import Policy
from feedback.enums import CheckName, CheckState, MailEnd, MailKind
from feedback.models.releases import Release
from measures.models import MeasureVersion
from privacy.fields import FieldClass


class ReleasePolicy(models.Model):
    """What a programme asks of its releases. Inserted, never edited: the latest counts; without one, the defaults do."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    notice_days = models.PositiveSmallIntegerField(help_text="Days that a hospital has bad news before members.")
    completeness = models.PositiveSmallIntegerField(help_text="Least share of required answers known, in per cent.")
    timeliness = models.PositiveSmallIntegerField(help_text="Least share of cases complete by their due date.")
    capture = models.PositiveSmallIntegerField(help_text="Least share of eligible cases that are complete.")
    agreement = models.PositiveSmallIntegerField(help_text="Least agreement in the last audit.")
    largest_move = models.PositiveSmallIntegerField(
        help_text="How far, in per cent of itself, the value of all hospitals may move between releases."
    )
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "set_at"), FieldClass.KEY),
        **dict.fromkeys(
            ("notice_days", "completeness", "timeliness", "capture", "agreement", "largest_move"), FieldClass.PROGRAMME
        ),
        "set_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    notice_days__lte=90,
                    completeness__lte=100,
                    timeliness__lte=100,
                    capture__lte=100,
                    agreement__lte=100,
                    largest_move__range=(1, 100),
                ),
                name="feedback_releasepolicy_in_range",
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice_days} days of notice"

    @property
    def policy(self) -> Policy:
        return Policy(**{name: getattr(self, name) for name in Policy.names()})


class ReleaseCheck(models.Model):
    """One question of the data-quality gate and its answer, counted by a worker. Asking again adds a round."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="checks")
    round = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=14, choices=CheckName.choices)
    state = models.CharField(max_length=5, choices=CheckState.choices)
    summary = models.CharField(max_length=300)
    found = models.JSONField(default=list, help_text="Hospital (key or null), measure (slug or empty) and text.")
    checked_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "release", "round", "name", "state", "checked_at"), FieldClass.KEY),
        **dict.fromkeys(("summary", "found"), FieldClass.HOSPITAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "round", "name"], name="feedback_releasecheck_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class ReleaseCheckReason(models.Model):
    """Why a release was approved although a check said stop. Inserted, never edited."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    check_row = models.ForeignKey(ReleaseCheck, on_delete=models.PROTECT, related_name="reasons")
    reason = models.TextField()
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "check_row", "given_at"), FieldClass.KEY),
        "reason": FieldClass.PROGRAMME,
        "given_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "check_row"], name="feedback_releasecheckreason_once"),
        ]

    def __str__(self) -> str:
        return self.reason


class PrivateNotice(models.Model):
    """Bad news of one hospital and measure, to read before members see the release: what that hospital will be told.

    A row of a release that is scheduled, from `opens_at` on, lets this hospital's champion and administrator read their
    own results of it (tenancy: `ctx_noticed`). Nothing about another hospital is in it, and no distribution exists yet.
    """

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="private_notices")
    measure_version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    release_name = models.CharField(max_length=40)
    window_from = models.DateField()
    window_to = models.DateField()
    opens_at = models.DateTimeField()
    members_from = models.DateTimeField(help_text="When members are to see the release.")
    collaborative_value = models.FloatField(null=True, help_text="Of all hospitals, rounded, as it will be published.")
    middle = models.BooleanField(default=False, help_text="It is that of the hospital in the middle.")
    benchmark = models.FloatField(null=True, help_text="Rounded.")
    withheld = models.CharField(max_length=20, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "release", "measure_version", "opens_at", "members_from"),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("release_name", "window_from", "window_to"), FieldClass.PROGRAMME),
        **dict.fromkeys(("collaborative_value", "middle", "benchmark", "withheld"), FieldClass.BLINDED),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "release", "measure_version"], name="feedback_privatenotice_once"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lte=F("members_from")), name="feedback_privatenotice_before_members"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_name}, {self.measure_version_id}"


class ReleaseProof(models.Model):
    """A release was computed again from its snapshot; whether every bit is the same. Inserted by a worker."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="proofs")
    digest = models.CharField(max_length=64)
    equal = models.BooleanField()
    difference = models.TextField(blank=True)
    code_version = models.CharField(max_length=80)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "release", "digest", "equal", "code_version", "asked_at", "done_at"), FieldClass.KEY
        ),
        "difference": FieldClass.HOSPITAL,
        "asked_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(equal=True, difference="") | Q(equal=False) & ~Q(difference=""),
                name="feedback_releaseproof_says_what_differs",
            )
        ]

    def __str__(self) -> str:
        return "bit-equal" if self.equal else self.difference


class ReleaseMail(models.Model):
    """One mail to one person about one release: first noted, then sent. Whether it may go is asked when it goes."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=MailKind.choices)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=8, choices=MailEnd.choices, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "release", "kind", "due_at", "ended_at", "end"), FieldClass.KEY),
        "user": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collaborative", "release", "user", "kind"], name="feedback_releasemail_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="feedback_releasemail_ended_how",
            ),
        ]
        indexes = [
            models.Index(fields=["collaborative", "due_at"], condition=Q(ended_at=None), name="feedback_mail_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"
