"""Generated cases as rows, thousands in one statement, written by the worker as it writes an import."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice

from django.db import connection
from django.utils import timezone

from cases.enums import CaseStatus
from cases.models import new_public_id
from config.demo.answers import DemoCase


BATCH = 4000
INSERT = """
    INSERT INTO cases_case
        (public_id, collaborative_id, participation_id, form_version_id, case_number, event_date, status, answers, missing,
         reasons, revision, created_at, created_by_id, updated_at, updated_by_id, completed_at, completed_by_id)
    SELECT k.public_id, v.collaborative_id, k.participation_id, v.id, k.case_number, k.event_date, k.status,
           k.answers::jsonb, k.missing::jsonb, k.reasons::jsonb, 1, k.entered_at, k.by_id, k.entered_at, k.by_id,
           k.completed_at, CASE WHEN k.completed_at IS NOT NULL THEN k.by_id END
      FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::date[], %s::text[], %s::text[], %s::text[], %s::text[],
                  %s::timestamptz[], %s::timestamptz[], %s::bigint[])
           AS k (public_id, participation_id, case_number, event_date, status, answers, missing, reasons,
                 entered_at, completed_at, by_id)
      JOIN measures_formversion v ON v.status = 'published' AND v.effective_from <= k.event_date
           AND (v.effective_to IS NULL OR v.effective_to >= k.event_date)
"""


@dataclass(frozen=True)
class Owner:
    """Whose case it is: the hospital's participation and its abstractor."""

    participation_id: int
    abstractor_id: int


def write_cases(cases: Iterable[DemoCase], owners: Mapping[str, Owner]) -> int:
    """Insert the cases of one collaborative with a single form; acting as the worker there."""
    now, written, rest = timezone.now(), 0, iter(cases)
    while batch := list(islice(rest, BATCH)):
        rows = [_row(case, owners[case.hospital], now) for case in batch]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
            written += cursor.rowcount
    return written


def _row(case: DemoCase, owner: Owner, now: datetime) -> tuple[object, ...]:
    entered_at = min(_in_the_afternoon(case.entered_on), now)
    return (
        new_public_id(),
        owner.participation_id,
        case.case_number,
        case.event_date,
        (CaseStatus.COMPLETE if case.complete else CaseStatus.IN_PROGRESS).value,
        json.dumps(case.answers),
        json.dumps(case.missing),
        json.dumps(case.reasons),
        entered_at,
        entered_at if case.complete else None,
        owner.abstractor_id,
    )


def _in_the_afternoon(day: date) -> datetime:
    return datetime.combine(day, time(17), UTC)
