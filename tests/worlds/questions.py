"""Questions and queries of alder and birch, and one at jay in the other collaborative, in the states people leave them.

The texts hold a word of their own for each hospital, so that a leak can be searched for.
"""

from django.db import transaction

from cases.models import Case
from cases.questions.models import Question
from cases.questions.services.asking import Suspicion, ask_question, raise_queries_by_rule, raise_query
from cases.questions.services.thread import answer_question, close_question
from collaboratives.selectors.places import acting_for, worker_viewer
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.worlds import programme


WORDS = {"alder": "Fennimorish", "birch": "Glissandory", "jay": "Humblewick"}
RULE = "range:age"
QUESTIONS: dict[str, str] = {}
"""Public ids by name: `alder.asked`, `alder.answered`, `alder.query`, `alder.ruled`, `birch.asked`, …, `jay.general`."""


def build() -> None:
    for hospital in ("alder", "birch"):
        _of_hospital(hospital)
    stella = programme.viewer("stella", "hernia-lakes")
    with acting(acting_for(stella)), transaction.atomic():
        text = f"When does the {WORDS['jay']} form begin?"
        QUESTIONS["jay.general"] = ask_question(case=None, variable="", text=text, by=stella).public_id


def _of_hospital(hospital: str) -> None:
    abstractor, cora, word = programme.viewer(f"{hospital}.abstractor"), programme.viewer("cora"), WORDS[hospital]
    draft, other = f"{hospital[:2].upper()}-902", f"{hospital[:2].upper()}-901"
    keep(f"{hospital}.asked", ask(abstractor, draft, "asa", f"Is {word} disease a severe one?"))
    keep(f"{hospital}.answered", ask(abstractor, other, "antibiotic", f"Does an oral {word} dose count?"))
    step(cora, f"{hospital}.answered", answer_question, text=f"No: only what was given into a vein ({word}).")
    keep(f"{hospital}.closed", ask(abstractor, other, "", f"Is this {word} case eligible?"))
    step(abstractor, f"{hospital}.closed", close_question)
    keep(f"{hospital}.query", query(cora, draft, "weight", f"Please look at the weight again, {word}."))
    keep(f"{hospital}.ruled", rule(draft, "age", RULE, f"The age is beyond what is usual ({word})."))


def keep(name: str, question: Question) -> None:
    QUESTIONS[name] = question.public_id


def case(number: str) -> Case:
    return Case.objects.select_related("form_version__form", "collaborative").get(case_number=number)


def ask(by: Viewer, number: str, variable: str, text: str) -> Question:
    with acting(acting_for(by)), transaction.atomic():
        return ask_question(case=case(number), variable=variable, text=text, by=by)


def query(by: Viewer, number: str, variable: str, text: str) -> Question:
    with acting(acting_for(by)), transaction.atomic():
        return raise_query(case=case(number), variable=variable, text=text, by=by)


def rule(number: str, variable: str, name: str, text: str) -> Question:
    worker = worker_viewer(programme.collaborative())
    with acting(Acting("compute", collaborative_id=worker.collaborative_id)), transaction.atomic():
        found = Suspicion(case=case(number), variable=variable, rule=name, text=text)
        return raise_queries_by_rule([found], by=worker)[0]


def step(by: Viewer, name: str, service: object, text: str = "") -> None:
    with acting(acting_for(by)), transaction.atomic():
        service(question=Question.objects.get(public_id=QUESTIONS[name]), text=text, by=by)  # type: ignore[operator]
