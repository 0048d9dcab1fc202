"""Figures of hospitals and cycles against counting by hand."""

from datetime import date, timedelta

import pytest

from cases.enums import COUNTED, CaseStatus
from cases.log.enums import Rhythm
from cases.log.selectors.figures import CycleFigures, cycle_figures
from cases.log.services.cycles import create_cycles
from cases.models import Case
from collaboratives.models import Collaborative
from measures.models import Form
from tests.clock import today
from tests.world import World


pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(world: World) -> dict[tuple[str, int], CycleFigures]:
    """By hospital and quarter of 2026."""
    with world.acting_as("cora") as cora:
        form = Form.objects.get(slug="colectomy")
        create_cycles(form=form, rhythm=Rhythm.QUARTERLY, year=2026, days_after=200, by=cora)
        found = cycle_figures(Collaborative.objects.get(pk=cora.collaborative_id))
    keys = {world.participation(name).pk: name for name in ("alder", "birch")}
    return {
        (keys[each.participation_id], (each.first_day.month + 2) // 3): each
        for each in found
        if each.participation_id in keys
    }


def test_cases_of_a_cycle_are_counted_by_state_and_day(
    world: World, figures: dict[tuple[str, int], CycleFigures]
) -> None:
    for (name, _), found in figures.items():
        with world.acting_as("dana"):
            cases = list(
                Case.objects.filter(
                    participation=world.participation(name), event_date__range=(found.first_day, found.last_day)
                )
            )
        counted = [case for case in cases if case.status in COUNTED]
        due = [case for case in cases if case.event_date + timedelta(days=30) <= today()]
        assert (found.begun, found.completed) == (len(cases), len(counted))
        assert found.locked == sum(case.status == CaseStatus.LOCKED for case in cases)
        assert found.on_time == sum(case.completed_at.date() <= found.locks_on for case in counted if case.completed_at)
        assert (found.follow_up_due, found.follow_up_done) == (len(due), len([case for case in due if case in counted]))
    assert sum(each.begun for each in figures.values()) > 40


def test_without_a_log_nothing_is_said_of_capture(figures: dict[tuple[str, int], CycleFigures]) -> None:
    found = figures["alder", 1]
    assert (found.listed, found.capture, found.achieved, found.is_drawn) == (0, None, None, False)


def test_a_hospital_counts_its_own_only(world: World, figures: dict[tuple[str, int], CycleFigures]) -> None:
    with world.acting_as("alder.abstractor") as by:
        own = cycle_figures(Collaborative.objects.get(pk=by.collaborative_id))
    assert {each.participation_id for each in own} == {world.participation("alder").pk}
    assert next(each for each in own if each.first_day >= date(2026, 1, 1)) == figures["alder", 1]
