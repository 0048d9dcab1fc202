from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case, new_public_id
from cases.questions.enums import Outcome, QuestionKind, QuestionState, Side, Step
from collaboratives.models import Collaborative, Participation
from measures.models import FormVersion
from privacy.fields import FieldClass


class Question(models.Model):
    """What a hospital asks the centre, or a query that the centre or a rule sends to a hospital."""

    public_id = models.CharField(max_length=10, default=new_public_id, editable=False)
    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=QuestionKind.choices)
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Null: a general question."
    )
    form_version = models.ForeignKey(
        FormVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="In force when asked."
    )
    variable = models.CharField(max_length=100, blank=True, help_text="Empty: the case as a whole, or none.")
    label = models.CharField(max_length=300, blank=True, help_text="Of the variable, as it was when asked.")
    rule = models.CharField(max_length=150, blank=True, help_text="Key of the reason that would answer it.")
    text = models.TextField()
    state = models.CharField(max_length=8, choices=QuestionState.choices, default=QuestionState.OPEN)
    waiting_for = models.CharField(max_length=8, choices=Side.choices, blank=True, help_text="Empty: closed.")
    waiting_since = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Null: a rule."
    )
    answered_at = models.DateTimeField(null=True, blank=True, help_text="The first answer.")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    promoted_at = models.DateTimeField(null=True, blank=True)
    promoted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    promoted_to = models.ForeignKey(
        FormVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The draft it went to.",
    )

    field_classes: ClassVar = {
        **dict.fromkeys(
            (
                "id",
                "public_id",
                "collaborative",
                "participation",
                "kind",
                "case",
                "form_version",
                "variable",
                "rule",
                "state",
                "waiting_for",
                "waiting_since",
                "outcome",
                "asked_at",
                "answered_at",
                "closed_at",
                "promoted_at",
                "promoted_to",
            ),
            FieldClass.KEY,
        ),
        **dict.fromkeys(("asked_by", "answered_by", "closed_by", "assigned_to", "promoted_by"), FieldClass.PERSON),
        "label": FieldClass.PUBLIC,
        "text": FieldClass.CLINICAL,
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "public_id"], name="questions_question_public_id"),
            models.UniqueConstraint(
                fields=["participation", "case", "variable", "rule"],
                condition=Q(kind=QuestionKind.QUERY) & ~Q(rule="") & ~Q(state=QuestionState.CLOSED),
                name="questions_question_one_per_rule",
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False, form_version__isnull=False)
                | Q(kind=QuestionKind.QUESTION, case=None, form_version=None, variable=""),
                name="questions_question_query_has_case",
            ),
            models.CheckConstraint(
                condition=Q(state=QuestionState.CLOSED, closed_at__isnull=False, waiting_for="", waiting_since=None)
                | (
                    ~Q(state=QuestionState.CLOSED)
                    & Q(closed_at=None, closed_by=None, waiting_since__isnull=False)
                    & ~Q(waiting_for="")
                ),
                name="questions_question_waits_until_closed",
            ),
            models.CheckConstraint(
                condition=Q(promoted_at=None, promoted_by=None, promoted_to=None)
                | Q(promoted_at__isnull=False, promoted_by__isnull=False, promoted_to__isnull=False),
                name="questions_question_promoted_together",
            ),
        ]
        indexes = [
            models.Index(fields=["participation", "-asked_at", "-id"], name="questions_by_hospital"),
            models.Index(fields=["collaborative", "-asked_at", "-id"], name="questions_by_collaborative"),
            models.Index(
                fields=["collaborative", "participation", "waiting_for"],
                condition=~Q(state=QuestionState.CLOSED),
                name="questions_not_closed",
            ),
            models.Index(fields=["case"], name="questions_by_case"),
            # The numbers of the tabs under any filter, and response times, without a look at the rows.
            models.Index(
                fields=["collaborative", "participation", "kind", "asked_at"],
                include=["state", "waiting_for", "variable", "answered_at"],
                name="questions_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Message(models.Model):
    """One step of a thread, with its words. Inserted, never edited."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="messages")
    step = models.CharField(max_length=12, choices=Step.choices)
    side = models.CharField(max_length=8, choices=Side.choices)
    text = models.TextField(blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    field_classes: ClassVar = {
        **dict.fromkeys(
            ("id", "collaborative", "participation", "question", "step", "side", "written_at"), FieldClass.KEY
        ),
        "text": FieldClass.CLINICAL,
        "written_by": FieldClass.PERSON,
    }

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["question", "id"], name="questions_message_in_order")]

    def __str__(self) -> str:
        return f"{self.step} of {self.question_id}"
