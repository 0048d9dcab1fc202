"""The training area of the demo: the centre's material, and a year of people who were certified, or not yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cases.training.definition.scoring import months_later
from cases.training.enums import Purpose
from cases.training.models import Attempt, Certificate, Exam, Exercise, ModuleReading, ModuleVersion, TestCase
from cases.training.services.charts import (
    TestCaseText,
    begin_test_case,
    explain_answers,
    keep_reference,
    publish_test_case,
)
from cases.training.services.exams import ExamTerms, publish_exam, write_exam
from cases.training.services.modules import ModuleText, publish_module, write_module
from cases.training.services.taking import compared, total_score
from collaboratives.models import Participation
from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.charts import EXAM, MODULES, PRACTICE, Chart
from config.demo.people import Cast
from measures.definition.answers import from_json
from measures.models import FormVersion
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import acting


# At this hospital the abstractor has everything before them.
NEWCOMER = "northgate"
# Of every so many abstractors one has not taken the exam, and one was certified longer ago than a certificate counts.
NEVER, LONG_AGO = 7, 9


@dataclass(frozen=True)
class Material:
    exam: Exam
    cases: Sequence[TestCase]
    modules: Sequence[ModuleVersion]


def write_training(cast: Cast) -> int:
    """How many people hold a certificate."""
    by = cast.viewer(Role.COORDINATOR, SURGERY)
    with acting(acting_for(by)), transaction.atomic():
        material = _write(by)
    others = [(key, place) for (slug, key), place in cast.participations.items() if slug == SURGERY and key != NEWCOMER]
    certified = 0
    for number, (key, place) in enumerate(others):
        user = cast.users[f"{Role.ABSTRACTOR}@{key}.example"]
        if number % NEVER:
            months = 14 if number % LONG_AGO == 0 else number % 11
            with acting(acting_for(_abstractor(by, place, user.pk))), transaction.atomic():
                _certify(material, place, user.pk, months)
            certified += 1
    return certified


def _abstractor(centre: Viewer, place: Participation, user_id: int) -> Viewer:
    return Viewer(
        user_id=user_id,
        name="",
        capacity=Role.ABSTRACTOR.capacity,
        collaborative_id=centre.collaborative_id,
        collaborative_slug=centre.collaborative_slug,
        participation_id=place.pk,
        roles=frozenset({Role.ABSTRACTOR}),
    )


def _write(by: Viewer) -> Material:
    version = (
        FormVersion.objects.filter(form__slug="operation", status="published").select_related("form").latest("number")
    )
    versions = []
    for position, (title, text) in enumerate(MODULES, 1):
        words = ModuleText(title=title, text=text, position=position)
        module = write_module(form=version.form, module=None, words=words, by=by)
        versions.append(publish_module(module=module, by=by))
    _chart(PRACTICE, Purpose.PRACTICE, version, by)
    cases = [_chart(each, Purpose.EXAM, version, by) for each in EXAM]
    exam = write_exam(form=version.form, terms=ExamTerms(name="Entry exam for abstractors", test_cases=cases), by=by)
    return Material(publish_exam(exam=exam, by=by), cases, versions)


def _chart(chart: Chart, purpose: Purpose, version: FormVersion, by: Viewer) -> TestCase:
    words = TestCaseText(title=chart.title, chart=chart.text, purpose=purpose)
    made = begin_test_case(form_version=version, words=words, by=by)
    made = keep_reference(test_case=made, answers=from_json(version.definition, chart.answers, chart.missing), by=by)
    made = explain_answers(test_case=made, explanations=chart.why, by=by)
    return publish_test_case(test_case=made, by=by)


def _certify(material: Material, place: Participation, user_id: int, months: int) -> None:
    """As the services would have written it then."""
    moment = timezone.now() - timedelta(days=30 * months + 3)
    for version in material.modules:
        ModuleReading.objects.create(
            collaborative_id=place.collaborative_id,
            participation=place,
            module_version=version,
            reader_id=user_id,
            read_at=moment,
        )
    attempt = Attempt(
        collaborative_id=place.collaborative_id,
        participation=place,
        exam=material.exam,
        taker_id=user_id,
        started_at=moment - timedelta(hours=2),
        finished_at=moment,
        passed=True,
    )
    done = [_exercise(case, attempt, wrong) for case, wrong in zip(material.cases, _slips(months), strict=False)]
    score = total_score(done)
    attempt.tier_1_scored, attempt.tier_1_agreeing = score.tier_1.scored, score.tier_1.agreeing
    attempt.tier_2_scored, attempt.tier_2_agreeing = score.tier_2.scored, score.tier_2.agreeing
    attempt.save()
    for each in done:
        each.save()
    Certificate.objects.create(
        collaborative_id=place.collaborative_id,
        participation=place,
        form_id=material.exam.form_id,
        attempt=attempt,
        holder_id=user_id,
        issued_on=moment.date(),
        valid_until=months_later(moment.date(), material.exam.valid_months),
    )


def _slips(months: int) -> Iterable[tuple[str, ...]]:
    """What this person answered otherwise than the reference: a question or two that are no key questions."""
    return (("blood_loss_ml",) if months % 2 else (), ("smoker",) if months % 3 == 0 else ())


def _exercise(case: TestCase, attempt: Attempt, wrong: tuple[str, ...]) -> Exercise:
    answers = dict(case.answers)
    for name in wrong:
        answers[name] = not answers[name] if isinstance(answers[name], bool) else answers[name] + 100
    exercise = Exercise(
        collaborative_id=attempt.collaborative_id,
        participation=attempt.participation,
        test_case=case,
        attempt=attempt,
        taker_id=attempt.taker_id,
        answers=answers,
        missing=dict(case.missing),
        started_at=attempt.started_at,
        saved_at=attempt.finished_at or attempt.started_at,
        submitted_at=attempt.finished_at,
    )
    comparisons = compared(exercise)
    exercise.scored = [each.variable.name for each in comparisons]
    exercise.disagreeing = [each.variable.name for each in comparisons if not each.agrees]
    return exercise
