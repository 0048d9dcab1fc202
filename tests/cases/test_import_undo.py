"""Taking an import back: new cases go, changed ones are as before, what people changed since stays; counts follow."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from cases.enums import ImportState
from cases.errors import ImportStateError
from cases.models import Case, CaseChange, CaseImport, ImportRow
from cases.services.cases import Changes, reopen_case, save_answers
from cases.services.check_import import check_file
from cases.services.clear_uploads import clear_uploads
from cases.services.imports import commit_import, undo_import, upload_import
from cases.services.take_over import take_over_rows
from collaboratives.notifications.services.sending import send_due
from events.models import Event, Job
from events.outbox import run_job
from feedback.models import CaseOutcome, SiteMonth
from feedback.services.bulk_outcomes import evaluate_import
from measures.models import Form
from privacy.viewer import PermissionRefusedError
from tenancy.context import Acting, acting
from tests.world import World


pytestmark = [pytest.mark.worker, pytest.mark.django_db]
HEADING = "case_number,age,asa,operation_date,antibiotic,ssi"
Counts = list[tuple[int, object, int, int, int, int]]


def _import(world: World, *rows: str, heading: str = HEADING) -> CaseImport:
    """Uploaded, checked, taken over, counted."""
    content = "\n".join([heading, *rows]).encode()
    with world.acting_as("alder.abstractor") as by:
        form = Form.objects.get(slug="colectomy")
        case_import = upload_import(form=form, file_name="cases.csv", content=content, by=by, queue=False)
    with _worker(case_import):
        check_file(case_import)
    with world.acting_as("alder.abstractor") as by:
        case_import = commit_import(case_import=case_import, valid_only=False, by=by, queue=False)
    with _worker(case_import):
        take_over_rows(case_import)
        evaluate_import(case_import.collaborative_id, case_import.pk)
    return case_import


class _worker:  # noqa: N801 -- read as a word
    def __init__(self, case_import: CaseImport) -> None:
        self.acting = acting(Acting("compute", collaborative_id=case_import.collaborative_id))
        self.atomic = transaction.atomic()

    def __enter__(self) -> None:
        self.acting.__enter__()
        self.atomic.__enter__()

    def __exit__(self, *problem: object) -> None:
        self.atomic.__exit__(*problem)  # type: ignore[arg-type]  # what `with` gives
        self.acting.__exit__(*problem)  # type: ignore[arg-type]  # the same


def _undo(world: World, case_import: CaseImport) -> CaseImport:
    with world.acting_as("alder.abstractor") as by:
        undo_import(case_import=case_import, by=by)
    with _worker(case_import):
        job = Job.objects.get(kind="cases.undo_import", subject_id=case_import.pk)
    run_job(job_id=job.pk, collaborative_id=case_import.collaborative_id)
    run_job(job_id=job.pk, collaborative_id=case_import.collaborative_id)
    with world.acting_as("alder.abstractor"):
        return CaseImport.objects.get(pk=case_import.pk)


def _counts(world: World) -> Counts:
    with _worker(CaseImport(collaborative_id=world.viewer("alder.abstractor").collaborative_id)):
        months = SiteMonth.objects.filter(participation_id=world.viewer("alder.abstractor").participation_id)
        names = ("measure_version_id", "month", "met", "not_met", "excluded", "cannot_tell")
        return sorted(row for row in months.values_list(*names) if any(row[2:]))


def _cases(world: World) -> dict[str, tuple[object, ...]]:
    with world.acting_as("alder.abstractor"):
        names = ("case_number", "status", "answers", "missing", "event_date", "answered", "questions", "case_import_id")
        return {number: rest for number, *rest in Case.objects.values_list(*names)}  # type: ignore[misc]  # the rest of each


def test_new_cases_go_and_changed_ones_are_as_before(world: World) -> None:
    _import(world, "N-1,70,2,2026-03-05,1,0", "N-2,71,2,2026-03-06,1,0")
    before, counts = _cases(world), _counts(world)

    second = _import(world, "N-1,80,3,2026-04-05,0,1", "N-3,60,2,2026-03-07,1,unknown", "AL-901,70,2,2026-03-05,1,0")
    changed = _cases(world)
    undone = _undo(world, second)

    assert (changed["N-1"] != before["N-1"], "N-3" in changed, _counts(world) == counts) == (True, True, True)
    assert _cases(world) == before
    assert (undone.state, undone.summary["undone"]) == (ImportState.UNDONE, {"deleted": 1, "restored": 2, "kept": 0})


def test_history_keeps_what_was_undone(world: World) -> None:
    first = _import(world, "N-1,70,2,2026-03-05,1,0")
    _undo(world, first)

    with world.acting_as("alder.abstractor"):
        history = list(CaseChange.objects.filter(case_number="N-1").order_by("pk").values_list("kind", "via"))
        told = list(Event.objects.filter(kind="import_undone").values_list("actor_id", "details"))
    assert history == [("created", "import"), ("deleted", "undo")]
    assert told == [(world.user("alder.abstractor").pk, {"import": first.pk, "deleted": 1, "restored": 0, "kept": 0})]


def test_what_people_changed_since_stays_and_is_told(world: World) -> None:
    first = _import(world, "N-1,70,2,2026-03-05,1,0", "N-2,71,2,2026-03-06,1,0")
    with world.acting_as("alder.abstractor") as by:
        case = reopen_case(case=Case.objects.get(case_number="N-1"), reason="Look again", by=by)
        save_answers(case=case, changes=Changes(revision=case.revision, answers={"age": 75}), by=by)

    undone = _undo(world, first)

    assert undone.summary["undone"] == {"deleted": 1, "restored": 0, "kept": 1}
    assert (_cases(world)["N-1"][1]["age"], "N-2" in _cases(world)) == (75, False)  # type: ignore[index]  # its answers


def test_what_a_later_file_changed_stays(world: World) -> None:
    first = _import(world, "N-1,70,2,2026-03-05,1,0")
    second = _import(world, "N-1,71,2,2026-03-05,1,0")

    kept = _undo(world, first).summary["undone"]
    restored = _undo(world, second).summary["undone"]

    assert (kept, restored) == ({"deleted": 0, "restored": 0, "kept": 1}, {"deleted": 0, "restored": 1, "kept": 0})
    assert _cases(world)["N-1"][-1] == first.pk


def test_outcomes_of_cases_that_are_gone_are_gone(world: World) -> None:
    first = _import(world, "N-1,70,2,2026-03-05,1,0")
    with world.acting_as("alder.abstractor"):
        key = Case.objects.get(case_number="N-1").pk
        before = CaseOutcome.objects.filter(case_id=key).count()

    _undo(world, first)

    with world.acting_as("alder.abstractor"):
        assert (before, CaseOutcome.objects.filter(case_id=key).count()) == (3, 0)


def test_the_window_closes(world: World) -> None:
    first = _import(world, "N-1,70,2,2026-03-05,1,0")
    with _worker(first):
        CaseImport.objects.filter(pk=first.pk).update(committed_at=timezone.now() - timedelta(days=31))

    with world.acting_as("alder.abstractor") as by, pytest.raises(ImportStateError, match="can be undone for 30 days"):
        undo_import(case_import=first, by=by)


def test_only_the_hospital_itself_undoes_its_file(world: World) -> None:
    first = _import(world, "N-1,70,2,2026-03-05,1,0")

    for name in ("birch.abstractor", "cora", "alder.clinician"):
        with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
            undo_import(case_import=first, by=by)


def test_the_person_who_asked_gets_a_mail_with_counts_only(
    world: World, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    first = _import(world, "N-1,70,2,2026-03-05,1,0")

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture that is a function
        _undo(world, first)
    send_due(first.collaborative_id)

    (told,) = [each for each in mail.outbox if "undone" in each.subject]
    assert told.to == ["alder.abstractor@example.org"]
    assert "1 new cases were taken away, 0 were restored, 0 were kept" in told.body
    assert f"/imports/{first.public_id}/" in told.body
    assert not {"N-1", "70", "cases.csv"} & set(told.body.split())


def test_old_files_are_cleared_and_their_digest_stays(world: World) -> None:
    old, fresh = _import(world, "N-1,70,2,2026-03-05,1,0"), _import(world, "N-2,70,2,2026-03-05,1,0")
    with _worker(old):
        CaseImport.objects.filter(pk=old.pk).update(committed_at=timezone.now() - timedelta(days=31))
        cleared = clear_uploads(old.collaborative_id)
        again = clear_uploads(old.collaborative_id)
        rows = {key: ImportRow.objects.filter(case_import_id=key).count() for key in (old.pk, fresh.pk)}
        contents = dict(CaseImport.objects.filter(pk__in=rows).values_list("pk", "content"))
        digest = CaseImport.objects.get(pk=old.pk).content_digest

    assert (cleared, again, rows) == (1, 0, {old.pk: 0, fresh.pk: 1})
    assert (bytes(contents[old.pk]), len(bytes(contents[fresh.pk])) > 0, len(digest)) == (b"", True, 64)
    assert "N-1" in _cases(world)
