"""100 hospitals, 12 cycles and a million cases: the night's count, then the pages that people open all day.

The rows are written set-based into a copy of the test database that is dropped afterwards; everything else is the
program's own. COLLOQUY_BENCH_CASES makes it smaller. Queries are asserted, and 95 of 100 requests have to keep to the
budget of server time.
"""

import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction

from cases.log.enums import Rhythm
from cases.log.services.cycles import create_cycles
from cases.log.services.window_counts import count_windows
from cases.quality.models import QualityFigures
from cases.quality.services.refreshing import measure_night
from cases.services.case_counts import count_cases
from collaboratives.selectors.places import acting_for
from measures.models import Form
from tenancy.context import Acting, acting
from tests.bench import registry
from tests.bench.large import (
    CASES,
    HOSPITALS,
    LARGEST,
    SLUG,
    copied_database,
    create_registry,
    measure_page,
    sign_in,
    superuser,
)
from tests.bench.test_pages import MOST_QUERIES
from tests.worlds import programme


YEAR = 2026
PAGES = [
    ("andy", "cases/"),
    ("andy", "cases/?tab=all"),
    ("andy", "follow-up/"),
    ("andy", "quality/"),
    ("colin", "quality/"),
    ("colin", "quality/?sort=timeliness"),
    ("colin", "follow-up/"),
    ("colin", ""),
    ("colin", "log/past-lock/"),
]
# Everything but what no page or figure reads. One case in twelve is a draft, one in a hundred has an open query, three
# in four of the cycles that are over are locked, "unknown" here and there; nine in ten operations of the log are entered.
_CASES = """
  INSERT INTO cases_case (public_id, collaborative_id, participation_id, form_version_id, case_number, event_date, status,
    answers, missing, reasons, revision, created_at, updated_at, completed_at, locked_at, answered, questions, errors,
    warnings, sections, resume_at, working_seconds)
  SELECT upper(substr(md5(g::text), 1, 10)), p.collaborative_id, p.id, v.id, 'C' || g, d.day,
    CASE WHEN d.draft THEN 'in_progress' WHEN d.day < date '2026-08-01' THEN 'locked' ELSE 'complete' END,
    jsonb_build_object('operation_date', d.day, 'discharge_date', d.day + 4, 'sex', '1', 'asa', (1 + g %% 5)::text,
      'age', 20 + (g * 7) %% 70, 'weight', 50 + (g * 13 %% 700) / 10.0, 'ssi', g %% 17 = 0, 'antibiotic', g %% 9 <> 0,
      'procedure', (1 + g %% 9)::text, 'readmitted', g %% 23 = 0, 'leak', g %% 31 = 0, 'wound', '2'),
    CASE WHEN g %% 40 = 0 THEN '{"payer": "unknown"}'::jsonb ELSE '{}'::jsonb END, '{}', 1, d.day + time '10:00',
    d.day + time '12:00', CASE WHEN NOT d.draft THEN d.day + (g %% 75)::int + time '12:00' END,
    CASE WHEN NOT d.draft AND d.day < date '2026-08-01' THEN timestamptz '2026-11-01' END, 12 + g %% 20, 32,
    (g %% 60 = 0)::int, (g %% 50 = 0)::int, '{"patient": [4, 8, 0]}', '', 600
  FROM generate_series(1, %s) AS g
  JOIN (SELECT id, collaborative_id, row_number() OVER (ORDER BY id) - 1 AS place
          FROM collaboratives_participation WHERE collaborative_id = %s) p ON p.place = g %% %s
  CROSS JOIN (SELECT id FROM measures_formversion WHERE form_id = %s LIMIT 1) v
  CROSS JOIN LATERAL (SELECT date '2026-01-01' + ((g / 100) * 37 %% 320)::int AS day, g %% 12 = 0 AS draft) d
"""
_UPLOADS = """
  INSERT INTO caselog_logupload (public_id, collaborative_id, participation_id, cycle_id, file_name, content_digest, state,
    summary, problems, uploaded_at, uploaded_by_id, decided_at)
  SELECT gen_random_uuid(), p.collaborative_id, p.id, y.id, 'log.csv', '', 'committed', '{}', '[]', now(), %s, now()
  FROM collaboratives_participation p JOIN caselog_cycle y ON y.collaborative_id = p.collaborative_id
  WHERE p.collaborative_id = %s
"""
_LOG = """
  INSERT INTO caselog_caselogentry (public_id, collaborative_id, participation_id, cycle_id, log_number, event_date,
    procedure, columns, missing, state, reason, fraction, last_upload_id, case_id, created_at, updated_at)
  SELECT upper(substr(md5(c.id || '-' || n), 1, 10)), c.collaborative_id, c.participation_id, y.id, c.case_number || '-' || n, c.event_date, '', '{}',
    '{}', 'sampled', '', 1, u.id, CASE WHEN n = 0 THEN c.id END, now(), now()
  FROM cases_case c JOIN caselog_cycle y ON y.collaborative_id = c.collaborative_id
    AND c.event_date BETWEEN y.first_day AND y.last_day
  JOIN caselog_logupload u ON u.cycle_id = y.id AND u.participation_id = c.participation_id
  CROSS JOIN generate_series(0, 1) AS n
  WHERE c.collaborative_id = %s AND (n = 0 OR c.id %% 9 = 0)
"""
_FOLLOW_UPS = """
  INSERT INTO caselog_followup (collaborative_id, participation_id, case_id, due_on, state, attempts, last_tried_on)
  SELECT collaborative_id, participation_id, id, event_date + 30, 'open', 1, event_date + 31
  FROM cases_case WHERE collaborative_id = %s AND id %% 10 = 0 AND status = 'in_progress'
"""
_QUERIES = """
  INSERT INTO questions_question (public_id, collaborative_id, participation_id, kind, case_id, form_version_id, variable,
    label, rule, text, state, waiting_for, waiting_since, outcome, asked_at)
  SELECT public_id, collaborative_id, participation_id, 'query', id, form_version_id, 'age', 'age', '', 'Please look.',
    'open', 'hospital', now(), '', now()
  FROM cases_case WHERE collaborative_id = %s AND id %% 100 = 0
"""
_COUNTS = """
  INSERT INTO cases_questioncount (collaborative_id, participation_id, case_id, open, queries)
  SELECT collaborative_id, participation_id, id, 1, 1 FROM cases_case WHERE collaborative_id = %s AND id %% 100 = 0
"""


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[dict[str, float]]:
    """The registry, and the seconds that its night's count took."""
    with django_db_blocker.unblock(), copied_database("quality") as copy:
        by = create_registry(registry.definition())
        with acting(acting_for(by)), transaction.atomic():
            form = Form.objects.get(collaborative_id=by.collaborative_id)
            create_cycles(form=form, rhythm=Rhythm.MONTHLY, year=YEAR, days_after=60, by=by)
        _fill(copy, by.collaborative_id)
        seconds = _night(by.collaborative_id)
        sign_in(copy, "app")
        yield seconds


def _fill(name: str, collaborative: int) -> None:
    """Without triggers and keys."""
    with psycopg.connect(superuser(name), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        (form,) = admin.execute("SELECT id FROM measures_form WHERE collaborative_id = %s", [collaborative]).fetchone()
        (user,) = admin.execute("SELECT min(id) FROM accounts_user").fetchone()
        admin.execute(_CASES, [CASES, collaborative, HOSPITALS, form])
        admin.execute(_UPLOADS, [user, collaborative])
        for statement in (_LOG, _FOLLOW_UPS, _QUERIES, _COUNTS):
            admin.execute(statement, [collaborative])
        admin.execute("VACUUM ANALYZE")


def _night(collaborative: int) -> dict[str, float]:
    start = time.perf_counter()
    with acting(Acting("compute", collaborative_id=collaborative)):
        measure_night(collaborative)
        night = time.perf_counter()
        count_cases(collaborative)
        cases = time.perf_counter()
        count_windows(collaborative)
    return {"night": night - start, "cases": cases - night, "windows": time.perf_counter() - cases}


@pytest.mark.parametrize(("name", "path"), PAGES, ids=[f"{name}-{path}" for name, path in PAGES])
def test_page_keeps_its_budget(
    large: dict[str, float], name: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = measure_page(name, f"/c/{SLUG}/{path}")
    with capsys.disabled():
        print(f"\n{name:6} {path or 'home':28} {measured}", end="")  # noqa: T201 -- the measurement is the point
    assert len(measured.statements) <= MOST_QUERIES, "\n".join(each[:150] for each in measured.statements)
    assert measured.is_in_time
    assert measured.size < LARGEST


def test_the_night_counted_every_case(large: dict[str, float], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        counted = f"the centre's counts in {large['cases']:.1f} s and {large['windows']:.1f} s"
        print(f"\nfigures of {CASES:,} cases in {large['night']:.0f} s, {counted}", end="")  # noqa: T201 -- the measurement is the point
    with acting(acting_for(programme.viewer("colin", SLUG))), transaction.atomic():
        rows = QualityFigures.objects.filter(cycle=None)
        assert (rows.count(), sum(row.cases for row in rows)) == (HOSPITALS, CASES)
        assert QualityFigures.objects.exclude(cycle=None).count() == HOSPITALS * 11
