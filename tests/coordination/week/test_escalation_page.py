"""The coordinator's table of who is told after how many days."""

import pytest
from django.test import Client

from coordination.week.enums import Step
from coordination.week.models import EscalationRule
from coordination.week.selectors.escalation import days_by_kind, rule_page
from tests.world import World
from tests.worlds.counting import page_queries


HERE = "/c/colectomy-mi/tasks/escalation/"


def shown(world: World) -> dict[str, object]:
    """What the page would send back unchanged."""
    with world.acting_as("cora") as cora:
        rows = rule_page(cora).rows
    return {f"{row.kind}-{step}": row.days[step] or "" for row in rows for step in Step}


def test_the_page_shows_what_is_shipped_and_keeps_nothing_unchanged(world: World) -> None:
    client = world.client("cora")
    page = client.get(HERE).content.decode()
    assert "Cases past their day" in page
    assert 'value="14"' in page
    assert "would shame them" in page
    assert client.post(HERE, shown(world)).status_code == 302
    with world.acting_as("cora"):
        assert not EscalationRule.objects.exists()
    assert len(page_queries(client, HERE)) <= 12


def test_what_is_changed_holds(world: World) -> None:
    answer = world.client("cora").post(
        HERE, {**shown(world), "cases-champion": "5", "agreement-coordinator": ""}, follow=True
    )
    assert "Kept." in answer.content.decode()
    with world.acting_as("cora") as cora:
        days = days_by_kind(cora.collaborative_id)
        assert {row.kind for row in rule_page(cora).rows if row.is_own} == {"cases", "agreement"}
    assert (days["cases"][Step.CHAMPION], days["agreement"][Step.COORDINATOR]) == (5, None)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("cases-champion", "soon", "whole number"),
        ("cases-champion", "0", "greater than"),
        ("cases-champion", "40", "do not fall"),
    ],
)
def test_nonsense_is_refused_with_words(world: World, name: str, value: str, words: str) -> None:
    answer = world.client("cora").post(HERE, {**shown(world), name: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with world.acting_as("cora"):
        assert not EscalationRule.objects.exists()


@pytest.mark.parametrize("name", ["ben", "alder.champion", "sam"])
def test_others_are_refused(world: World, name: str) -> None:
    client: Client = world.client(name)
    assert client.get(HERE).status_code == 403
    assert "When a task waits too long" not in client.get("/c/colectomy-mi/tasks/").content.decode()
