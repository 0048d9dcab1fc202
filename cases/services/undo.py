"""Take an import back: its new cases go, those it changed are as before. Their history keeps all three moments.

The values before come from the history that the database keeps of every case. A case that was changed since, by a person
or another file, stays as it is and is counted; so does a new one about which somebody has asked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from cases.enums import CaseStatus, ImportState
from cases.models import Case, CaseImport
from cases.services.case_progress import measure_case
from cases.services.importing.mail import tell
from cases.services.importing.table import batches
from cases.services.progress import Progress
from events.enums import EventKind
from events.models import Job
from events.services import record_event
from measures.definition.answers import from_json
from measures.models import FormVersion
from privacy.viewer import Viewer


BATCH = 1_000
# The latest entry of each case of the file: it is the file's own unless somebody came after it.
LATEST = """
    SELECT c.id, h.kind, h.changes
      FROM cases_case c
      CROSS JOIN LATERAL (SELECT kind, via, revision, changes FROM cases_casechange
                           WHERE participation_id = c.participation_id AND case_id = c.id
                             AND NOT (kind = 'changed' AND changes - 'assigned_to' = '{}')
                           ORDER BY id DESC LIMIT 1) AS h
     WHERE c.collaborative_id = %s AND c.case_import_id = %s AND c.status <> 'locked' AND h.via = 'import' AND h.revision = c.revision
       AND NOT (h.kind = 'created' AND EXISTS (SELECT FROM cases_questioncount AS q WHERE q.case_id = c.id))
       FOR UPDATE OF c
"""
RESTORE = """
    UPDATE cases_case AS c
       SET answers = r.answers::jsonb, missing = r.missing::jsonb, reasons = r.reasons::jsonb, status = r.status,
           event_date = r.event_date::date, form_version_id = r.form_version::bigint, case_import_id = r.case_import::bigint,
           completed_at = CASE WHEN r.status = 'complete' THEN c.completed_at END,
           completed_by_id = CASE WHEN r.status = 'complete' THEN c.completed_by_id END,
           answered = (r.progress::jsonb ->> 'answered')::int, questions = (r.progress::jsonb ->> 'questions')::int,
           errors = (r.progress::jsonb ->> 'errors')::int, warnings = (r.progress::jsonb ->> 'warnings')::int,
           sections = r.progress::jsonb -> 'sections', revision = c.revision + 1, updated_at = %s, updated_by_id = %s
      FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
           AS r (id, answers, missing, reasons, status, event_date, form_version, case_import, progress)
     WHERE c.id = r.id
"""


@dataclass(frozen=True, kw_only=True)
class Undone:
    """Which cases an undo took away and which it restored; whoever counts cases follows."""

    deleted: Sequence[int]
    restored: Sequence[int]
    hospitals: Sequence[int]


def undo_cases(job: Job) -> Undone | None:
    """The cases' half of the job `cases.undo_import`; None when there is nothing left to do."""
    case_import = (
        CaseImport.objects.defer("content")
        .select_for_update(of=("self",))
        .select_related("collaborative")
        .get(pk=job.subject_id)
    )
    if case_import.state != ImportState.UNDOING:
        return None
    undone = _undo(case_import)
    expected = case_import.summary.get("written", 0)
    done = {"deleted": len(undone.deleted), "restored": len(undone.restored)}
    case_import.summary["undone"] = {**done, "kept": max(0, expected - sum(done.values()))}
    case_import.state, case_import.undone_at = ImportState.UNDONE, timezone.now()
    case_import.save(update_fields=["state", "undone_at", "summary"])
    _record(case_import)
    tell(case_import, job)
    return undone


def _undo(case_import: CaseImport) -> Undone:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('colloquy.via', 'undo', true)")
        cursor.execute(LATEST, [case_import.collaborative_id, case_import.pk])
        latest = [(key, kind, _loaded(changes)) for key, kind, changes in cursor.fetchall()]
    new = [key for key, kind, _ in latest if kind == "created"]
    changed = {key: changes for key, kind, changes in latest if kind == "changed"}
    hospitals = Case.objects.filter(pk__in=[*new, *changed]).order_by("participation_id")
    found = list(hospitals.values_list("participation_id", flat=True).distinct())
    progress, versions = Progress(case_import.public_id, case_import.state), _versions(case_import)
    for done, keys in enumerate(batches(sorted(changed), BATCH)):
        progress.tell(done * BATCH, len(latest))
        _restore(case_import, {key: changed[key] for key in keys}, versions)
    with connection.cursor() as cursor:
        # The database's own statement: the ORM would first load every case to look for rows that point at it.
        cursor.execute("DELETE FROM cases_case WHERE id = ANY (%s)", [new])
        cursor.execute("SELECT set_config('colloquy.via', '', true)")
    return Undone(deleted=new, restored=sorted(changed), hospitals=found)


def _versions(case_import: CaseImport) -> dict[int, FormVersion]:
    versions = FormVersion.objects.filter(
        form__collaborative_id=case_import.collaborative_id, form__slug=case_import.form_slug
    )
    return {version.pk: version for version in versions}


def _restore(case_import: CaseImport, changed: Mapping[int, Any], versions: Mapping[int, FormVersion]) -> None:
    rows = [_before(case, changed[case.pk], versions) for case in Case.objects.filter(pk__in=list(changed))]
    columns = list(map(list, zip(*rows, strict=True)))
    with connection.cursor() as cursor:
        cursor.execute(RESTORE, [timezone.now(), case_import.undone_by_id, *columns])


def _before(case: Case, changes: Mapping[str, Any], versions: Mapping[int, FormVersion]) -> tuple[object, ...]:
    """The case as it was before the change, in the order of RESTORE."""
    answers, missing, reasons = (
        _taken_back(getattr(case, name), changes.get(name) or {}) for name in ("answers", "missing", "reasons")
    )
    version = _old(changes, "form_version", case.form_version_id)
    spec = versions[version].definition
    progress = measure_case(spec, from_json(spec, answers, missing), reasons)
    kept = vars(progress) | {"sections": {name: [*counts] for name, counts in progress.sections.items()}}
    return (
        case.pk,
        *map(json.dumps, (answers, missing, reasons)),
        _old(changes, "status", CaseStatus(case.status).value),
        str(_old(changes, "event_date", case.event_date)),
        str(version),
        _text(_old(changes, "case_import", case.case_import_id)),
        json.dumps(kept),
    )


def _taken_back(now: Mapping[str, Any], changes: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The values before: `changes` holds each as [before, after], null where there was none."""
    before = {name: values[0] for name, values in changes.items()}
    kept = {name: value for name, value in now.items() if name not in before}
    return kept | {name: value for name, value in before.items() if value is not None}


def _old(changes: Mapping[str, Any], name: str, now: Any) -> Any:  # noqa: ANN401 -- a column's value
    return changes[name][0] if name in changes else now


def _text(key: int | None) -> str | None:
    return None if key is None else str(key)


def _loaded(changes: Any) -> Any:  # noqa: ANN401 -- JSON comes as text or loaded, as the connection is set
    return json.loads(changes) if isinstance(changes, str) else changes


def _record(case_import: CaseImport) -> None:
    on_behalf = Viewer(
        user_id=case_import.undone_by_id or 0,
        name="Colloquy",
        capacity=None,
        collaborative_id=case_import.collaborative_id,
        collaborative_slug="",
    )
    details = {"import": case_import.pk, **case_import.summary["undone"]}
    record_event(
        EventKind.IMPORT_UNDONE,
        by=on_behalf,
        subject=case_import,
        participation_id=case_import.participation_id,
        details=details,
    )
