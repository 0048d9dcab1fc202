"""The life of a question and of a query, step by step, through the services."""

from datetime import date

import pytest

from cases.audits.models import AuditedCase
from cases.models import Case, QuestionCount
from cases.questions.enums import Outcome, QuestionKind, QuestionState, Side, Step
from cases.questions.errors import (
    NothingCorrectedError,
    PromotionError,
    StepRefusedError,
    TextMissingError,
    UnknownVariableError,
)
from cases.questions.models import Message, Question
from cases.questions.services.asking import ask_question, raise_query
from cases.questions.services.scenarios import promote_answer
from cases.questions.services.thread import (
    answer_question,
    ask_the_centre,
    close_question,
    close_several,
    confirm_value,
    may_take,
    reopen_question,
    reply,
    report_correction,
    take_or_give_back,
)
from cases.questions.validators import STEPS, state_after
from cases.services.cases import save_answers
from cases.services.changes import Changes
from events.models import Event
from measures.models import FormVersion
from measures.services.review import submit_draft
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds.questions import QUESTIONS, case


pytestmark = pytest.mark.django_db


def _get(name: str) -> Question:
    return Question.objects.select_related("case").get(public_id=QUESTIONS[name])


def _now(question: Question) -> tuple[str, str]:
    question.refresh_from_db()
    return question.state, question.waiting_for


def _kinds(question: Question) -> list[str]:
    found = Event.objects.filter(subject="questions.Question", subject_id=question.pk).order_by("pk")
    return list(found.values_list("kind", flat=True))


def test_ask_question_takes_field_version_and_case_along(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        question = ask_question(case=case("AL-902"), variable="asa", text="  Which sheet?\r\n", by=by)

        assert (question.label, question.form_version_id) == ("ASA class", case("AL-902").form_version_id)
        assert (question.text, question.kind) == ("Which sheet?", QuestionKind.QUESTION)
        assert _now(question) == (QuestionState.OPEN, Side.CENTRE)
        assert _kinds(question) == ["question_asked"]


@pytest.mark.parametrize(
    ("variable", "text", "error"), [("asa", " \n", TextMissingError), ("shoe", "?", UnknownVariableError)]
)
def test_ask_question_refuses_what_it_cannot_ask(
    world: World, variable: str, text: str, error: type[Exception]
) -> None:
    with world.acting_as("alder.abstractor") as by, pytest.raises(error):
        ask_question(case=case("AL-902"), variable=variable, text=text, by=by)


def test_a_general_question_has_no_variable(world: World) -> None:
    with world.acting_as("alder.champion") as by:
        question = ask_question(case=None, variable="", text="When is the next course?", by=by)
        with pytest.raises(UnknownVariableError):
            ask_question(case=None, variable="asa", text="?", by=by)

        assert (question.case, question.participation_id) == (None, by.participation_id)


def test_the_centre_does_not_ask_itself_and_hospitals_raise_no_queries(world: World) -> None:
    with world.acting_as("cora") as cora, pytest.raises(PermissionRefusedError):
        ask_question(case=case("AL-902"), variable="", text="?", by=cora)
    with world.acting_as("alder.abstractor") as by, pytest.raises(PermissionRefusedError):
        raise_query(case=case("AL-902"), variable="", text="?", by=by)


def test_another_hospitals_question_is_not_there(world: World) -> None:
    with world.acting_as("birch.abstractor"):
        foreign = _get("birch.asked")
    with world.acting_as("alder.abstractor") as by:
        assert not Question.objects.filter(pk=foreign.pk).exists()
        assert not Message.objects.filter(question_id=foreign.pk).exists()
        with pytest.raises(PermissionRefusedError):
            reply(question=foreign, text="Mine?", by=by)


def test_a_question_is_answered_asked_further_and_closed(world: World) -> None:
    with world.acting_as("cora") as cora:
        question = answer_question(question=_get("alder.asked"), text="Take the last.", by=cora)
        first = question.answered_at

        assert _now(question) == (QuestionState.ANSWERED, Side.HOSPITAL)
    with world.acting_as("alder.abstractor") as by:
        reply(question=question, text="And if both are signed at noon?", by=by)

        assert _now(question) == (QuestionState.OPEN, Side.CENTRE)
    with world.acting_as("cora") as cora:
        answer_question(question=question, text="Then the higher.", by=cora)
    with world.acting_as("alder.abstractor") as by:
        close_question(question=question, text="", by=by)

        assert _now(question) == (QuestionState.CLOSED, "")
        assert (question.answered_at, question.closed_by_id) == (first, by.user_id)
        assert [(each.step, each.side) for each in question.messages.all()] == [
            (Step.ANSWER, Side.CENTRE),
            (Step.REPLY, Side.HOSPITAL),
            (Step.ANSWER, Side.CENTRE),
            (Step.CLOSE, Side.HOSPITAL),
        ]
    with world.acting_as("dana"):
        assert _kinds(question)[-4:] == [
            "question_answered",
            "question_replied",
            "question_answered",
            "question_closed",
        ]


def test_a_closed_question_is_opened_again_for_whom_it_was_asked(world: World) -> None:
    with world.acting_as("cora") as cora:
        question = close_question(question=_get("alder.answered"), text="Done", by=cora)
        reopen_question(question=question, text="Not quite", by=cora)

        assert _now(question) == (QuestionState.OPEN, Side.CENTRE)
        assert (question.closed_at, question.closed_by) == (None, None)
        query = close_question(question=_get("alder.query"), text="", by=cora)
        reopen_question(question=query, text="Still odd", by=cora)

        assert _now(query) == (QuestionState.OPEN, Side.HOSPITAL)


def test_a_step_that_is_past_is_refused(world: World) -> None:
    with world.acting_as("cora") as cora:
        question = _get("alder.closed")
        with pytest.raises(StepRefusedError, match="This question is closed"):
            answer_question(question=question, text="Late", by=cora)
        with pytest.raises(StepRefusedError):
            ask_the_centre(question=_get("alder.query"), text="Why?", by=cora)


def test_correcting_needs_a_change_in_the_case(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        query = _get("alder.query")
        with pytest.raises(NothingCorrectedError, match="Weight has not changed"):
            report_correction(question=query, text="", by=by)
        draft = case("AL-902")
        save_answers(case=draft, changes=Changes(revision=draft.revision, answers={"weight": 81}), by=by)

        report_correction(question=query, text="", by=by)

        assert _now(query) == (QuestionState.ANSWERED, Side.CENTRE)
        assert query.outcome == Outcome.CORRECTED


def test_a_confirmed_value_keeps_its_reason_in_the_case(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        query = _get("alder.ruled")
        before = query.case.revision  # type: ignore[union-attr]  # a query has its case

        confirm_value(question=query, text="The oldest patient of the county", by=by)

        kept = case("AL-902")
        assert kept.reasons == {query.rule: "The oldest patient of the county"}
        assert kept.revision == before + 1
        assert (_now(query), query.outcome) == ((QuestionState.ANSWERED, Side.CENTRE), Outcome.CONFIRMED)


def test_a_query_of_a_person_leaves_the_reasons_of_the_case_alone(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        confirm_value(question=_get("alder.query"), text="It is so", by=by)

        assert case("AL-902").reasons == {}


def test_whoever_may_not_edit_cases_does_not_settle_their_values(world: World) -> None:
    with world.acting_as("alder.champion") as by:
        query = _get("alder.query")

        assert may_take(query, by) == (Step.ASK_CENTRE,)
        with pytest.raises(PermissionRefusedError):
            confirm_value(question=query, text="It is so", by=by)
        ask_the_centre(question=query, text="Which weight is meant?", by=by)

        assert (_now(query), query.outcome) == ((QuestionState.OPEN, Side.CENTRE), Outcome.ASKED_CENTRE)


def test_every_state_has_its_steps_and_every_step_leads_on() -> None:
    assert set(STEPS) == {(kind, side, state) for kind in QuestionKind for side in Side for state in QuestionState}
    for (kind, side, state), steps in STEPS.items():
        for step in steps:
            after, waits = state_after(step, kind, side)
            assert (after is QuestionState.CLOSED) == (waits is None)
            assert state is not QuestionState.CLOSED or after is QuestionState.OPEN


def test_somebody_of_the_centre_takes_care_and_gives_back(world: World) -> None:
    with world.acting_as("vera") as vera:
        question = take_or_give_back(question=_get("alder.asked"), by=vera)

        assert question.assigned_to_id == vera.user_id
        assert take_or_give_back(question=question, by=vera).assigned_to_id is None
    with world.acting_as("alder.abstractor") as by, pytest.raises(PermissionRefusedError):
        take_or_give_back(question=question, by=by)


def test_close_several_closes_what_is_still_open(world: World) -> None:
    with world.acting_as("cora") as cora:
        names = ("alder.asked", "alder.closed", "birch.query")

        assert close_several(public_ids=[QUESTIONS[name] for name in names], by=cora) == 2
        assert {_get(name).state for name in names} == {QuestionState.CLOSED}


# Into the manual ------------------------------------------------------------------------------------------------------


def test_an_answer_becomes_a_scenario_of_a_draft(world: World) -> None:
    with world.acting_as("cora") as cora:
        published = FormVersion.objects.get(number=2)
        before = published.definition.variable("antibiotic").scenarios

        question = promote_answer(question=_get("alder.answered"), text="Given by mouth: answer No.", by=cora)

        draft = question.promoted_to
        assert draft is not None
        assert (draft.status, draft.number) == ("draft", 3)
        assert draft.definition.variable("antibiotic").scenarios == (*before, "Given by mouth: answer No.")
        assert (question.promoted_by_id, draft.editors) == (cora.user_id, [cora.user_id])
        assert FormVersion.objects.get(number=2).definition.variable("antibiotic").scenarios == before
        assert question.messages.last().step == Step.PROMOTE  # type: ignore[union-attr]  # there is one
        assert _kinds(question)[-1] == "answer_promoted"
        with pytest.raises(PromotionError, match="in the manual already"):
            promote_answer(question=question, text="Again", by=cora)


def test_an_answer_waits_while_the_draft_is_in_review(world: World) -> None:
    with world.acting_as("cora") as cora:
        promoted = promote_answer(question=_get("alder.answered"), text="By mouth: No.", by=cora)
        assert promoted.promoted_to is not None
        submit_draft(version=promoted.promoted_to, note="Oral doses", by=cora)

        with pytest.raises(PromotionError, match="waits for review"):
            promote_answer(question=_get("birch.answered"), text="By mouth: No.", by=cora)
        assert _get("birch.answered").promoted_at is None


@pytest.mark.parametrize("name", ["vera", "alder.abstractor"])
def test_only_who_drafts_forms_promotes(world: World, name: str) -> None:
    with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
        promote_answer(question=_get("alder.answered"), text="By mouth: No.", by=by)


# Counts ---------------------------------------------------------------------------------------------------------------


def counted() -> dict[int, tuple[int, int]]:
    """Of the cases that somebody asked about; a drawn case has a row too, so that no undo takes it away."""
    asked = Question.objects.exclude(case=None).values("case")
    return {each.case_id: (each.open, each.queries) for each in QuestionCount.objects.filter(case__in=asked)}


def true_counts() -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for each in Question.objects.exclude(case=None):
        waiting, queries = found.get(each.case_id or 0, (0, 0))
        is_open = each.state != QuestionState.CLOSED
        found[each.case_id or 0] = (waiting + is_open, queries + (each.kind == QuestionKind.QUERY))
    return found


def test_the_counts_of_a_case_are_those_of_its_questions(world: World) -> None:
    with world.acting_as("dana"):
        assert counted() == true_counts() != {}
    with world.acting_as("cora") as cora:
        raise_query(case=case("AL-901"), variable="age", text="Sure?", by=cora)
        close_question(question=_get("alder.query"), text="", by=cora)
        reopen_question(question=close_question(question=_get("birch.query"), text="", by=cora), text="No", by=cora)

        assert counted() == true_counts()
    with world.acting_as("alder.abstractor"):
        listed = Case.objects.filter(question_count__open__gt=0).values_list("case_number", flat=True)
        assert set(listed) == {"AL-901", "AL-902"}


def test_a_case_that_is_spoken_about_has_a_row_and_others_have_none(world: World) -> None:
    with world.acting_as("alder.abstractor"):
        asked = set(Question.objects.exclude(case=None).values_list("case", flat=True))
        drawn = set(AuditedCase.objects.values_list("case", flat=True))
        assert {each.case_id for each in QuestionCount.objects.all()} == asked | drawn
        assert len(asked) == 2
        assert case("AL-902").event_date == date(2026, 9, 18)
