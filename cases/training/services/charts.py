"""Test cases: an invented chart, the right answers, and why they are right. Frozen when published."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cases.training.definition.scoring import scored_questions
from cases.training.enums import MaterialState, Purpose
from cases.training.errors import MaterialFrozenError, MaterialIncompleteError
from cases.training.models import ExamCase, TestCase
from cases.training.services.asking import require_centre
from cases.training.validators import LONGEST_TEXT, LONGEST_TITLE, LONGEST_WHY, clean_words
from events.enums import EventKind
from events.services import record_event
from measures.definition.answers import Answers, to_json
from measures.definition.check import calculate, check, clear
from measures.definition.spec import FormSpec, Severity
from measures.enums import VersionStatus
from measures.models import FormVersion
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer


@dataclass(frozen=True, kw_only=True)
class TestCaseText:
    __test__ = False  # pytest would take the name for a class of tests

    title: str
    chart: str
    purpose: Purpose


@transaction.atomic
def begin_test_case(*, form_version: FormVersion, words: TestCaseText, by: Viewer) -> TestCase:
    """Begin a test case under the questions of one published version."""
    require_centre(by, form_version.collaborative_id)
    if form_version.status != VersionStatus.PUBLISHED:
        raise PermissionRefusedError(Permission.TRAINING_MANAGE)
    made = TestCase(collaborative_id=by.collaborative_id, form_version=form_version)
    return _write(made, words, by)


@transaction.atomic
def write_test_case(*, test_case: TestCase, words: TestCaseText, by: Viewer) -> TestCase:
    """Change what the record says."""
    return _write(_draft(test_case, by), words, by)


def _write(test_case: TestCase, words: TestCaseText, by: Viewer) -> TestCase:
    test_case.title = clean_words(words.title, "The title", LONGEST_TITLE)
    test_case.chart = clean_words(words.chart, "What the record says", LONGEST_TEXT)
    test_case.purpose = words.purpose
    return _kept(test_case, by)


@transaction.atomic
def keep_reference(*, test_case: TestCase, answers: Answers, by: Viewer) -> TestCase:
    """Keep the right answers, finished or not."""
    test_case = _draft(test_case, by)
    stored = to_json(calculate(test_case.form_version.definition, answers))
    test_case.answers, test_case.missing = stored.answers, stored.missing
    return _kept(test_case, by)


@transaction.atomic
def explain_answers(*, test_case: TestCase, explanations: Mapping[str, str], by: Viewer) -> TestCase:
    """Say for questions why their answer is right; an empty text takes the words back."""
    test_case = _draft(test_case, by)
    known = test_case.form_version.definition.by_name
    words = {name: text.strip()[:LONGEST_WHY] for name, text in explanations.items() if name in known}
    test_case.explanations = {name: text for name, text in words.items() if text}
    return _kept(test_case, by)


@transaction.atomic
def publish_test_case(*, test_case: TestCase, by: Viewer) -> TestCase:
    """Freeze it and let people meet it.

    Raises
    ------
    MaterialIncompleteError
        The right answers would not pass the checks of a real case, or there is nothing to score.
    """
    test_case = _draft(test_case, by)
    spec = test_case.form_version.definition
    _refuse_incomplete(spec, test_case.reference)
    stored = to_json(clear(spec, test_case.reference))
    test_case.answers, test_case.missing = stored.answers, stored.missing
    test_case.state = MaterialState.PUBLISHED
    test_case.published_at, test_case.published_by_id = timezone.now(), by.user_id
    test_case.save()
    record_event(EventKind.TRAINING_PUBLISHED, by=by, subject=test_case)
    return test_case


def _refuse_incomplete(spec: FormSpec, reference: Answers) -> None:
    wrong = [each for each in check(spec, reference) if each.severity is Severity.ERROR]
    if wrong:
        more = f" And {len(wrong) - 1} more." if len(wrong) > 1 else ""
        raise MaterialIncompleteError(f"The right answers are not complete: {wrong[0].message}{more}")
    if spec.event_date not in reference.values:
        raise MaterialIncompleteError(f"{spec.variable(spec.event_date).label} is not answered. It is given to people.")
    if not scored_questions(spec, reference):
        raise MaterialIncompleteError("None of the right answers can be scored. Answer more questions.")


@transaction.atomic
def retire_test_case(*, test_case: TestCase, by: Viewer) -> TestCase:
    """Take it out of use, unless the exam that people can take holds it. What was answered is kept."""
    require_centre(by, test_case.collaborative_id)
    test_case = TestCase.objects.select_for_update(of=("self",)).get(pk=test_case.pk)
    used = ExamCase.objects.filter(test_case=test_case, exam__state=MaterialState.PUBLISHED).select_related("exam")
    if found := used.first():
        raise MaterialIncompleteError(f"{found.exam.name} uses this test case. Take the exam out of use first.")
    if test_case.state != MaterialState.RETIRED:
        test_case.state = MaterialState.RETIRED
        test_case.save(update_fields=["state"])
        record_event(EventKind.TRAINING_RETIRED, by=by, subject=test_case)
    return test_case


def _draft(test_case: TestCase, by: Viewer) -> TestCase:
    require_centre(by, test_case.collaborative_id)
    held = TestCase.objects.select_for_update(of=("self",)).select_related("form_version").get(pk=test_case.pk)
    if held.state != MaterialState.DRAFT:
        raise MaterialFrozenError("This test case")
    return held


def _kept(test_case: TestCase, by: Viewer) -> TestCase:
    test_case.written_at, test_case.written_by_id = timezone.now(), by.user_id
    test_case.save()
    record_event(EventKind.TRAINING_WRITTEN, by=by, subject=test_case)
    return test_case
