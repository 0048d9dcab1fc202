import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from collaboratives.ballots.definition.counting import Terms
from collaboratives.ballots.enums import ABSTAIN, BallotState, Outcome, Rule, Subject
from collaboratives.models import Collaborative, Participation
from privacy.fields import FieldClass


class Ballot(models.Model):
    """A question to all active hospitals, with the rule by which their votes decide it. Frozen once it is open."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    question = models.CharField(max_length=300)
    details = models.TextField(blank=True, help_text="Markdown: what speaks for and against, evidence, what follows.")
    subject = models.CharField(max_length=10, choices=Subject.choices, default=Subject.QUESTION)
    subject_key = models.CharField(max_length=64, blank=True, help_text="Digest or public id of what is decided about.")
    subject_label = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=9, choices=Rule.choices, default=Rule.APPROVAL)
    options = models.JSONField(help_text="What can be chosen, in order, without abstaining.")
    quorum = models.PositiveSmallIntegerField(default=50, help_text="Per cent of the hospitals; more than this vote.")
    threshold = models.PositiveSmallIntegerField(default=50, help_text="Per cent of approvals and rejections together.")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=BallotState.choices, default=BallotState.DRAFT)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    cancelled_why = models.CharField(max_length=300, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "public_id", "collaborative", "subject_key", "made_at"), FieldClass.KEY),
        **dict.fromkeys(
            (
                "question",
                "details",
                "subject",
                "subject_label",
                "rule",
                "options",
                "quorum",
                "threshold",
                "opens_at",
                "closes_at",
                "state",
                "cancelled_why",
            ),
            FieldClass.PROGRAMME,
        ),
        "made_by": FieldClass.PERSON,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "public_id"], name="ballots_ballot_public_id"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="ballots_ballot_window"),
            models.CheckConstraint(condition=Q(quorum__lt=100, threshold__lt=100), name="ballots_ballot_shares"),
            models.CheckConstraint(
                condition=Q(state=BallotState.CANCELLED) ^ Q(cancelled_why=""), name="ballots_ballot_called_off_why"
            ),
        ]
        indexes = [models.Index(fields=["collaborative", "state", "closes_at"], name="ballots_by_close")]

    def __str__(self) -> str:
        return self.question

    @property
    def terms(self) -> Terms:
        return Terms(rule=Rule(self.rule), quorum=self.quorum, threshold=self.threshold)

    @property
    def result(self) -> "Result | None":
        """What it decided; None before it is counted."""
        return next(iter(self.results.all()), None)

    @property
    def choices(self) -> list[str]:
        """Everything a hospital may vote."""
        return [*self.options, ABSTAIN]


class Designation(models.Model):
    """A champion lets somebody else of the hospital vote in one ballot."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    named_at = models.DateTimeField(default=timezone.now)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "public_id", "collaborative", "participation", "ballot", "named_at", "ended_at"), FieldClass.KEY
        ),
        **dict.fromkeys(("person", "named_by"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="ballots_designation_public_id"),
            models.UniqueConstraint(
                fields=["participation", "ballot"], condition=Q(ended_at=None), name="ballots_designation_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} votes in {self.ballot_id}"


class Vote(models.Model):
    """What one hospital voted. The first vote stands; the database refuses a second and one outside the window."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+", db_index=False)
    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="votes", db_index=False)
    option = models.CharField(max_length=100)
    cast_at = models.DateTimeField(default=timezone.now)
    cast_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=200, help_text="Of who cast it, as it was then.")

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "participation", "ballot", "cast_at"), FieldClass.KEY),
        "option": FieldClass.HOSPITAL,
        **dict.fromkeys(("cast_by", "name"), FieldClass.PERSON),
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "participation"], name="ballots_vote_once")]

    def __str__(self) -> str:
        return f"vote in {self.ballot_id}"


class Result(models.Model):
    """What a ballot decided: counted once, when its window was over. Never changed."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+", db_index=False)
    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="results", db_index=False)
    eligible = models.PositiveSmallIntegerField(help_text="Hospitals that were active from the opening to the close.")
    votes = models.PositiveSmallIntegerField()
    counts = models.JSONField(help_text="Votes of each option, in the order of the options.")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    option = models.CharField(max_length=100, blank=True)
    counted_at = models.DateTimeField(default=timezone.now)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "ballot", "counted_at"), FieldClass.KEY),
        **dict.fromkeys(("eligible", "votes", "counts", "outcome", "option"), FieldClass.PROGRAMME),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collaborative", "ballot"], name="ballots_result_once"),
            models.CheckConstraint(condition=Q(votes__lte=F("eligible")), name="ballots_result_votes_of_eligible"),
        ]

    def __str__(self) -> str:
        return self.outcome


class Policy(models.Model):
    """What a collaborative decides by ballot only."""

    collaborative = models.OneToOneField(Collaborative, on_delete=models.PROTECT, related_name="+")
    measures = models.BooleanField(
        default=False, help_text="A measure's version is published after a ballot approves it."
    )
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "set_at"), FieldClass.KEY),
        "measures": FieldClass.PROGRAMME,
        "set_by": FieldClass.PERSON,
    }

    def __str__(self) -> str:
        return f"ballots of {self.collaborative_id}"
