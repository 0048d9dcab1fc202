"""A person's own exercises and attempts, and what came of them."""

from dataclasses import dataclass
from typing import TypeAlias

from cases.training.definition.scoring import Comparison, Tally, compare
from cases.training.models import Attempt, Certificate, Exercise
from cases.training.selectors.area import tally_of
from cases.training.selectors.words import in_words
from privacy.roles import Permission
from privacy.viewer import Viewer, require


ViewedExercise: TypeAlias = Exercise  # the name for views, which may hold an exercise but not look one up
ViewedAttempt: TypeAlias = Attempt


@dataclass(frozen=True, kw_only=True)
class FeedbackRow:
    """One scored question. In an exam that was not passed the right answer stays in the centre's hands."""

    name: str
    label: str
    tier: int
    given: str
    reference: str
    agrees: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Feedback:
    exercise: Exercise
    rows: tuple[FeedbackRow, ...]
    tally: Tally
    is_open: bool

    @property
    def differing(self) -> tuple[FeedbackRow, ...]:
        return tuple(row for row in self.rows if not row.agrees)


def exercise_for(viewer: Viewer, public_id: str) -> Exercise | None:
    """Only the person's own."""
    require(viewer, Permission.TRAINING_TAKE)
    found = Exercise.objects.filter(
        participation_id=viewer.participation_id or 0, taker_id=viewer.user_id, public_id=public_id
    )
    return found.select_related("test_case__form_version__form", "attempt__exam", "collaborative").first()


def feedback_of(exercise: Exercise) -> Feedback:
    """Question by question. Right answers and reasons are told after practice, and after an exam that was passed."""
    attempt = exercise.attempt
    is_open = attempt is None or attempt.passed is True
    case = exercise.test_case
    comparisons = compare(case.form_version.definition, reference=case.reference, given=exercise.values)
    rows = tuple(_row(each, case.explanations, is_open=is_open) for each in comparisons)
    return Feedback(exercise=exercise, rows=rows, tally=tally_of(exercise), is_open=is_open)


def _row(comparison: Comparison, explanations: dict[str, str], *, is_open: bool) -> FeedbackRow:
    variable = comparison.variable
    return FeedbackRow(
        name=variable.name,
        label=variable.label,
        tier=variable.tier,
        given=in_words(variable, comparison.given),
        reference=in_words(variable, comparison.reference) if is_open else "",
        agrees=comparison.agrees,
        why=explanations.get(variable.name, "") if is_open else "",
    )


@dataclass(frozen=True, kw_only=True)
class AttemptPage:
    attempt: Attempt
    exercises: tuple[Exercise, ...]
    feedback: tuple[Feedback, ...]
    certificate_number: str

    @property
    def tier_1(self) -> Tally:
        return Tally(scored=self.attempt.tier_1_scored, agreeing=self.attempt.tier_1_agreeing)

    @property
    def tier_2(self) -> Tally:
        return Tally(scored=self.attempt.tier_2_scored, agreeing=self.attempt.tier_2_agreeing)


def attempt_for(viewer: Viewer, public_id: str) -> Attempt | None:
    """Only the person's own."""
    require(viewer, Permission.TRAINING_TAKE)
    found = Attempt.objects.filter(
        participation_id=viewer.participation_id or 0, taker_id=viewer.user_id, public_id=public_id
    )
    return found.select_related("exam__form").first()


def attempt_page(viewer: Viewer, attempt: Attempt) -> AttemptPage:
    """What is still to do, or the result with what differed."""
    require(viewer, Permission.TRAINING_TAKE)
    rows = attempt.exercises.select_related("test_case__form_version__form").order_by("pk")
    exercises = tuple(rows)
    for each in exercises:
        each.attempt = attempt
    feedback = tuple(feedback_of(each) for each in exercises) if attempt.finished_at else ()
    return AttemptPage(
        attempt=attempt, exercises=exercises, feedback=feedback, certificate_number=_certificate_number(attempt)
    )


def _certificate_number(attempt: Attempt) -> str:
    issued = Certificate.objects.filter(attempt=attempt).values_list("public_id", flat=True)
    return issued.first() or ""
