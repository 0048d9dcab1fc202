"""An answer becomes a scenario of its variable: in a draft of the form, which a second person publishes."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from cases.questions.enums import Side, Step
from cases.questions.errors import PromotionError
from cases.questions.models import Message, Question
from cases.questions.services.naming import refuse_names
from cases.questions.validators import clean_text
from events.enums import EventKind
from events.services import record_event
from measures.definition.canonical import digest_of
from measures.definition.edits import Shown
from measures.errors import DraftClosedError
from measures.models import FormVersion
from measures.services.drafts import save_part, start_draft
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def promote_answer(*, question: Question, text: str, by: Viewer) -> Question:
    """Add the text to the scenarios of the variable; the thread keeps who did so, and when."""
    require(by, Permission.QUESTION_ANSWER)
    require(by, Permission.DEFINITION_EDIT)
    scenario = clean_text(text, "The scenario")
    refuse_names(scenario, reader=None, by=by)
    question = Question.objects.select_for_update(of=("self",)).get(
        pk=question.pk, collaborative_id=by.collaborative_id
    )
    if question.promoted_at:
        raise PromotionError("The answer is in the manual already.")
    question.promoted_to = _add_scenario(question, scenario, by)
    question.promoted_at, question.promoted_by_id = timezone.now(), by.user_id
    question.save(update_fields=["promoted_at", "promoted_by", "promoted_to"])
    Message.objects.create(
        collaborative_id=question.collaborative_id,
        participation_id=question.participation_id,
        question=question,
        step=Step.PROMOTE,
        side=Side.CENTRE,
        text=scenario,
        written_by_id=by.user_id,
    )
    record_event(EventKind.ANSWER_PROMOTED, by=by, subject=question, participation_id=question.participation_id)
    return question


def _add_scenario(question: Question, scenario: str, by: Viewer) -> FormVersion:
    if question.form_version is None:
        raise PromotionError("A general question has no variable to which its answer could be added.")
    draft = start_draft(form=question.form_version.form, by=by)
    variable = draft.definition.by_name.get(question.variable)
    if variable is None:
        raise PromotionError(f"The draft of the form has no question “{question.variable}” any more.")
    part = replace(variable, scenarios=(*variable.scenarios, scenario))
    try:
        return save_part(version=draft, part=part, shown=Shown("variable", variable.name, digest_of(variable)), by=by)
    except DraftClosedError as problem:
        raise PromotionError(str(problem)) from problem
