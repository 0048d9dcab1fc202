"""The training area as one person finds it: what to read, what to practise, the exam, the certificate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from django.utils import timezone

from cases.selectors.clock import in_zone, today_of
from cases.training.definition.scoring import Tally
from cases.training.enums import MaterialState, Purpose
from cases.training.models import Attempt, Certificate, Exam, Exercise, ModuleVersion, TestCase
from cases.training.selectors.certificates import is_required, last_certificate
from cases.training.selectors.reading import current_versions
from collaboratives.models import Collaborative
from measures.models import Form
from privacy.roles import Permission
from privacy.viewer import Viewer, require


# The names for views, which may hold a row but not look one up.
ViewedModule: TypeAlias = ModuleVersion
ViewedTestCase: TypeAlias = TestCase
ViewedExam: TypeAlias = Exam


@dataclass(frozen=True, kw_only=True)
class PracticeRow:
    """A test case to practise, and how it went last."""

    public_id: UUID
    title: str
    is_begun: bool
    last: Tally | None


@dataclass(frozen=True, kw_only=True)
class ExamPart:
    """An exam as one person stands to it. `again_from` is set while the time to learn runs."""

    exam: Exam
    case_count: int
    open_attempt: Attempt | None
    last: Attempt | None
    attempts: int
    again_from: datetime | None
    unread: tuple[ModuleVersion, ...]

    @property
    def may_begin(self) -> bool:
        return not (self.open_attempt or self.again_from or self.unread)


@dataclass(frozen=True, kw_only=True)
class FormPart:
    form: Form
    required: bool
    modules: tuple[ModuleVersion, ...]
    practice: tuple[PracticeRow, ...]
    exam: ExamPart | None
    certificate: Certificate | None
    is_certified: bool

    @property
    def is_empty(self) -> bool:
        return not (self.modules or self.practice or self.exam or self.certificate)


def training_area(viewer: Viewer, collaborative: Collaborative) -> tuple[FormPart, ...]:
    """Each form about which there is something to learn."""
    require(viewer, Permission.TRAINING_VIEW)
    forms = Form.objects.filter(collaborative_id=viewer.collaborative_id).order_by("name")
    parts = (_form(viewer, collaborative, form) for form in forms)
    return tuple(part for part in parts if not part.is_empty)


def _form(viewer: Viewer, collaborative: Collaborative, form: Form) -> FormPart:
    modules = tuple(current_versions(viewer, form.pk))
    exam = Exam.objects.filter(form=form, state=MaterialState.PUBLISHED).first()
    certificate = last_certificate(viewer, form.pk)
    return FormPart(
        form=form,
        required=is_required(form.pk),
        modules=modules,
        practice=tuple(_practice(viewer, form)),
        exam=_exam(viewer, collaborative, exam, modules) if exam else None,
        certificate=certificate,
        is_certified=counts_on(certificate, today_of(collaborative)),
    )


def counts_on(certificate: Certificate | None, day: date) -> bool:
    return certificate is not None and certificate.valid_until >= day


def _practice(viewer: Viewer, form: Form) -> Iterable[PracticeRow]:
    published = TestCase.objects.filter(
        form_version__form=form, purpose=Purpose.PRACTICE, state=MaterialState.PUBLISHED
    )
    mine = Exercise.objects.filter(
        participation_id=viewer.participation_id or 0, taker_id=viewer.user_id, attempt=None, test_case__in=published
    )
    by_case: dict[int, list[Exercise]] = {}
    for exercise in mine.order_by("pk"):
        by_case.setdefault(exercise.test_case_id, []).append(exercise)
    for test_case in published.order_by("pk"):
        done = by_case.get(test_case.pk, [])
        submitted = [each for each in done if each.submitted_at]
        yield PracticeRow(
            public_id=test_case.public_id,
            title=test_case.title,
            is_begun=len(submitted) < len(done),
            last=tally_of(submitted[-1]) if submitted else None,
        )


def tally_of(exercise: Exercise) -> Tally:
    scored = len(exercise.scored)
    return Tally(scored=scored, agreeing=scored - len(exercise.disagreeing))


def _exam(viewer: Viewer, collaborative: Collaborative, exam: Exam, modules: Iterable[ModuleVersion]) -> ExamPart:
    mine = list(
        Attempt.objects.filter(participation_id=viewer.participation_id or 0, taker_id=viewer.user_id, exam=exam)
    )
    finished = [each for each in mine if each.finished_at]
    last = finished[0] if finished else None
    return ExamPart(
        exam=exam,
        case_count=exam.cases.count(),
        open_attempt=next((each for each in mine if not each.finished_at), None),
        last=last,
        attempts=len(finished),
        again_from=_again_from(exam, last, collaborative),
        unread=tuple(each for each in modules if not each.is_read),  # type: ignore[attr-defined]  # annotated
    )


def _again_from(exam: Exam, last: Attempt | None, collaborative: Collaborative) -> datetime | None:
    if last is None or last.passed or last.finished_at is None:
        return None
    again = last.finished_at + timedelta(hours=exam.wait_hours)
    return in_zone(again, collaborative) if again > timezone.now() else None


def module_for(viewer: Viewer, public_id: UUID) -> ModuleVersion | None:
    """The version that members read."""
    require(viewer, Permission.TRAINING_VIEW)
    return current_versions(viewer).filter(module__public_id=public_id).first()


def practice_for(viewer: Viewer, public_id: UUID) -> TestCase | None:
    require(viewer, Permission.TRAINING_TAKE)
    found = TestCase.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    found = found.filter(purpose=Purpose.PRACTICE, state=MaterialState.PUBLISHED)
    return found.select_related("form_version").first()


def exam_for(viewer: Viewer, public_id: UUID) -> Exam | None:
    """An exam that people can take."""
    require(viewer, Permission.TRAINING_TAKE)
    found = Exam.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.filter(state=MaterialState.PUBLISHED).first()


def exam_part(viewer: Viewer, collaborative: Collaborative, exam: Exam) -> ExamPart:
    return _exam(viewer, collaborative, exam, current_versions(viewer, exam.form_id))
