"""Generated cases as rows, thousands in one statement, written by the worker as it writes an import."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice

from django.db import connection
from django.utils import timezone

from cases.enums import CaseStatus
from cases.models import new_public_id
from cases.services.case_progress import measure_case
from config.demo.answers import DemoCase
from config.demo.work import ABSTRACTOR, COLLEAGUE
from measures.definition.answers import from_json
from measures.enums import VersionStatus
from measures.models import FormVersion


BATCH = 4000
INSERT = """
    INSERT INTO cases_case
        (public_id, collaborative_id, participation_id, form_version_id, case_number, event_date, status, answers, missing,
         reasons, revision, created_at, created_by_id, updated_at, updated_by_id, completed_at, completed_by_id,
         assigned_to_id, working_seconds, answered, questions, errors, warnings, sections)
    SELECT k.public_id, v.collaborative_id, k.participation_id, v.id, k.case_number, k.event_date, k.status,
           k.answers::jsonb, k.missing::jsonb, k.reasons::jsonb, 1, k.entered_at, k.by_id, k.entered_at, k.by_id,
           k.completed_at, CASE WHEN k.completed_at IS NOT NULL THEN k.by_id END,
           k.assigned_id, k.working_seconds, k.answered, k.questions, k.errors, k.warnings, k.sections::jsonb
      FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::text[], %s::text[], %s::text[],
                  %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::int[],
                  %s::int[], %s::int[], %s::int[], %s::int[], %s::text[])
           AS k (public_id, participation_id, version_id, case_number, event_date, status, answers, missing, reasons,
                 entered_at, completed_at, by_id, assigned_id, working_seconds,
                 answered, questions, errors, warnings, sections)
      JOIN measures_formversion v ON v.id = k.version_id
"""


@dataclass(frozen=True)
class Owner:
    """Whose case it is: the hospital's participation, its abstractor, and whoever helps."""

    participation_id: int
    abstractor_id: int
    colleague_id: int | None = None

    def holder(self, name: str) -> int | None:
        return {ABSTRACTOR: self.abstractor_id, COLLEAGUE: self.colleague_id}.get(name)


def write_cases(cases: Iterable[DemoCase], owners: Mapping[str, Owner]) -> int:
    """Insert the cases of one collaborative with a single form; acting as the worker there."""
    now, written, rest = timezone.now(), 0, iter(cases)
    versions = list(FormVersion.objects.filter(status=VersionStatus.PUBLISHED).order_by("-number"))
    while batch := list(islice(rest, BATCH)):
        rows = [_row(case, owners[case.hospital], _version_on(versions, case.event_date), now) for case in batch]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
            written += cursor.rowcount
    return written


def _version_on(versions: Sequence[FormVersion], day: date) -> FormVersion:
    return next(
        version
        for version in versions
        if version.effective_from <= day and (version.effective_to is None or day <= version.effective_to)
    )


def _row(case: DemoCase, owner: Owner, version: FormVersion, now: datetime) -> tuple[object, ...]:
    entered_at = min(_in_the_afternoon(case.entered_on), now)
    spec = version.definition
    progress = measure_case(spec, from_json(spec, case.answers, case.missing), case.reasons)
    return (
        new_public_id(),
        owner.participation_id,
        version.pk,
        case.case_number,
        case.event_date,
        (CaseStatus.COMPLETE if case.complete else CaseStatus.IN_PROGRESS).value,
        json.dumps(case.answers),
        json.dumps(case.missing),
        json.dumps(case.reasons),
        entered_at,
        entered_at if case.complete else None,
        owner.abstractor_id,
        owner.holder(case.holder),
        case.working_seconds,
        *(progress.answered, progress.questions, progress.errors, progress.warnings),
        json.dumps(dict(progress.sections)),
    )


def _in_the_afternoon(day: date) -> datetime:
    return datetime.combine(day, time(17), UTC)
