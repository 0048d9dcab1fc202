"""The worker's second half of an import: the staged rows become cases, in one transaction."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from cases.enums import CaseStatus, ImportState, RowAction
from cases.models import CaseImport, ImportRow, new_public_id
from events.enums import EventKind
from events.models import Job
from events.services import record_event
from measures.selectors.definitions import form_of
from privacy.viewer import Viewer


def take_over(job: Job) -> None:
    """Work of the job `cases.commit_import`; a second run finds nothing left to do."""
    case_import = CaseImport.objects.select_for_update().get(pk=job.subject_id)
    take_over_rows(case_import)


@transaction.atomic
def take_over_rows(case_import: CaseImport) -> None:
    """Write the rows without errors as complete cases, unless somebody changed one of them since the check."""
    if case_import.state != ImportState.COMMITTING:
        return
    if touched := _touched_since_check(case_import):
        case_import.state, case_import.committed_by = ImportState.REFUSED, None
        number = f"{touched:,} of its cases were" if touched > 1 else "One of its cases was"
        case_import.problem = (
            f"{number} changed on the pages after the check, so nothing was imported. Check the file again."
        )
        case_import.save(update_fields=["state", "problem", "committed_by"])
        return
    written = _write(case_import)
    case_import.state, case_import.committed_at = ImportState.COMMITTED, timezone.now()
    case_import.summary["written"] = written
    case_import.save(update_fields=["state", "committed_at", "summary"])
    _record(case_import, written)


TOUCHED = """
    SELECT count(*) FROM (
        SELECT c.updated_at FROM cases_case c JOIN cases_importrow r USING (participation_id, case_number)
         WHERE r.case_import_id = %s AND r.action IN ('new', 'changed') FOR UPDATE OF c
    ) AS held WHERE updated_at > %s::timestamptz
"""


def _touched_since_check(case_import: CaseImport) -> int:
    """Cases saved by hand after the check said what the file would do to them. They stay locked until the end."""
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, [case_import.pk, case_import.summary["checked_at"]])
        (count,) = cursor.fetchone()
    return int(count)


WRITE = """
    INSERT INTO cases_case
        (public_id, collaborative_id, participation_id, form_version_id, case_number, event_date, status, answers, missing,
         reasons, revision, created_at, created_by_id, updated_at, updated_by_id, completed_at, completed_by_id, case_import_id)
    SELECT k.public_id, r.collaborative_id, r.participation_id, v.id, r.case_number, r.event_date, %(complete)s, r.answers,
           r.missing, '{}', 1, %(now)s, %(by)s, %(now)s, %(by)s, %(now)s, %(by)s, r.case_import_id
      FROM unnest(%(rows)s::bigint[], %(public_ids)s::text[]) AS k (row_id, public_id)
      JOIN cases_importrow r ON r.id = k.row_id
      JOIN LATERAL (
            SELECT id FROM measures_formversion
             WHERE form_id = %(form)s AND status = 'published' AND effective_from <= r.event_date
               AND (effective_to IS NULL OR effective_to >= r.event_date)
             ORDER BY number DESC LIMIT 1) AS v ON true
        ON CONFLICT (participation_id, case_number) DO UPDATE
       SET form_version_id = excluded.form_version_id, event_date = excluded.event_date, status = excluded.status,
           answers = excluded.answers, missing = excluded.missing, revision = cases_case.revision + 1,
           updated_at = excluded.updated_at, updated_by_id = excluded.updated_by_id, completed_at = excluded.completed_at,
           completed_by_id = excluded.completed_by_id, case_import_id = excluded.case_import_id
"""


def _write(case_import: CaseImport) -> int:
    rows = list(
        ImportRow.objects.filter(case_import=case_import, action__in=[RowAction.NEW, RowAction.CHANGED]).values_list(
            "pk", flat=True
        )
    )
    form = form_of(case_import.collaborative_id, case_import.form_slug)
    values: dict[str, Any] = {
        "rows": rows,
        "public_ids": [new_public_id() for _ in rows],
        "form": form.pk if form else None,
        "complete": CaseStatus.COMPLETE.value,
        "now": timezone.now(),
        "by": case_import.committed_by_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        return int(cursor.rowcount)


def _record(case_import: CaseImport, written: int) -> None:
    """Tell the others once, whatever the number of cases; `Case.case_import` says which."""
    on_behalf = Viewer(
        user_id=case_import.committed_by_id or 0,
        name="Colloquy",
        capacity=None,
        collaborative_id=case_import.collaborative_id,
        collaborative_slug="",
    )
    record_event(
        EventKind.IMPORT_COMMITTED,
        by=on_behalf,
        subject=case_import,
        participation_id=case_import.participation_id,
        details={"import": case_import.pk, "written": written, **case_import.summary["actions"]},
    )
