"""Queries that a rule raises, by a worker: as often as one likes, once while open."""

import pytest

from cases.questions.enums import QuestionState
from cases.questions.models import Question
from cases.questions.services.asking import Suspicion, raise_queries_by_rule
from cases.questions.services.thread import close_question
from collaboratives.selectors.places import worker_viewer
from events.models import Event
from privacy.viewer import PermissionRefusedError
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import programme
from tests.worlds.questions import case


pytestmark = [pytest.mark.django_db, pytest.mark.worker]


def _found(number: str = "AL-001", rule: str = "heaping") -> Suspicion:
    return Suspicion(case=case(number), variable="age", rule=rule, text="Every age ends in nought.")


def test_a_rule_asks_once_while_its_query_is_open(world: World) -> None:
    worker = worker_viewer(programme.collaborative())
    with acting(Acting("compute", collaborative_id=worker.collaborative_id)):
        both = [_found(), _found("BI-001"), _found()]
        first = raise_queries_by_rule(both, by=worker)
        again = raise_queries_by_rule(both, by=worker)

        assert [each.case.case_number for each in first if each.case] == ["AL-001", "BI-001"]
        assert again == []
        assert {(each.asked_by, each.waiting_for, each.rule) for each in first} == {(None, "hospital", "heaping")}
        assert Event.objects.filter(kind="query_raised", subject_id__in=[each.pk for each in first]).count() == 2


def test_a_rule_asks_again_after_its_query_was_closed(world: World) -> None:
    worker = worker_viewer(programme.collaborative())
    with acting(Acting("compute", collaborative_id=worker.collaborative_id)):
        (first,) = raise_queries_by_rule([_found()], by=worker)
    with world.acting_as("cora") as cora:
        close_question(question=first, text="", by=cora)
    with acting(Acting("compute", collaborative_id=worker.collaborative_id)):
        (second,) = raise_queries_by_rule([_found()], by=worker)

        assert Question.objects.get(pk=first.pk).state == QuestionState.CLOSED
        assert second.pk != first.pk


def test_two_rules_ask_about_one_value(world: World) -> None:
    worker = worker_viewer(programme.collaborative())
    with acting(Acting("compute", collaborative_id=worker.collaborative_id)):
        assert len(raise_queries_by_rule([_found(), _found(rule="spike")], by=worker)) == 2


def test_people_do_not_pass_for_a_rule(world: World) -> None:
    with world.acting_as("cora") as cora, pytest.raises(PermissionRefusedError):
        raise_queries_by_rule([_found()], by=cora)
