"""Practise a test case, take an exam. Answers are kept in the training area, and nowhere else."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.selectors.clock import today_of
from cases.training.definition.scoring import Comparison, Score, Tally, compare, score_of
from cases.training.enums import MaterialState, Purpose
from cases.training.errors import (
    ExerciseProblemsError,
    ModulesUnreadError,
    NotOpenError,
    SubmittedError,
    TooSoonError,
)
from cases.training.models import Attempt, Exam, Exercise, TestCase
from cases.training.selectors.reading import unread_modules
from cases.training.services.asking import require_taker
from cases.training.services.certifying import issue_certificate
from collaboratives.models import Collaborative
from events.enums import EventKind
from events.services import record_event
from measures.definition.answers import Answers, to_json
from measures.definition.check import calculate, check, clear
from measures.definition.spec import Severity
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer


@transaction.atomic
def begin_practice(*, test_case: TestCase, by: Viewer) -> Exercise:
    """Open a test case to practise, or go on where this person left it."""
    hospital = require_taker(by, test_case.collaborative_id)
    if test_case.purpose != Purpose.PRACTICE or test_case.state != MaterialState.PUBLISHED:
        raise NotOpenError("This test case")
    mine = Exercise.objects.filter(participation_id=hospital, taker_id=by.user_id, test_case=test_case)
    begun = mine.filter(attempt=None, submitted_at=None)
    if open_one := begun.first():
        return open_one
    try:
        with transaction.atomic():
            return _begin(test_case, None, hospital, by)
    except IntegrityError:  # the button was pressed twice
        return begun.get()


@transaction.atomic
def begin_attempt(*, exam: Exam, by: Viewer) -> Attempt:
    """Begin an exam, or go on with the one begun.

    Raises
    ------
    ModulesUnreadError
        A module of the form has not been read in its latest version.
    TooSoonError
        The last attempt failed, and the time to learn is not over.
    """
    hospital = require_taker(by, exam.collaborative_id)
    mine = Attempt.objects.filter(participation_id=hospital, taker_id=by.user_id, exam=exam)
    if open_one := mine.filter(finished_at=None).first():
        return open_one
    if exam.state != MaterialState.PUBLISHED:
        raise NotOpenError("This exam")
    if unread := unread_modules(by, exam.form_id):
        raise ModulesUnreadError([each.title for each in unread])
    _refuse_too_soon(exam, mine.first())
    try:
        with transaction.atomic():
            return _begin_attempt(exam, hospital, by)
    except IntegrityError:  # the button was pressed twice
        return mine.get(finished_at=None)


def _begin_attempt(exam: Exam, hospital: int, by: Viewer) -> Attempt:
    attempt = Attempt.objects.create(
        collaborative_id=by.collaborative_id, participation_id=hospital, exam=exam, taker_id=by.user_id
    )
    for each in exam.cases.select_related("test_case__form_version"):
        _begin(each.test_case, attempt, hospital, by)
    record_event(EventKind.EXAM_BEGUN, by=by, subject=attempt, participation_id=hospital)
    return attempt


def _refuse_too_soon(exam: Exam, last: Attempt | None) -> None:
    if last is None or last.passed or last.finished_at is None:
        return
    again = last.finished_at + timedelta(hours=exam.wait_hours)
    if timezone.now() < again:
        raise TooSoonError(again, Collaborative.objects.get(pk=exam.collaborative_id).time_zone)


def _begin(test_case: TestCase, attempt: Attempt | None, hospital: int, by: Viewer) -> Exercise:
    """Only the day of the event is given, for it says which questions are asked."""
    spec = test_case.form_version.definition
    given = Answers({spec.event_date: test_case.reference.values[spec.event_date]})
    stored = to_json(calculate(spec, given))
    exercise = Exercise.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=hospital,
        test_case=test_case,
        attempt=attempt,
        taker_id=by.user_id,
        answers=stored.answers,
        missing=stored.missing,
    )
    record_event(EventKind.EXERCISE_SAVED, by=by, subject=exercise, participation_id=hospital)
    return exercise


@transaction.atomic
def save_exercise(*, exercise: Exercise, answers: Answers, by: Viewer) -> Exercise:
    """Keep the answers so far, whatever is wrong in them."""
    exercise = _own(exercise, by)
    _keep(exercise, answers)
    exercise.save(update_fields=["answers", "missing", "saved_at"])
    record_event(EventKind.EXERCISE_SAVED, by=by, subject=exercise, participation_id=exercise.participation_id)
    return exercise


@transaction.atomic
def submit_exercise(*, exercise: Exercise, answers: Answers, by: Viewer) -> Exercise:
    """Score the answers. The last exercise of an attempt ends it.

    Raises
    ------
    ExerciseProblemsError
        What would keep a real case from being complete; nothing is scored.
    """
    exercise = _own(exercise, by)
    spec = exercise.test_case.form_version.definition
    found = check(spec, answers, today=today_of(exercise.collaborative))
    if wrong := [each for each in found if each.severity is Severity.ERROR]:
        raise ExerciseProblemsError(wrong)
    _keep(exercise, clear(spec, answers))
    comparisons = compared(exercise)
    exercise.scored = [each.variable.name for each in comparisons]
    exercise.disagreeing = [each.variable.name for each in comparisons if not each.agrees]
    exercise.submitted_at = exercise.saved_at
    exercise.save()
    record_event(EventKind.EXERCISE_SUBMITTED, by=by, subject=exercise, participation_id=exercise.participation_id)
    if exercise.attempt and not exercise.attempt.exercises.filter(submitted_at=None).exists():
        _finish(exercise.attempt, by)
    return exercise


def _keep(exercise: Exercise, answers: Answers) -> None:
    stored = to_json(calculate(exercise.test_case.form_version.definition, answers))
    exercise.answers, exercise.missing, exercise.saved_at = stored.answers, stored.missing, timezone.now()


def _own(exercise: Exercise, by: Viewer) -> Exercise:
    hospital = require_taker(by, exercise.collaborative_id)
    if (exercise.participation_id, exercise.taker_id) != (hospital, by.user_id):
        raise PermissionRefusedError(Permission.TRAINING_TAKE)
    if exercise.attempt_id:  # the attempt first: two last exercises submitted at once end it once
        Attempt.objects.select_for_update(of=("self",)).get(pk=exercise.attempt_id)
    rows = Exercise.objects.select_for_update(of=("self",))
    held = rows.select_related("test_case__form_version", "attempt__exam", "collaborative").get(pk=exercise.pk)
    if held.submitted_at:
        raise SubmittedError
    return held


def _finish(attempt: Attempt, by: Viewer) -> None:
    exercises = attempt.exercises.select_related("test_case__form_version")
    score, exam = total_score(exercises), attempt.exam
    attempt.tier_1_scored, attempt.tier_1_agreeing = _counts(score.tier_1)
    attempt.tier_2_scored, attempt.tier_2_agreeing = _counts(score.tier_2)
    attempt.passed = score.passes(tier_1_percent=exam.tier_1_percent, tier_2_percent=exam.tier_2_percent)
    attempt.finished_at = timezone.now()
    attempt.save()
    details = {"passed": attempt.passed}
    record_event(
        EventKind.EXAM_FINISHED, by=by, subject=attempt, participation_id=attempt.participation_id, details=details
    )
    if attempt.passed:
        issue_certificate(attempt=attempt, by=by)


def _counts(tally: Tally) -> tuple[int, int]:
    return tally.scored, tally.agreeing


def compared(exercise: Exercise) -> tuple[Comparison, ...]:
    """Its scored questions, against the reference of its test case."""
    test_case = exercise.test_case
    spec = test_case.form_version.definition
    return compare(spec, reference=test_case.reference, given=exercise.values)


def total_score(exercises: Iterable[Exercise]) -> Score:
    """All questions of all cases together, tier by tier."""
    return sum((score_of(compared(each)) for each in exercises), Score())
