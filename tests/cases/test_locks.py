"""A locked case cannot change: not by the form, a file, the API, an assignment, an undo or SQL of the web's roles."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from cases.enums import CaseStatus, ImportState
from cases.errors import LOCKED_WORDS, CaseLockedError
from cases.models import Case, CaseChange, CaseImport, ImportRow
from cases.services.assignment import assign_cases
from cases.services.cases import complete_case, correct_case_number, reopen_case, save_answers
from cases.services.changes import Changes
from cases.services.check_import import check_file
from cases.services.imports import commit_import, undo_import, upload_import
from cases.services.locking import lock_cases, unlock_case
from cases.services.take_over import take_over_rows
from cases.services.undo import undo_cases
from events.models import Job
from feedback.models import CaseOutcome
from feedback.services.bulk_outcomes import evaluate_collaborative
from feedback.services.outcomes import evaluate_case
from measures.models import Form
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.world import World


pytestmark = [pytest.mark.worker, pytest.mark.django_db]
HEADING = "case_number,age,asa,operation_date,antibiotic,ssi"


def _compute(collaborative_id: int) -> Acting:
    return Acting("compute", collaborative_id=collaborative_id)


def _locked(world: World) -> Case:
    """A complete case of Alder that the worker locked."""
    with world.acting_as("alder.abstractor"):
        found = Case.objects.filter(participation=world.participation("alder"), status=CaseStatus.COMPLETE)
        case = found.select_related("form_version__form", "collaborative").earliest("pk")
    with acting(_compute(case.collaborative_id)), transaction.atomic():
        assert lock_cases(Case.objects.filter(pk=case.pk)) == 1
        return Case.objects.select_related("form_version__form", "collaborative").get(pk=case.pk)


def _unchanged(world: World, case: Case) -> bool:
    with world.acting_as("alder.abstractor"):
        return vars(Case.objects.get(pk=case.pk)).items() >= {
            (name, value) for name, value in vars(case).items() if isinstance(value, str | int | date)
        }


def _raw(statement: str, case: Case, way: str = "unlock") -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('colloquy.via', %s, true)", [way])
        cursor.execute(statement, [case.pk])


@pytest.mark.parametrize("work", ["save", "complete", "reopen", "number"])
def test_no_service_changes_a_locked_case(world: World, work: str) -> None:
    case = _locked(world)

    def _work(by: Viewer) -> None:
        if work == "save":
            save_answers(case=case, changes=Changes(revision=case.revision, answers={"age": 30}), by=by)
        elif work == "complete":
            complete_case(case=case, revision=case.revision, by=by)
        elif work == "reopen":
            reopen_case(case=case, reason="A typing error.", by=by)
        else:
            correct_case_number(case=case, case_number="AL-X", by=by)

    with world.acting_as("alder.abstractor") as by, pytest.raises(CaseLockedError, match="unlock it"):
        _work(by)
    assert _unchanged(world, case)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_case SET answers = '{}' WHERE id = %s",
        "UPDATE cases_case SET status = 'complete', locked_at = NULL WHERE id = %s",
        "UPDATE cases_case SET locked_at = now() WHERE id = %s",
    ],
)
def test_sql_of_a_hospital_is_refused_whatever_way_it_names(world: World, statement: str) -> None:
    case = _locked(world)
    with world.acting_as("alder.abstractor"), pytest.raises(IntegrityError, match="a locked case cannot change"):
        _raw(statement, case)
    assert _unchanged(world, case)


@pytest.mark.parametrize("way", ["", "import", "undo", "lock"])
@pytest.mark.parametrize("statement", ["UPDATE cases_case SET answers = '{}'", "DELETE FROM cases_case"])
def test_the_worker_changes_none_either_but_to_unlock(world: World, statement: str, way: str) -> None:
    case = _locked(world)
    acts = acting(_compute(case.collaborative_id))
    with acts, pytest.raises(IntegrityError, match="a locked case cannot change"):
        _raw(f"{statement} WHERE id = %s", case, way)
    assert _unchanged(world, case)


def test_a_hospital_cannot_lock_a_case_itself(world: World) -> None:
    with world.acting_as("alder.abstractor"):
        case = Case.objects.filter(participation=world.participation("alder"), status=CaseStatus.COMPLETE).earliest(
            "pk"
        )
        with pytest.raises(IntegrityError, match="only the worker locks a case"):
            _raw("UPDATE cases_case SET status = 'locked', locked_at = now() WHERE id = %s", case)


def test_a_draft_is_never_locked_and_locking_twice_does_it_once(world: World) -> None:
    case = _locked(world)
    with acting(_compute(case.collaborative_id)), transaction.atomic():
        drafts = Case.objects.filter(status=CaseStatus.IN_PROGRESS)
        count = drafts.count()
        assert (lock_cases(drafts), drafts.count()) == (0, count)
        assert lock_cases(Case.objects.filter(pk=case.pk)) == 0
    assert _unchanged(world, case)


def test_unlocking_leaves_who_when_and_why(world: World) -> None:
    case, dana = _locked(world), world.user("dana")
    with acting(_compute(case.collaborative_id)), transaction.atomic():
        assert unlock_case(case=case, reason="Wrong operation date.", decided_by_id=dana.pk)
        assert not unlock_case(case=case, reason="Again.", decided_by_id=dana.pk)
        lock, unlock = CaseChange.objects.filter(case_id=case.pk).order_by("-pk")[:2][::-1]
        after = Case.objects.get(pk=case.pk)

    assert (after.status, after.locked_at, after.completed_at) == (CaseStatus.COMPLETE, None, case.completed_at)
    assert (lock.via, lock.changed_by_id, lock.changes["status"]) == ("lock", None, ["complete", "locked"])
    assert (unlock.via, unlock.changed_by_id, unlock.changes) == (
        "unlock",
        dana.pk,
        {"reasons": {"unlocked": [None, "Wrong operation date."]}, "status": ["locked", "complete"]},
    )


def test_an_assignment_leaves_locked_cases_with_whom_they_are(world: World) -> None:
    case, sampler = _locked(world), world.user("alder.sampler")
    with world.acting_as("alder.abstractor") as by:
        other = Case.objects.filter(participation=world.participation("alder"), status=CaseStatus.COMPLETE).earliest(
            "pk"
        )
        done = assign_cases(case_ids=[case.pk, other.pk], to=sampler.public_id, by=by)
    assert (done.chosen, done.changed, done.locked) == (2, 1, 1)
    assert _unchanged(world, case)


def _check(world: World, *rows: str) -> CaseImport:
    with world.acting_as("alder.abstractor") as by:
        content = "\n".join([HEADING, *rows]).encode()
        form = Form.objects.get(slug="colectomy")
        found = upload_import(form=form, file_name="cases.csv", content=content, by=by, queue=False)
    with acting(_compute(found.collaborative_id)), transaction.atomic():
        check_file(found)
    return found


def _commit(world: World, found: CaseImport) -> CaseImport:
    with world.acting_as("alder.abstractor") as by:
        found = commit_import(case_import=found, valid_only=True, by=by, queue=False)
    with acting(_compute(found.collaborative_id)), transaction.atomic():
        take_over_rows(found)
    return found


def _lock_number(world: World, number: str) -> Case:
    hospital = world.participation("alder")
    with acting(_compute(hospital.collaborative_id)), transaction.atomic():
        found = Case.objects.filter(participation=hospital, case_number=number)
        lock_cases(found)
        return found.get()


def test_a_file_changes_no_locked_case_and_says_so(world: World) -> None:
    _commit(world, _check(world, "L-1,70,2,2026-03-05,1,0", "L-2,70,2,2026-03-05,1,0"))
    one, two = _lock_number(world, "L-1"), _lock_number(world, "L-2")
    found = _check(world, "L-1,70,2,2026-03-05,1,0", "L-2,71,2,2026-03-05,1,0", "L-3,70,2,2026-03-05,1,0")
    with world.acting_as("alder.abstractor"):
        rows = list(ImportRow.objects.filter(case_import=found).order_by("row_number"))
    _commit(world, found)

    assert [row.action for row in rows] == ["unchanged", "rejected", "new"]
    (finding,) = rows[1].findings
    assert (finding["rule"], f"{finding['message']} {finding['remedy']}") == ("case_locked", LOCKED_WORDS)
    assert (_unchanged(world, one), _unchanged(world, two)) == (True, True)


def test_a_case_locked_between_check_and_import_stops_the_import(world: World) -> None:
    _commit(world, _check(world, "L-1,70,2,2026-03-05,1,0"))
    found = _check(world, "L-1,71,2,2026-03-05,1,0", "L-2,70,2,2026-03-05,1,0")
    case = _lock_number(world, "L-1")
    found = _commit(world, found)

    assert (found.state, found.problem) == (
        ImportState.REFUSED,
        "One of its cases was changed on the pages or locked after the check, so nothing was imported. Check the file again.",
    )
    assert _unchanged(world, case)


def test_undoing_an_import_keeps_its_locked_cases_and_tells(world: World) -> None:
    found = _commit(world, _check(world, "L-1,70,2,2026-03-05,1,0", "L-2,70,2,2026-03-05,1,0"))
    case = _lock_number(world, "L-1")
    with world.acting_as("alder.abstractor") as by:
        undo_import(case_import=found, by=by)
    with acting(_compute(found.collaborative_id)), transaction.atomic():
        undo_cases(Job.objects.get(kind="cases.undo_import", subject_id=found.pk))
    with world.acting_as("alder.abstractor"):
        found.refresh_from_db()

    assert found.summary["undone"] == {"deleted": 1, "restored": 0, "kept": 1}
    assert _unchanged(world, case)


def test_a_locked_case_still_counts(world: World) -> None:
    case = _locked(world)
    with acting(_compute(case.collaborative_id)), transaction.atomic():
        outcomes = CaseOutcome.objects.filter(case_id=case.pk).order_by("measure_version_id")
        evaluate_case(case.pk)
        one = list(outcomes.values_list("measure_version_id", "outcome"))
        outcomes.delete()
        evaluate_collaborative(case.collaborative_id)
        assert one
        assert list(outcomes.values_list("measure_version_id", "outcome")) == one
