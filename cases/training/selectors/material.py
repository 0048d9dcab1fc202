"""What the centre has written, for the people who write it."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from cases.training.definition.scoring import Tally, scored_questions
from cases.training.enums import MaterialState, Purpose
from cases.training.models import Attempt, Exam, Exercise, Module, ModuleVersion, TestCase
from cases.training.selectors.certificates import is_required
from cases.training.selectors.words import in_words
from measures.enums import VersionStatus
from measures.models import Form, FormVersion
from privacy.roles import Permission
from privacy.viewer import Viewer, require


# The names for views, which may hold a row but not look one up.
WrittenModule: TypeAlias = Module
WrittenCase: TypeAlias = TestCase
WrittenExam: TypeAlias = Exam


@dataclass(frozen=True, kw_only=True)
class ModuleRow:
    module: Module
    version: ModuleVersion | None

    @property
    def state(self) -> tuple[str, str]:
        """The words and their kind."""
        if self.version is None:
            return "draft", ""
        if self.module.retired_at:
            return "out of use", ""
        same = (self.module.title, self.module.text) == (self.version.title, self.version.text)
        return ("published", "good") if same else ("changed since", "warn")


@dataclass(frozen=True, kw_only=True)
class FormMaterial:
    form: Form
    required: bool
    modules: tuple[ModuleRow, ...]
    test_cases: tuple[TestCase, ...]
    exams: tuple[Exam, ...]

    @property
    def has_exam(self) -> bool:
        return any(each.state == MaterialState.PUBLISHED for each in self.exams)


def training_material(viewer: Viewer) -> tuple[FormMaterial, ...]:
    require(viewer, Permission.TRAINING_MANAGE)
    return tuple(_material(form) for form in forms_to_teach(viewer))


def forms_to_teach(viewer: Viewer) -> list[Form]:
    """Forms whose questions are published."""
    found = Form.objects.filter(collaborative_id=viewer.collaborative_id, versions__status=VersionStatus.PUBLISHED)
    return list(found.distinct().order_by("name"))


def _material(form: Form) -> FormMaterial:
    modules = Module.objects.filter(form=form).prefetch_related("versions").order_by("position", "pk")
    return FormMaterial(
        form=form,
        required=is_required(form.pk),
        modules=tuple(ModuleRow(module=each, version=_latest(each)) for each in modules),
        test_cases=tuple(
            TestCase.objects.filter(form_version__form=form).select_related("form_version").order_by("pk")
        ),
        exams=tuple(Exam.objects.filter(form=form).prefetch_related("cases__test_case").order_by("-pk")),
    )


def _latest(module: Module) -> ModuleVersion | None:
    return next(iter(sorted(module.versions.all(), key=lambda each: -each.number)), None)


def form_to_teach(viewer: Viewer, slug: str) -> Form | None:
    require(viewer, Permission.TRAINING_MANAGE)
    return next((each for each in forms_to_teach(viewer) if each.slug == slug), None)


def versions_to_teach(viewer: Viewer) -> list[FormVersion]:
    """Published versions, the latest first."""
    found = FormVersion.objects.filter(collaborative_id=viewer.collaborative_id, status=VersionStatus.PUBLISHED)
    return list(found.select_related("form").order_by("form__name", "-number"))


def cases_for_exams(viewer: Viewer) -> list[TestCase]:
    found = TestCase.objects.filter(
        collaborative_id=viewer.collaborative_id, purpose=Purpose.EXAM, state=MaterialState.PUBLISHED
    )
    return list(found.select_related("form_version__form").order_by("form_version__form__name", "pk"))


def written_module(viewer: Viewer, public_id: UUID) -> ModuleRow | None:
    require(viewer, Permission.TRAINING_MANAGE)
    module = (
        Module.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
        .select_related("form")
        .first()
    )
    return ModuleRow(module=module, version=_latest(module)) if module else None


def written_case(viewer: Viewer, public_id: UUID) -> TestCase | None:
    require(viewer, Permission.TRAINING_MANAGE)
    found = TestCase.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.select_related("form_version__form").first()


def written_exam(viewer: Viewer, public_id: UUID) -> Exam | None:
    require(viewer, Permission.TRAINING_MANAGE)
    found = Exam.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.select_related("form").prefetch_related("cases__test_case__form_version").first()


@dataclass(frozen=True, kw_only=True)
class Slip:
    """A question of an exam that people answered otherwise than the reference."""

    case: str
    label: str
    tier: int
    tally: Tally

    @property
    def differing(self) -> int:
        return self.tally.scored - self.tally.agreeing

    @property
    def is_frequent(self) -> bool:
        """More than 5 %: what the field flags for education (NSQIP)."""
        return not self.tally.reaches(Decimal(95))


@dataclass(frozen=True, kw_only=True)
class ExamResults:
    """What came of an exam so far, to learn what to teach."""

    attempts: int
    passed: int
    slips: tuple[Slip, ...]


def exam_results(exam: Exam) -> ExamResults:
    """Finished attempts of all hospitals, and the questions that differed, the most frequent first."""
    attempts = Attempt.objects.filter(exam=exam, finished_at__isnull=False)
    done = Exercise.objects.filter(attempt__in=attempts).select_related("test_case__form_version")
    scored, differing = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    cases = {}
    for each in done:
        cases[each.test_case_id] = each.test_case
        scored.update((each.test_case_id, name) for name in each.scored)
        differing.update((each.test_case_id, name) for name in each.disagreeing)
    slips = (_slip(cases[case], name, scored[case, name], count) for (case, name), count in differing.items())
    return ExamResults(
        attempts=attempts.count(),
        passed=attempts.filter(passed=True).count(),
        slips=tuple(sorted(slips, key=lambda each: (-each.differing, each.case, each.label))),
    )


def _slip(test_case: TestCase, name: str, scored: int, differing: int) -> Slip:
    variable = test_case.form_version.definition.variable(name)
    tally = Tally(scored=scored, agreeing=scored - differing)
    return Slip(case=test_case.title, label=variable.label, tier=variable.tier, tally=tally)


@dataclass(frozen=True, kw_only=True)
class RightAnswer:
    """A question that will be scored, its right answer, and why it is right."""

    name: str
    label: str
    tier: int
    answer: str
    why: str


def right_answers(test_case: TestCase) -> tuple[RightAnswer, ...]:
    spec, reference = test_case.form_version.definition, test_case.reference
    return tuple(
        RightAnswer(
            name=each.name,
            label=each.label,
            tier=each.tier,
            answer=in_words(each, reference.answer(each.name)),
            why=test_case.explanations.get(each.name, ""),
        )
        for each in scored_questions(spec, reference)
    )
