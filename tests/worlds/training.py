"""Training material of colectomy-mi: a module, a test case to practise, two for the exam, the exam, and a draft of each.

The abstractors of alder and birch have passed the exam. Texts hold words that occur nowhere else, so that training data
can be searched for where it must not be.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from cases.training.enums import Purpose
from cases.training.models import Attempt, Certificate, Exam, Exercise, Module, TestCase
from cases.training.services.charts import (
    TestCaseText,
    begin_test_case,
    explain_answers,
    keep_reference,
    publish_test_case,
)
from cases.training.services.exams import ExamTerms, publish_exam, write_exam
from cases.training.services.modules import ModuleText, publish_module, read_module, write_module
from cases.training.services.taking import begin_attempt, submit_exercise
from collaboratives.selectors.places import acting_for
from measures.definition.answers import Answers
from measures.definition.spec import MissingKind, Value
from measures.models import FormVersion
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.worlds import definitions, programme


CHART_WORD, WHY_WORD, ANSWER_WORD = "Quibblestone", "Wherefornly", "Trainagulous"
RIGHT: Mapping[str, Value] = {
    "age": 71,
    "weight": Decimal("82.5"),
    "asa": "3",
    "conditions": ("dm", "copd"),
    "operation_date": date(2026, 3, 2),
    "antibiotic": True,
    "antibiotic_at": datetime(2026, 3, 2, 7, 40),  # noqa: DTZ001 -- the hospital's own clock, as the form asks it
    "drain": False,
    "discharge_date": date(2026, 3, 9),
    "ssi": True,
}
NO = False
REFERENCE = Answers(RIGHT, {"readmitted": MissingKind.UNKNOWN})
MATERIAL: dict[str, UUID] = {}
"""Public ids: `module`, `draft_module`, `practice`, `exam_1`, `exam_2`, `draft_case`, `exam`, `draft_exam`."""


def build() -> None:
    cora = programme.viewer("cora")
    with acting(acting_for(cora)), transaction.atomic():
        _write(cora)
    for hospital in ("alder", "birch"):
        pass_exam(programme.viewer(f"{hospital}.abstractor"))


def _write(by: Viewer) -> None:
    form = definitions.form()
    text = f"A module.\n\nTake what {CHART_WORD} says."
    module = write_module(form=form, module=None, words=ModuleText(title="Begin here", text=text, position=1), by=by)
    publish_module(module=module, by=by)
    words = ModuleText(title="Not yet", text="A draft.", position=2)
    MATERIAL["module"] = module.public_id
    MATERIAL["draft_module"] = write_module(form=form, module=None, words=words, by=by).public_id
    cases = {
        "practice": write_case("Practice one", Purpose.PRACTICE, by),
        "exam_1": write_case("Exam one", Purpose.EXAM, by),
        "exam_2": write_case("Exam two", Purpose.EXAM, by),
    }
    for test_case in cases.values():
        publish_test_case(test_case=test_case, by=by)
    cases["draft_case"] = write_case("A draft", Purpose.PRACTICE, by)
    MATERIAL.update({name: each.public_id for name, each in cases.items()})
    chosen = (cases["exam_1"], cases["exam_2"])
    exam = write_exam(form=form, terms=ExamTerms(name="Entry exam", test_cases=_fresh(chosen)), by=by)
    publish_exam(exam=exam, by=by)
    draft = write_exam(form=form, terms=ExamTerms(name="Next exam", test_cases=_fresh(chosen[:1])), by=by)
    MATERIAL["exam"], MATERIAL["draft_exam"] = exam.public_id, draft.public_id


def _fresh(cases: tuple[TestCase, ...]) -> list[TestCase]:
    return [TestCase.objects.select_related("form_version").get(pk=each.pk) for each in cases]


def write_case(title: str, purpose: Purpose, by: Viewer, reference: Answers = REFERENCE) -> TestCase:
    """A draft with its right answers and one reason."""
    version = FormVersion.objects.filter(form=definitions.form(), status="published").latest("number")
    words = TestCaseText(title=title, chart=f"{CHART_WORD} General, 71 years. ASA 3.\n\nPus on day 5.", purpose=purpose)
    made = begin_test_case(form_version=version, words=words, by=by)
    made = keep_reference(test_case=made, answers=reference, by=by)
    return explain_answers(test_case=made, explanations={"ssi": f"Pus is an infection ({WHY_WORD})."}, by=by)


def module(name: str = "module") -> Module:
    return Module.objects.get(public_id=MATERIAL[name])


def test_case(name: str) -> TestCase:
    return TestCase.objects.select_related("form_version__form").get(public_id=MATERIAL[name])


def exam(name: str = "exam") -> Exam:
    return Exam.objects.get(public_id=MATERIAL[name])


def exercises(attempt: Attempt) -> list[Exercise]:
    return list(attempt.exercises.select_related("test_case__form_version", "collaborative").order_by("pk"))


def begin(by: Viewer) -> Attempt:
    """Read the module and begin the exam, as this person; inside their context."""
    read_module(module=module(), by=by)
    return begin_attempt(exam=exam(), by=by)


def take_exam(by: Viewer, answers: Answers = REFERENCE) -> Attempt:
    """Take the whole exam with these answers for every test case; inside the person's context."""
    attempt = begin(by)
    given = answers.with_answer("comment", f"{ANSWER_WORD} remark.")
    for each in exercises(attempt):
        submit_exercise(exercise=each, answers=given, by=by)
    return Attempt.objects.get(pk=attempt.pk)


def pass_exam(by: Viewer) -> Certificate:
    with acting(acting_for(by)), transaction.atomic():
        return Certificate.objects.get(attempt=take_exam(by))
