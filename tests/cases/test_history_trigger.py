"""The database itself keeps what changed in a case: through a service, in bulk, or in raw SQL."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from cases.models import Case, CaseChange
from cases.services.cases import save_answers, start_case
from cases.services.changes import Changes
from measures.definition.spec import MissingKind
from measures.models import Form, FormVersion
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.world import World


pytestmark = pytest.mark.django_db


def _start(by: Viewer) -> Case:
    return start_case(form=Form.objects.get(slug="colectomy"), case_number="H-1", event_date=date(2026, 3, 5), by=by)


def _history(case: Case) -> list[CaseChange]:
    return list(CaseChange.objects.filter(case_id=case.pk).order_by("pk"))


def test_a_new_case_leaves_who_and_no_values(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        (created,) = _history(_start(by))
        assert (created.kind, created.changed_by_id, created.capacity, created.via) == (
            "created",
            by.user_id,
            "hospital",
            "",
        )
        assert created.changes == {}


def test_a_save_leaves_each_value_before_and_after(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by)
        first = save_answers(case=case, changes=Changes(revision=1, answers={"age": 71, "ssi": False}), by=by).case
        save_answers(
            case=first, changes=Changes(revision=first.revision, answers={"age": 72, "ssi": MissingKind.UNKNOWN}), by=by
        )
        changes = [change.changes for change in _history(case)[1:]]
        assert changes[0]["answers"] == {"age": [None, 71], "ssi": [None, False]}
        assert changes[1] == {"answers": {"age": [71, 72], "ssi": [False, None]}, "missing": {"ssi": [None, "unknown"]}}


def test_raw_and_bulk_changes_are_kept_too(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('colloquy.via', 'api', true)")
            cursor.execute("UPDATE cases_case SET answers = answers || '{\"age\": 50}' WHERE id = %s", [case.pk])
        Case.objects.filter(pk=case.pk).update(case_number="H-2")
        raw, bulk = _history(case)[1:]
        assert (raw.changed_by_id, raw.via, raw.changes) == (by.user_id, "api", {"answers": {"age": [None, 50]}})
        assert bulk.changes == {"case_number": ["H-1", "H-2"]}


def test_a_save_that_changes_nothing_leaves_nothing(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by)
        Case.objects.filter(pk=case.pk).update(revision=9)
        assert len(_history(case)) == 1


@pytest.mark.parametrize("statement", ["UPDATE cases_casechange SET kind = 'created'", "DELETE FROM cases_casechange"])
def test_history_cannot_be_rewritten(world: World, statement: str) -> None:
    with world.acting_as("alder.abstractor") as by:
        _start(by)
        with (
            connection.cursor() as cursor,
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            cursor.execute(statement)


def test_no_other_hospital_reads_it(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by)
    with world.acting_as("birch.abstractor"):
        assert not _history(case)


@pytest.mark.worker
def test_the_history_of_a_case_that_is_taken_away_stays(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        Case.objects.filter(pk=case.pk).delete()
        *_, last = _history(case)
        assert (last.kind, last.changes["answers"]) == ("deleted", {"operation_date": ["2026-03-05", None]})


@pytest.mark.parametrize(
    "change", ["number = 7", "spec = '{}'", "digest = 'x'", "status = 'draft', published_at = NULL"]
)
def test_a_published_definition_is_frozen(world: World, change: str) -> None:
    with world.acting_as("cora"):
        version = FormVersion.objects.filter(status="published").first()
        assert version is not None
        with (
            pytest.raises(DatabaseError, match="published definition is frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE measures_formversion SET {change} WHERE id = %s", [version.pk])  # noqa: S608 -- our own texts


def test_a_published_definition_may_be_given_a_last_day(world: World) -> None:
    with world.acting_as("cora"):
        assert FormVersion.objects.filter(status="published").update(note="Ends with the year.")
