"""Rows of a hospital's own work: the database itself keeps everybody else out."""

import pytest
from django.db import IntegrityError, ProgrammingError, models, transaction

from feedback.reviews.models import Attestation, Comment, Contest, LocalTarget, OwnBreakdown
from tests.world import World
from tests.worlds import programme


OURS = (Attestation, Comment, Contest, LocalTarget, OwnBreakdown)


@pytest.mark.parametrize("model", OURS)
def test_a_hospital_finds_only_its_own(world: World, model: type[models.Model]) -> None:
    with world.acting_as("alder.clinician") as by:
        found = set(model._default_manager.values_list("participation_id", flat=True))
    assert found == {by.participation_id}
    with world.acting_as("heron.champion"):
        assert set(model._default_manager.values_list("participation_id", flat=True)) <= {
            programme.participation("heron").pk
        }


@pytest.mark.parametrize("model", [Comment, OwnBreakdown])
@pytest.mark.parametrize("who", ["dana", "cora", "ben", "vera"])
def test_the_centre_reads_neither_discussion_nor_breakdown(world: World, model: type[models.Model], who: str) -> None:
    """Not an empty answer: the role has no privilege on the table."""
    with world.acting_as(who), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        model._default_manager.first()


@pytest.mark.parametrize("model", OURS)
def test_observers_read_nothing(world: World, model: type[models.Model]) -> None:
    with world.acting_as("sam"), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        model._default_manager.first()


@pytest.mark.parametrize("model", [Attestation, Contest, LocalTarget])
def test_the_centre_reads_what_it_should(world: World, model: type[models.Model]) -> None:
    with world.acting_as("cora"):
        assert model._default_manager.values("participation_id").distinct().count() == 2


def test_the_other_collaborative_reads_nothing(world: World) -> None:
    with world.acting_as("hanna", "hernia-lakes"):
        assert not any(model._default_manager.exists() for model in (Attestation, Contest, LocalTarget))


def test_a_hospital_decides_nothing(world: World) -> None:
    with (
        world.acting_as("alder.champion"),
        pytest.raises(IntegrityError, match="a hospital takes back what it contested, the centre decides"),
        transaction.atomic(),
    ):
        Contest.objects.update(state="accepted")
