"""Exams: which test cases, and how many answers must agree. One can be taken for each form at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from cases.training.enums import MaterialState, Purpose
from cases.training.errors import MaterialFrozenError, MaterialIncompleteError
from cases.training.models import CertificationRule, Exam, ExamCase, TestCase
from cases.training.services.asking import require_centre
from cases.training.validators import LONGEST_TITLE, clean_words
from events.enums import EventKind
from events.services import record_event
from measures.models import Form
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class ExamTerms:
    name: str
    test_cases: Sequence[TestCase]
    tier_1_percent: Decimal = Decimal(95)
    tier_2_percent: Decimal = Decimal(90)
    wait_hours: int = 24
    valid_months: int = 12


@transaction.atomic
def write_exam(*, form: Form, terms: ExamTerms, by: Viewer) -> Exam:
    """Put an exam together. It can be taken once it is published.

    Raises
    ------
    MaterialIncompleteError
        No test case, or one that is open for practice, not published, or of another form.
    """
    require_centre(by, form.collaborative_id)
    _refuse_wrong_cases(form, terms.test_cases)
    exam = Exam.objects.create(
        collaborative_id=form.collaborative_id,
        form=form,
        name=clean_words(terms.name, "The name", LONGEST_TITLE),
        tier_1_percent=terms.tier_1_percent,
        tier_2_percent=terms.tier_2_percent,
        wait_hours=terms.wait_hours,
        valid_months=terms.valid_months,
        written_by_id=by.user_id,
    )
    for position, test_case in enumerate(terms.test_cases, 1):
        ExamCase.objects.create(
            collaborative_id=exam.collaborative_id, exam=exam, test_case=test_case, position=position
        )
    record_event(EventKind.TRAINING_WRITTEN, by=by, subject=exam)
    return exam


def _refuse_wrong_cases(form: Form, test_cases: Sequence[TestCase]) -> None:
    if not test_cases:
        raise MaterialIncompleteError("An exam needs at least one test case. Publish one for exams first.")
    for each in test_cases:
        if each.form_version.form_id != form.pk:
            raise MaterialIncompleteError(f"{each.title} belongs to another form.")
        if each.purpose != Purpose.EXAM or each.state != MaterialState.PUBLISHED:
            raise MaterialIncompleteError(f"{each.title} is not a published test case for exams.")


@transaction.atomic
def publish_exam(*, exam: Exam, by: Viewer) -> Exam:
    """Open it to everybody; the exam of the same form that was open before is taken out of use."""
    require_centre(by, exam.collaborative_id)
    Form.objects.select_for_update().get(pk=exam.form_id)  # two exams of a form are published one after the other
    exam = Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    if exam.state != MaterialState.DRAFT:
        raise MaterialFrozenError("This exam")
    retired = exam.cases.exclude(test_case__state=MaterialState.PUBLISHED).select_related("test_case").first()
    if retired:
        raise MaterialIncompleteError(
            f"{retired.test_case.title} was taken out of use since. Put the exam together anew."
        )
    for before in Exam.objects.filter(form_id=exam.form_id, state=MaterialState.PUBLISHED):
        _retire(before, by)
    exam.state, exam.published_at = MaterialState.PUBLISHED, timezone.now()
    exam.save(update_fields=["state", "published_at"])
    record_event(EventKind.TRAINING_PUBLISHED, by=by, subject=exam)
    return exam


@transaction.atomic
def retire_exam(*, exam: Exam, by: Viewer) -> Exam:
    """Take it out of use. Certificates stay valid; whoever is in it finishes it.

    Raises
    ------
    MaterialIncompleteError
        Certificates are asked for, and there would be no way left to one.
    """
    require_centre(by, exam.collaborative_id)
    exam = Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    rule = CertificationRule.objects.filter(form_id=exam.form_id).order_by("-pk").first()
    if exam.state == MaterialState.PUBLISHED and rule and rule.required:
        raise MaterialIncompleteError(
            "Only certified abstractors may enter cases of this form, and this exam is the way to a certificate. "
            "Publish another exam instead: it takes the place of this one."
        )
    if exam.state != MaterialState.RETIRED:
        _retire(exam, by)
    return exam


def _retire(exam: Exam, by: Viewer) -> None:
    exam.state = MaterialState.RETIRED
    exam.save(update_fields=["state"])
    record_event(EventKind.TRAINING_RETIRED, by=by, subject=exam)
