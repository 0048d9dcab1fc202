"""Modules, exams, attempts and certificates: what has to come first, what passes, what can never change again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from cases.training.enums import MaterialState, Purpose
from cases.training.errors import (
    ExerciseProblemsError,
    MaterialFrozenError,
    MaterialIncompleteError,
    ModulesUnreadError,
    NotOpenError,
    SubmittedError,
    TooSoonError,
)
from cases.training.models import Attempt, Certificate, Exam, Exercise, TestCase
from cases.training.selectors.exercises import feedback_of
from cases.training.services.charts import keep_reference, publish_test_case, retire_test_case
from cases.training.services.exams import ExamTerms, publish_exam, retire_exam, write_exam
from cases.training.services.modules import ModuleText, publish_module, read_module, retire_module, write_module
from cases.training.services.taking import begin_attempt, begin_practice, save_exercise, submit_exercise
from events.models import Event
from measures.definition.answers import Answers
from privacy.viewer import PermissionRefusedError, Viewer
from tests.world import World
from tests.worlds import definitions, training
from tests.worlds.training import NO, REFERENCE, WHY_WORD


WRONG_KEY = REFERENCE.with_answer("ssi", NO)


def exam_of(world: World, **terms: object) -> Exam:
    """The exam of the world with other terms, in its place."""
    with world.acting_as("cora") as cora:
        cases = [training.test_case("exam_1"), training.test_case("exam_2")]
        exam = write_exam(form=definitions.form(), terms=ExamTerms(name="Other", test_cases=cases, **terms), by=cora)  # type: ignore[arg-type]  # whatever the test says
        return publish_exam(exam=exam, by=cora)


def failed_attempt(by: Viewer, exam: Exam, *, hours_ago: float) -> Attempt:
    moment = timezone.now() - timedelta(hours=hours_ago)
    return Attempt.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id,
        exam=exam,
        taker_id=by.user_id,
        started_at=moment,
        finished_at=moment,
        passed=False,
    )


def test_every_module_is_read_before_the_exam(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        with pytest.raises(ModulesUnreadError, match="Begin here"):
            begin_attempt(exam=training.exam(), by=by)
        read_module(module=training.module(), by=by)
        assert begin_attempt(exam=training.exam(), by=by).finished_at is None


def test_a_new_version_is_read_again_and_a_retired_module_by_nobody(world: World) -> None:
    with world.acting_as("cora") as cora:
        words = ModuleText(title="Begin here", text="Changed.", position=1)
        module = write_module(form=definitions.form(), module=training.module(), words=words, by=cora)
        assert publish_module(module=module, by=cora).number == 2
    with world.acting_as("alder.abstractor") as by, pytest.raises(ModulesUnreadError):
        begin_attempt(exam=training.exam(), by=by)
    with world.acting_as("cora") as cora:
        retire_module(module=training.module(), by=cora)
    with world.acting_as("alder.abstractor") as by:
        assert begin_attempt(exam=training.exam(), by=by)


def test_failing_gives_no_certificate_and_no_right_answers(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        attempt = training.take_exam(by, WRONG_KEY)
        (feedback, _) = [feedback_of(each) for each in training.exercises(attempt)]
        held = Certificate.objects.filter(holder_id=by.user_id).count()

    assert (attempt.passed, attempt.tier_1_scored, attempt.tier_1_agreeing, held) == (False, 2, 0, 0)
    assert (attempt.tier_2_scored, attempt.tier_2_agreeing) == (18, 18)
    assert [row.name for row in feedback.differing] == ["ssi"]
    assert {row.reference + row.why for row in feedback.rows} == {""}


def test_passing_gives_a_certificate_with_right_answers_and_reasons(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        attempt = training.take_exam(by)
        certificate = Certificate.objects.get(attempt=attempt)
        (feedback, _) = [feedback_of(each) for each in training.exercises(attempt)]
        kinds = list(Event.objects.filter(actor_id=by.user_id).order_by("-pk").values_list("kind", flat=True)[:2])
    days = (certificate.valid_until - certificate.issued_on).days

    assert (attempt.passed, certificate.renews, days in {365, 366}) == (True, None, True)
    assert kinds == ["certificate_issued", "exam_finished"]
    assert [row.why for row in feedback.rows if row.name == "ssi"] == [f"Pus is an infection ({WHY_WORD})."]


@pytest.mark.parametrize(("wrong", "passed"), [(1, True), (2, False)])
def test_the_threshold_is_over_all_cases_together(world: World, wrong: int, *, passed: bool) -> None:
    """Of 18 answers 90 % are 16.2: one wrong passes, two do not, in whichever of the cases they are."""
    with world.acting_as("alder.sampler") as by:
        attempt = training.begin(by)
        for place, each in enumerate(training.exercises(attempt)):
            answers = REFERENCE.with_answer("age", 70) if place < wrong else REFERENCE
            submit_exercise(exercise=each, answers=answers, by=by)
        attempt.refresh_from_db()

    assert (attempt.tier_2_scored - attempt.tier_2_agreeing, attempt.passed) == (wrong, passed)


def test_a_hundred_per_cent_means_all(world: World) -> None:
    exam_of(world, tier_2_percent=Decimal(100))
    training_exam = Exam.objects.filter(name="Other")
    with world.acting_as("alder.sampler") as by:
        read_module(module=training.module(), by=by)
        attempt = begin_attempt(exam=training_exam.get(), by=by)
        answers = [REFERENCE, REFERENCE.with_answer("weight", None)]
        for each, given in zip(training.exercises(attempt), answers, strict=True):
            submit_exercise(exercise=each, answers=given, by=by)
        attempt.refresh_from_db()

    assert (attempt.tier_2_agreeing, attempt.tier_2_scored, attempt.passed) == (17, 18, False)


def test_after_failing_there_is_time_to_learn(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        read_module(module=training.module(), by=by)
        exam = training.exam()
        failed_attempt(by, exam, hours_ago=23.98)
        with pytest.raises(TooSoonError, match="You can try again from"):
            begin_attempt(exam=exam, by=by)
    with world.acting_as("birch.sampler") as by:
        read_module(module=training.module(), by=by)
        failed_attempt(by, exam, hours_ago=24.01)
        assert begin_attempt(exam=exam, by=by)


def test_without_a_wait_one_tries_again_at_once(world: World) -> None:
    exam = exam_of(world, wait_hours=0)
    with world.acting_as("alder.sampler") as by:
        read_module(module=training.module(), by=by)
        failed_attempt(by, exam, hours_ago=0)
        assert begin_attempt(exam=exam, by=by)


def test_beginning_twice_goes_on(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        first = training.begin(by)
        assert begin_attempt(exam=training.exam(), by=by).pk == first.pk
        practice = begin_practice(test_case=training.test_case("practice"), by=by)
        assert begin_practice(test_case=training.test_case("practice"), by=by).pk == practice.pk


def test_passing_again_renews(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        before = Certificate.objects.get(holder_id=by.user_id)
        after = Certificate.objects.get(attempt=training.take_exam(by))

    assert (after.renews_id, after.valid_until >= before.valid_until) == (before.pk, True)


def test_the_day_of_the_event_is_all_that_is_given(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        (exercise, _) = training.exercises(training.begin(by))

    assert (exercise.answers, exercise.missing) == ({"operation_date": "2026-03-02"}, {})


def test_answers_that_no_case_could_have_are_not_submitted(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        exercise = begin_practice(test_case=training.test_case("practice"), by=by)
        with pytest.raises(ExerciseProblemsError) as refused:
            submit_exercise(exercise=exercise, answers=REFERENCE.with_answer("age", None), by=by)
        exercise.refresh_from_db()

    assert [each.rule for each in refused.value.findings] == ["required"]
    assert (exercise.submitted_at, exercise.scored) == (None, [])


def test_submitted_answers_and_finished_attempts_stand(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        attempt = training.take_exam(by, WRONG_KEY)
        exercise = training.exercises(attempt)[0]
        with pytest.raises(SubmittedError):
            save_exercise(exercise=exercise, answers=REFERENCE, by=by)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Exercise.objects.filter(pk=exercise.pk).update(answers={})
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(passed=True)
        certificates = Certificate.objects.filter(holder_id=by.user_id)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            certificates.update(valid_until="2099-01-01")


def test_nobody_answers_for_another(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        exercise = begin_practice(test_case=training.test_case("practice"), by=by)
    with world.acting_as("alder.abstractor") as other, pytest.raises(PermissionRefusedError):
        save_exercise(exercise=exercise, answers=REFERENCE, by=other)


def test_an_exam_case_cannot_be_practised(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        for name in ("exam_1", "draft_case"):
            with pytest.raises(NotOpenError):
                begin_practice(test_case=training.test_case(name), by=by)


# What the centre writes -----------------------------------------------------------------------------------------------


def test_published_material_is_frozen(world: World) -> None:
    with world.acting_as("cora") as cora:
        with pytest.raises(MaterialFrozenError, match="This test case is published"):
            keep_reference(test_case=training.test_case("practice"), answers=Answers(), by=cora)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            TestCase.objects.filter(title="Practice one").update(answers={})
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Exam.objects.filter(name="Entry exam").update(tier_1_percent=1)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (Answers(), "not complete"),
        (REFERENCE.with_answer("age", 300), "300 is more than 110"),
        (REFERENCE.with_answer("operation_date", None), "Date of operation"),
    ],
)
def test_wrong_right_answers_are_not_published(world: World, reference: Answers, words: str) -> None:
    with world.acting_as("cora") as cora:
        draft = training.write_case("Wrong", Purpose.EXAM, cora, reference)
        with pytest.raises(MaterialIncompleteError, match=words):
            publish_test_case(test_case=draft, by=cora)


def test_one_exam_of_a_form_is_open(world: World) -> None:
    other = exam_of(world)
    with world.acting_as("cora"):
        states = dict(Exam.objects.values_list("name", "state"))

    assert (states["Entry exam"], other.state) == (MaterialState.RETIRED, MaterialState.PUBLISHED)
    with world.acting_as("alder.abstractor") as by, pytest.raises(NotOpenError):
        begin_attempt(exam=training.exam(), by=by)


def test_an_exam_holds_published_cases_for_exams_of_its_form(world: World) -> None:
    with world.acting_as("cora") as cora:
        for names in ((), ("practice",), ("draft_case",)):
            cases = [training.test_case(name) for name in names]
            with pytest.raises(MaterialIncompleteError):
                write_exam(form=definitions.form(), terms=ExamTerms(name="X", test_cases=cases), by=cora)


def test_a_case_of_the_open_exam_stays_in_use(world: World) -> None:
    with world.acting_as("cora") as cora:
        with pytest.raises(MaterialIncompleteError, match="Entry exam uses"):
            retire_test_case(test_case=training.test_case("exam_1"), by=cora)
        retire_exam(exam=training.exam(), by=cora)
        assert retire_test_case(test_case=training.test_case("exam_1"), by=cora).state == MaterialState.RETIRED


def test_hospitals_do_not_write_and_the_centre_does_not_take(world: World) -> None:
    with world.acting_as("alder.abstractor") as by, pytest.raises(PermissionRefusedError):
        retire_exam(exam=training.exam(), by=by)
    with world.acting_as("cora") as cora, pytest.raises(PermissionRefusedError):
        begin_practice(test_case=training.test_case("practice"), by=cora)
