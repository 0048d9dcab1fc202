"""Ask the centre, or query a hospital. Variable, version of the form and case travel along."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Case
from cases.questions.enums import QuestionKind
from cases.questions.errors import UnknownVariableError
from cases.questions.models import Question
from cases.questions.services.counts import count_questions
from cases.questions.services.naming import refuse_names
from cases.questions.validators import ADDRESSED, clean_text
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """What a rule found in a case. `rule` is the key under which a reason would be kept (`cases.validators`)."""

    case: Case
    variable: str
    rule: str
    text: str


@transaction.atomic
def ask_question(*, case: Case | None, variable: str, text: str, by: Viewer) -> Question:
    """A hospital asks the centre about a field of a case, about the case, or in general."""
    require(by, Permission.QUESTION_ASK)
    if by.participation_id is None or (case and case.participation_id != by.participation_id):
        raise PermissionRefusedError(Permission.QUESTION_ASK)
    question = Question(kind=QuestionKind.QUESTION, participation_id=by.participation_id)
    return _ask(_about(question, case, variable), text, by, EventKind.QUESTION_ASKED)


@transaction.atomic
def raise_query(*, case: Case, variable: str, text: str, by: Viewer) -> Question:
    """The centre asks a hospital whether a value is right."""
    require(by, Permission.QUESTION_ANSWER)
    if by.capacity is not Capacity.CENTRE or case.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.QUESTION_ANSWER)
    refuse_names(text, reader=case.participation_id, by=by)
    question = Question(kind=QuestionKind.QUERY, participation_id=case.participation_id)
    return _ask(_about(question, case, variable), text, by, EventKind.QUERY_RAISED)


@transaction.atomic
def raise_queries_by_rule(suspicions: Iterable[Suspicion], *, by: Viewer) -> list[Question]:
    """Raise a query for each that is not being asked already; run by a worker, safe to run again."""
    if by.capacity is not None:
        raise PermissionRefusedError(Permission.QUESTION_ANSWER)
    return [query for each in suspicions if (query := _query_by_rule(each, by))]


def _query_by_rule(found: Suspicion, by: Viewer) -> Question | None:
    query = Question(kind=QuestionKind.QUERY, participation_id=found.case.participation_id, rule=found.rule)
    query = _about(query, found.case, found.variable)
    same = Question.objects.filter(case=found.case, variable=found.variable, rule=found.rule, closed_at=None)
    if same.exists():
        return None
    try:
        with transaction.atomic():
            return _ask(query, found.text, by, EventKind.QUERY_RAISED)
    except IntegrityError:  # another worker was faster
        if same.exists():
            return None
        raise


def _about(question: Question, case: Case | None, variable: str) -> Question:
    """Take along the case, the version of the form and what the variable is called in it."""
    if case is None:
        if variable:
            raise UnknownVariableError(variable)
        return question
    spec = case.form_version.definition
    if variable and variable not in spec.by_name:
        raise UnknownVariableError(variable)
    question.case, question.form_version, question.variable = case, case.form_version, variable
    question.label = spec.variable(variable).label if variable else ""
    return question


def _ask(question: Question, text: str, by: Viewer, kind: EventKind) -> Question:
    question.text = clean_text(text, "The question")
    question.collaborative_id, question.asked_by_id = by.collaborative_id, by.user_id or None
    question.waiting_for, question.waiting_since = ADDRESSED[QuestionKind(question.kind)], timezone.now()
    question.save(force_insert=True)
    if question.case:
        count_questions(question.case)
    record_event(kind, by=by, subject=question, participation_id=question.participation_id)
    return question
