"""Put checked rows where the pages and the commit find them, and count what was found in them."""

import json
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from select import select
from typing import Any

import psycopg
from django.db import connection

from cases.enums import RowAction
from cases.models import CaseImport
from cases.services.rows import KnownCase, Place, ReadRow


MOST_GROUPS, MOST_EXAMPLES = 200, 3
# Arrays in one statement, in binary form: COPY is refused on protected tables, and text would be quoted twice.
STAGE = """
    INSERT INTO cases_importrow (collaborative_id, case_import_id, participation_id, row_number, case_number, action,
                                 event_date, answers, missing, progress, findings)
    SELECT %s, %s, participation_id::bigint, row_number::int, case_number, action, event_date::date, answers::jsonb,
           missing::jsonb, progress::jsonb, findings::jsonb
      FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[])
           AS r (participation_id, row_number, case_number, action, event_date, answers, missing, progress, findings)
"""
# LIMIT keeps the planner from reading every case of the hospitals once a batch: each number is looked up by its index.
KNOWN = """
    SELECT c.participation_id, c.case_number, c.status, c.event_date, c.answers, c.missing, c.reasons
      FROM unnest(%s::bigint[], %s::text[]) AS k (participation_id, case_number)
     CROSS JOIN LATERAL (SELECT * FROM cases_case WHERE participation_id = k.participation_id AND case_number = k.case_number LIMIT 1) AS c
"""
GROUPS = """
    SELECT rule, min(severity), min(found_in), count(*), jsonb_agg(example ORDER BY row_number) FILTER (WHERE place <= %(examples)s)
      FROM (SELECT r.row_number, f ->> 'rule' AS rule, coalesce(f ->> 'severity', 'error') AS severity, f ->> 'column' AS found_in,
                   jsonb_build_object('row', r.row_number, 'message', concat_ws(' ', f ->> 'message', nullif(f ->> 'remedy', ''))) AS example,
                   row_number() OVER (PARTITION BY f ->> 'rule' ORDER BY r.row_number) AS place
              FROM cases_importrow r CROSS JOIN LATERAL jsonb_array_elements(r.findings) AS f
             WHERE r.collaborative_id = %(collaborative)s AND r.case_import_id = %(import)s AND r.findings <> '[]') AS found
     GROUP BY rule ORDER BY min(severity), count(*) DESC, rule
"""
COUNTS = """
    SELECT action, count(*), count(*) FILTER (WHERE findings <> '[]'), count(*) FILTER (WHERE findings @> '[{"severity": "warning"}]')
      FROM cases_importrow WHERE collaborative_id = %(collaborative)s AND case_import_id = %(import)s GROUP BY action
"""


class Stage:
    """Writes batches while the next one is being read: PostgreSQL answers when it is asked."""

    def __init__(self, case_import: CaseImport) -> None:
        self.keys = [case_import.collaborative_id, case_import.pk]
        connection.ensure_connection()
        self.raw: psycopg.Connection[Any] = connection.connection

    def pipeline(self) -> AbstractContextManager[object]:
        """Inside, statements are sent without waiting for the answers of those before."""
        return self.raw.pipeline()

    def add(self, rows: Sequence[ReadRow]) -> None:
        if rows:
            columns = map(list, zip(*map(_texts, rows), strict=True))
            psycopg.Cursor(self.raw).execute(STAGE, [*self.keys, *columns])
            self._push()

    def _push(self) -> None:
        """Hand over what the socket did not take at once: PostgreSQL would wait for it until the next batch."""
        while self.raw.pgconn.flush():
            select([], [self.raw.fileno()], [])

    def known(self, places: Sequence[Place]) -> dict[Place, KnownCase]:
        """The stored cases at these places."""
        if not places:
            return {}
        found = psycopg.Cursor(self.raw).execute(KNOWN, list(map(list, zip(*places, strict=True))))
        return {(hospital, number): KnownCase(*map(_loaded, stored)) for hospital, number, *stored in found}


def _loaded(value: Any) -> Any:  # noqa: ANN401 -- JSON comes as text or loaded, as the connection is set
    return json.loads(value) if isinstance(value, str) and value[:1] == "{" else value


def _texts(row: ReadRow) -> tuple[str | None, ...]:
    return (
        None if row.participation_id is None else str(row.participation_id),
        str(row.line),
        row.case_number,
        row.action.value,
        row.event_date.isoformat() if row.event_date else None,
        row.answers,
        row.missing,
        row.progress,
        _findings(row) if row.findings else "[]",
    )


def _findings(row: ReadRow) -> str:
    """As JSON, with a mark in place of each byte that is no letter: no database keeps it."""
    return NO_LETTER.sub(r"\\ufffd", json.dumps([finding.to_json() for finding in row.findings]))


NO_LETTER = re.compile(r"\\udc[89a-f][0-9a-f]")


def counted(case_import: CaseImport) -> dict[str, object]:
    """What the staged rows would do and what is wrong with them, for the page."""
    keys = {"collaborative": case_import.collaborative_id, "import": case_import.pk, "examples": MOST_EXAMPLES}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, keys)
        counts = {action: tuple(numbers) for action, *numbers in cursor.fetchall()}
        cursor.execute(GROUPS, keys)
        groups = [
            {
                "rule": rule,
                "severity": severity,
                "column": column or "",
                "count": count,
                "examples": json.loads(examples) if isinstance(examples, str) else examples,
            }
            for rule, severity, column, count, examples in cursor.fetchall()
        ]
    return {
        "actions": {action.value: counts.get(action.value, (0, 0, 0))[0] for action in RowAction},
        "problem_rows": sum(numbers[1] for numbers in counts.values()),
        "warnings": sum(numbers[2] for numbers in counts.values()),
        "warned": sum(numbers[2] for action, numbers in counts.items() if action != RowAction.REJECTED),
        "groups": groups[:MOST_GROUPS],
        "more_groups": max(0, len(groups) - MOST_GROUPS),
    }
