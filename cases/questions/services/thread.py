"""The steps of a thread: reply, answer, confirm, correct, ask the centre, close, re-open, assign."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from cases.questions.enums import QuestionKind, QuestionState, Side, Step
from cases.questions.errors import NothingCorrectedError, StepRefusedError
from cases.questions.models import Message, Question
from cases.questions.selectors.inbox import side_of
from cases.questions.selectors.values import changes_of
from cases.questions.services.counts import count_questions
from cases.questions.services.naming import refuse_names
from cases.questions.services.reasons import keep_reason
from cases.questions.validators import OUTCOMES, SILENT, STEPS, clean_text, state_after
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


MOST_AT_ONCE = 100


@transaction.atomic
def reply(*, question: Question, text: str, by: Viewer) -> Question:
    """Say something; the other side is to go on."""
    question = _step(question, Step.REPLY, text, by)
    return _record(EventKind.QUESTION_REPLIED, question, by)


@transaction.atomic
def answer_question(*, question: Question, text: str, by: Viewer) -> Question:
    question = _step(question, Step.ANSWER, text, by)
    return _record(EventKind.QUESTION_ANSWERED, question, by)


@transaction.atomic
def confirm_value(*, question: Question, text: str, by: Viewer) -> Question:
    """The value is right, for this reason; it also answers the rule in the case."""
    require(by, Permission.CASE_EDIT)
    question = _step(question, Step.CONFIRM, text, by)
    keep_reason(question=question, reason=text, by=by)
    return _record(EventKind.QUERY_CONFIRMED, question, by)


@transaction.atomic
def report_correction(*, question: Question, text: str, by: Viewer) -> Question:
    """Tell the centre that the value has been corrected in the case; it must have changed since the query."""
    require(by, Permission.CASE_EDIT)
    if not changes_of(question, since=question.asked_at).exists():
        raise NothingCorrectedError(question.label or "The case")
    question = _step(question, Step.CORRECT, text, by)
    return _record(EventKind.QUERY_CORRECTED, question, by)


@transaction.atomic
def ask_the_centre(*, question: Question, text: str, by: Viewer) -> Question:
    """Hand a query back with a question of one's own."""
    question = _step(question, Step.ASK_CENTRE, text, by)
    return _record(EventKind.QUERY_PASSED_BACK, question, by)


@transaction.atomic
def close_question(*, question: Question, text: str, by: Viewer) -> Question:
    question = _step(question, Step.CLOSE, text, by)
    return _record(EventKind.QUESTION_CLOSED, question, by)


@transaction.atomic
def close_several(*, public_ids: Sequence[str], by: Viewer) -> int:
    """Close what is ticked in the centre's list; what somebody closed in the meantime is left as it is."""
    require(by, Permission.QUESTION_ANSWER)
    ticked = Question.objects.filter(collaborative_id=by.collaborative_id, public_id__in=public_ids[:MOST_AT_ONCE])
    waiting = list(ticked.filter(closed_at=None).order_by("pk"))
    for question in waiting:
        close_question(question=question, text="", by=by)
    return len(waiting)


@transaction.atomic
def reopen_question(*, question: Question, text: str, by: Viewer) -> Question:
    question = _step(question, Step.REOPEN, text, by)
    return _record(EventKind.QUESTION_REOPENED, question, by)


@transaction.atomic
def take_or_give_back(*, question: Question, by: Viewer) -> Question:
    """Somebody of the centre takes care of a question; whoever does so already gives it back."""
    require(by, Permission.QUESTION_ANSWER)
    question = _locked(question, by)
    question.assigned_to_id = None if question.assigned_to_id == by.user_id else by.user_id
    question.save(update_fields=["assigned_to"])
    return _record(EventKind.QUESTION_ASSIGNED, question, by)


def may_take(question: Question, by: Viewer) -> tuple[Step, ...]:
    """The steps that are open to this person now, in the order of their buttons."""
    side = side_of(by)
    if not by.can(Permission.QUESTION_ANSWER if side is Side.CENTRE else Permission.QUESTION_ASK):
        return ()
    steps = STEPS[QuestionKind(question.kind), side, QuestionState(question.state)]
    if side is Side.CENTRE or by.can(Permission.CASE_EDIT):
        return steps
    return tuple(step for step in steps if step not in {Step.CORRECT, Step.CONFIRM})


def _step(question: Question, step: Step, text: str, by: Viewer) -> Question:
    """Take the step under the row's lock, and write it into the thread."""
    question = _locked(question, by)
    side, kind = side_of(by), QuestionKind(question.kind)
    if step not in may_take(question, by):
        raise StepRefusedError(kind.value, question.state)
    words = text.strip() if step in SILENT else clean_text(text, "The message")
    if side is Side.CENTRE:
        refuse_names(words, reader=question.participation_id, by=by)
    state, waiting = state_after(step, kind, side)
    _keep(question, step, state, waiting, by)
    Message.objects.create(
        collaborative_id=question.collaborative_id,
        participation_id=question.participation_id,
        question=question,
        step=step,
        side=side,
        text=words,
        written_by_id=by.user_id,
    )
    if question.case:
        count_questions(question.case)
    return question


def _locked(question: Question, by: Viewer) -> Question:
    """The row as it is now, for a viewer of its hospital or of the centre."""
    mine = by.participation_id == question.participation_id if by.participation_id else by.capacity is Capacity.CENTRE
    if not mine or question.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.QUESTION_ASK)
    return Question.objects.select_for_update(of=("self",)).select_related("case").get(pk=question.pk)


def _keep(question: Question, step: Step, state: QuestionState, waiting: Side | None, by: Viewer) -> None:
    now = timezone.now()
    question.state, question.waiting_for = state, waiting or ""
    question.waiting_since = now if waiting else None
    question.outcome = OUTCOMES.get(step, question.outcome)
    if state is QuestionState.ANSWERED and question.answered_at is None:
        question.answered_at, question.answered_by_id = now, by.user_id
    closed = state is QuestionState.CLOSED
    question.closed_at, question.closed_by_id = (now, by.user_id) if closed else (None, None)
    question.save()


def _record(kind: EventKind, question: Question, by: Viewer) -> Question:
    record_event(kind, by=by, subject=question, participation_id=question.participation_id)
    return question
