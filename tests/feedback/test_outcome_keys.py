"""Outcomes have no foreign keys: a trigger ties them to case, hospital and collaborative, once a statement (ADR 10)."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction

from cases.models import Case
from feedback.models import CaseOutcome
from measures.models import MeasureVersion
from tenancy.context import Acting, acting
from tests.world import World


pytestmark = [pytest.mark.django_db, pytest.mark.worker]


@pytest.fixture
def outcome(world: World) -> Iterator[CaseOutcome]:
    """One of alder's, while the worker acts in its collaborative."""
    alder = world.participation("alder")
    with acting(Acting("compute", collaborative_id=alder.collaborative_id)), transaction.atomic():
        yield CaseOutcome.objects.filter(participation_id=alder.pk).order_by("pk")[0]


def _refused(words: str, statement: str, *values: object) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match=words), transaction.atomic():
        cursor.execute(statement, values)


def test_an_outcome_stays_with_its_hospital(world: World, outcome: CaseOutcome) -> None:
    birch = world.participation("birch").pk
    _refused(
        "not a case of that hospital",
        "UPDATE feedback_caseoutcome SET participation_id = %s WHERE id = %s",
        birch,
        outcome.pk,
    )


def test_an_outcome_has_a_case(outcome: CaseOutcome) -> None:
    missing = Case.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1_000_000
    _refused(
        "not a case of that hospital", "UPDATE feedback_caseoutcome SET case_id = %s WHERE id = %s", missing, outcome.pk
    )


def test_an_outcome_is_by_a_measure_of_its_collaborative(outcome: CaseOutcome) -> None:
    outcome.pk, outcome.measure_version_id = None, MeasureVersion.objects.order_by("-pk")[0].pk + 1_000_000
    with pytest.raises(DatabaseError, match="not of that collaborative"), transaction.atomic():
        outcome.save(force_insert=True)


def test_a_case_with_outcomes_is_not_taken_away(outcome: CaseOutcome) -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DELETE FROM cases_case WHERE id = %s", [outcome.case_id])
        with pytest.raises(DatabaseError, match="still has outcomes"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_a_case_goes_once_its_outcomes_are_gone(outcome: CaseOutcome) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_case WHERE id = %s", [outcome.case_id])
        cursor.execute("DELETE FROM feedback_caseoutcome WHERE case_id = %s", [outcome.case_id])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert cursor.rowcount <= 0
