"""What all hospitals thought is told in counts of at least five, when the poll is closed."""

import pytest
from django.db import transaction

from coordination.meetings.enums import Position
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import PollCount, PollQuestion
from coordination.meetings.services.polling import answer, close_poll, count_poll
from events.enums import EventKind
from events.models import Event
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import meetings, programme


pytestmark = pytest.mark.worker


def answered(world: World, given: dict[str, Position]) -> None:
    for hospital, position in given.items():
        with world.acting_as(f"{hospital}.champion") as champion:
            question = PollQuestion.objects.get(public_id=meetings.PARTS["question"])
            answer(question=question, position=position, by=champion)


def closed(world: World) -> tuple[int | None, ...]:
    """The counts, as a worker writes them and a member reads them."""
    with world.acting_as("cora") as cora:
        close_poll(meeting=meetings.meeting("coming"), by=cora)
        event = Event.objects.get(kind=EventKind.POLL_CLOSED)
    with acting(Acting("compute", collaborative_id=cora.collaborative_id)), transaction.atomic():
        count_poll(event)
        count_poll(event)  # safe to run twice
    with world.acting_as("heron.champion"):
        count = PollCount.objects.get()
    return count.better, count.expected, count.worse


def test_counts_below_five_are_not_told(world: World) -> None:
    """Alder and birch said worse before."""
    others = [name for name in programme.COLECTOMY if name not in {"alder", "birch"}]
    answered(world, dict.fromkeys(others, Position.BETTER))

    assert closed(world) == (6, None, None)


def test_nothing_is_told_where_fewer_than_five_answered(world: World) -> None:
    answered(world, {"cedar": Position.WORSE, "elm": Position.WORSE})

    assert closed(world) == (None, None, None)


def test_the_last_answer_of_a_hospital_counts_and_none_after_the_end(world: World) -> None:
    answered(world, dict.fromkeys(programme.COLECTOMY, Position.BETTER))
    answered(world, dict.fromkeys(programme.COLECTOMY, Position.EXPECTED))

    assert closed(world) == (None, 8, None)
    with pytest.raises(MeetingError, match="closed"):
        answered(world, {"alder": Position.BETTER})
