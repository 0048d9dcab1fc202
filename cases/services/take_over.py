"""The worker's second half of an import: the staged rows become cases, in one transaction."""

import json
import os
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.enums import CaseStatus, ImportState, RowAction
from cases.models import CaseImport, ImportRow, new_public_id
from cases.models.case import PUBLIC_ID_LETTERS
from cases.services.importing.mail import tell
from cases.services.importing.table import batches
from cases.services.imports import choices_of
from cases.services.progress import Progress
from events.enums import EventKind
from events.models import Job
from events.services import record_event
from measures.selectors.definitions import form_of
from privacy.viewer import Viewer


def take_over(job: Job) -> None:
    """Work of the job `cases.commit_import`; a second run finds nothing left to do."""
    case_import = CaseImport.objects.defer("content").select_for_update(of=("self",)).get(pk=job.subject_id)
    if case_import.state == ImportState.COMMITTING:
        take_over_rows(case_import)
        tell(case_import, job)


@transaction.atomic
def take_over_rows(case_import: CaseImport) -> None:
    """Write the rows without errors as complete cases, unless somebody changed one of them since the check."""
    if case_import.state != ImportState.COMMITTING:
        return
    if touched := _touched_since_check(case_import):
        case_import.state, case_import.committed_by = ImportState.REFUSED, None
        number = f"{touched:,} of its cases were" if touched > 1 else "One of its cases was"
        case_import.problem = (
            f"{number} changed on the pages or locked after the check, so nothing was imported. Check the file again."
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
         reasons, answered, questions, errors, warnings, sections, resume_at, working_seconds, revision, created_at, created_by_id,
         updated_at, updated_by_id, completed_at, completed_by_id, case_import_id)
    SELECT k.public_id, r.collaborative_id, r.participation_id, v.id, r.case_number, r.event_date, %(complete)s, r.answers,
           r.missing, found.reasons, (r.progress ->> 'answered')::int, (r.progress ->> 'questions')::int, 0,
           (r.progress ->> 'warnings')::int - found.excused, coalesce(r.progress -> 'sections', '{}'), '', 0,
           1, %(now)s, %(by)s, %(now)s, %(by)s, %(now)s, %(by)s, r.case_import_id
      FROM unnest(%(lines)s::int[], %(public_ids)s::text[]) AS k (line, public_id)
      JOIN cases_importrow r ON r.row_number = k.line AND r.row_number BETWEEN %(first)s AND %(last)s
       AND r.collaborative_id = %(collaborative)s AND r.case_import_id = %(import)s
      JOIN LATERAL (
            SELECT id FROM measures_formversion
             WHERE form_id = %(form)s AND status = 'published' AND effective_from <= r.event_date
               AND (effective_to IS NULL OR effective_to >= r.event_date)
             ORDER BY number DESC LIMIT 1) AS v ON true
      CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_object_agg(f ->> 'rule', coalesce(f ->> 'reason', %(reasons)s::jsonb ->> (f ->> 'rule')))
                              FILTER (WHERE f ? 'reason' OR %(reasons)s::jsonb ? (f ->> 'rule')), '{}') AS reasons,
                   count(*) FILTER (WHERE NOT f ? 'reason' AND %(reasons)s::jsonb ? (f ->> 'rule')) AS excused
              FROM jsonb_array_elements(r.findings) AS f WHERE f ->> 'severity' = 'warning') AS found
        ON CONFLICT (participation_id, case_number) DO UPDATE
       SET form_version_id = excluded.form_version_id, event_date = excluded.event_date, status = excluded.status,
           answers = excluded.answers, missing = excluded.missing, reasons = cases_case.reasons || excluded.reasons,
           answered = excluded.answered, questions = excluded.questions, errors = 0, warnings = excluded.warnings,
           sections = excluded.sections, revision = cases_case.revision + 1,
           updated_at = excluded.updated_at, updated_by_id = excluded.updated_by_id, completed_at = excluded.completed_at,
           completed_by_id = excluded.completed_by_id, case_import_id = excluded.case_import_id
"""
BATCH = 5_000  # rows in one statement: often enough for the progress, seldom enough for the triggers


def _write(case_import: CaseImport) -> int:
    form = form_of(case_import.collaborative_id, case_import.form_slug)
    values: dict[str, Any] = {
        "collaborative": case_import.collaborative_id,
        "import": case_import.pk,
        "form": form.pk if form else None,
        "complete": CaseStatus.COMPLETE.value,
        "reasons": json.dumps(dict(choices_of(case_import).reasons)),
        "now": timezone.now(),
        "by": case_import.committed_by_id,
    }
    lines = list(_to_write(case_import).order_by("row_number").values_list("row_number", flat=True))
    progress, written = Progress(case_import.public_id, case_import.state), 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('colloquy.via', 'import', true)")
        for chosen in batches(lines, BATCH):
            progress.tell(written, len(lines))
            part: dict[str, Any] = {
                "lines": chosen,
                "first": chosen[0],
                "last": chosen[-1],
                "public_ids": _public_ids(len(chosen)),
            }
            cursor.execute(WRITE, {**values, **part})
            written += cursor.rowcount
        cursor.execute("SELECT set_config('colloquy.via', '', true)")
    return written


def _public_ids(count: int) -> list[str]:
    """Many at once, for `new_public_id` asks the system for each letter: of the random bytes those that favour none."""
    letters = ""
    while len(letters) < count * PUBLIC_ID_LENGTH:
        letters += os.urandom(count * PUBLIC_ID_LENGTH).translate(_LETTER_OF_BYTE, _NO_LETTER).decode()
    return [letters[begin : begin + PUBLIC_ID_LENGTH] for begin in range(0, count * PUBLIC_ID_LENGTH, PUBLIC_ID_LENGTH)]


PUBLIC_ID_LENGTH = len(new_public_id())
_FAIR = 256 - 256 % len(PUBLIC_ID_LETTERS)
_NO_LETTER = bytes(range(_FAIR, 256))
_LETTER_OF_BYTE = bytes(ord(PUBLIC_ID_LETTERS[byte % len(PUBLIC_ID_LETTERS)]) for byte in range(256))


def _to_write(case_import: CaseImport) -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(
        collaborative_id=case_import.collaborative_id,
        case_import=case_import,
        action__in=[RowAction.NEW, RowAction.CHANGED],
    )


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
