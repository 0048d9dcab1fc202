"""A release of 100 hospitals, a million cases and thirty measures, ten of them risk-adjusted: seconds, memory, pages.

The rows are written set-based into a copy of the test database that is dropped afterwards; everything else is the
program's own: two worker processes share the jobs, as the supervisor starts them. COLLOQUY_BENCH_CASES makes it smaller.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from django.conf import settings
from django.db import transaction
from psycopg import sql

from collaboratives.selectors.places import acting_for
from feedback.enums import ReleaseState
from feedback.models import MeasureResult, ModelFit, Release
from feedback.services.releases import draft_release
from tenancy.context import Acting, acting
from tests import worker
from tests.bench import registry
from tests.bench.large import (
    CASES,
    HOSPITALS,
    LARGEST,
    MOST_QUERIES,
    copied_database,
    create_registry,
    measure_page,
    signed_in_as_the_web,
    superuser,
)
from tests.bench.release_pages import PAGES, Furnished, approve_and_publish, furnish_after, furnish_before


pytestmark = pytest.mark.worker
MEASURES, ADJUSTED = 30, 10
MOST_SECONDS, MOST_BYTES = 180, 2_000_000_000
WINDOW = date(2025, 10, 1), date(2026, 9, 30)
# Everything is drawn from the number of the case; hospitals differ, and so do their patients.
CASES_SQL = """
INSERT INTO cases_case (public_id, collaborative_id, participation_id, form_version_id, case_number, event_date, status,
  answers, missing, reasons, revision, created_at, updated_at, completed_at)
SELECT upper(substr(md5(n::text), 1, 10)), %(collaborative)s, p.id, %(form)s, 'C' || n, d.day, 'complete',
  jsonb_build_object('operation_date', d.day, 'age', 18 + hashint8(n + 1) & 63, 'weight', 50 + (hashint8(n + 2) & 511) / 10.0,
    'albumin', 2 + (hashint8(n + 3) & 31) / 10.0, 'glucose', 60 + (hashint8(n + 4) & 255),
    'sex', (1 + (hashint8(n + 5) & 1))::text, 'approach', (1 + (hashint8(n + 6) & 3))::text,
    'smoker', hashint8(n + 7) & 3 = 0, 'diabetes', hashint8(n + 8) & 7 = 0, 'copd', hashint8(n + 9) & 15 = 0,
    'dialysis', hashint8(n + 10) & 31 = 0, 'steroids', hashint8(n + 11) & 15 = 0, 'transfusion', hashint8(n + 12) & 7 = 0)
    - CASE WHEN n %% 50 = 0 THEN 'albumin' ELSE '' END,
  '{}', '{}', 1, now(), now(), now()
FROM generate_series(1::bigint, %(cases)s) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM collaboratives_participation
       WHERE collaborative_id = %(collaborative)s) AS p ON p.place = n %% %(hospitals)s
CROSS JOIN LATERAL (SELECT %(first)s::date + (n / 100 %% %(days)s)::int AS day) AS d
"""
OUTCOMES_SQL = """
INSERT INTO feedback_caseoutcome (collaborative_id, participation_id, case_id, measure_version_id, month, outcome, reason,
  missing)
SELECT c.collaborative_id, c.participation_id, c.id, v.id, date_trunc('month', c.event_date)::date,
  CASE WHEN u.kind < 0.15 THEN 'excluded' WHEN u.kind < 0.155 THEN 'cannot_tell'
       WHEN u.chance < 1 / (1 + exp(2.6 - (c.participation_id %% 11 - 5) * 0.06 - c.id %% 3 * 0.2)) THEN 'met'
       ELSE 'not_met' END,
  CASE WHEN u.kind < 0.15 THEN 'left_out' ELSE '' END,
  CASE WHEN u.kind BETWEEN 0.15 AND 0.155 THEN '["ssi"]' ELSE '[]' END::jsonb
FROM cases_case AS c
CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) AS k FROM measures_measureversion
             WHERE collaborative_id = %(collaborative)s) AS v
CROSS JOIN LATERAL (SELECT (hashint8(c.id * 61 + v.k) & 1048575) / 1048576.0 AS chance,
                           (hashint8(c.id * 67 + v.k * 7) & 1048575) / 1048576.0 AS kind) AS u
WHERE c.collaborative_id = %(collaborative)s
"""


@pytest.fixture(scope="module")
def drafted(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Release]:
    """The release as its draft was asked for, nothing of it computed."""
    with django_db_blocker.unblock(), copied_database("release") as copy:
        by = create_registry(registry.definition(measures=MEASURES, models=ADJUSTED))
        _fill(copy, by.collaborative_id)
        furnish_before(by)
        with acting(acting_for(by)), transaction.atomic():
            release = draft_release(name="2026", window_from=WINDOW[0], window_to=WINDOW[1], by=by)
        yield release


def _fill(name: str, collaborative: int) -> None:
    first, last = WINDOW
    with psycopg.connect(superuser(name), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("SET maintenance_work_mem = '1GB'")
        (form,) = admin.execute(
            "SELECT id FROM measures_formversion WHERE collaborative_id = %s", [collaborative]
        ).fetchone()
        values = {
            "collaborative": collaborative,
            "form": form,
            "cases": CASES,
            "hospitals": HOSPITALS,
            "first": first,
            "days": (last - first).days + 1,
        }
        admin.execute(CASES_SQL, values)
        with _without_indexes(admin, "feedback_caseoutcome"):
            admin.execute(OUTCOMES_SQL, values)
        admin.execute("VACUUM ANALYZE")


@contextmanager
def _without_indexes(admin: psycopg.Connection, table: str) -> Iterator[None]:
    """Thirty million rows are indexed faster afterwards."""
    keys = admin.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
        [table],
    ).fetchall()
    for key, _ in keys:
        admin.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(key)))
    indexes = admin.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table]).fetchall()
    for index, _ in indexes:
        admin.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))
    yield
    for key, definition in keys:
        admin.execute(f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition}")
    for _, definition in indexes:
        admin.execute(definition)


@dataclass(frozen=True)
class _Shared:
    """What two workers took together; the server's time is that of every PostgreSQL process on this machine."""

    seconds: float
    workers: list[dict[str, float]]
    together: int
    server: float

    def __str__(self) -> str:
        own = " and ".join(f"{each['cpu']:.0f} s, {each['bytes'] / 1e6:,.0f} MB" for each in self.workers)
        return (
            f"{self.seconds:.0f} s by the clock; processors: workers {own} ({self.together / 1e6:,.0f} MB together at most), "
            f"PostgreSQL {self.server:.0f} s; load {os.getloadavg()[0]:.1f}"
        )


def _shared(collaborative: int, *, workers: int = 2) -> _Shared:
    name, begun = settings.DATABASES["default"]["NAME"], time.perf_counter()
    server = _of_postgres(name)
    processes = [worker.start(name, collaborative) for _ in range(workers)]
    watch = _Memory([each.pid for each in processes], name)
    told = [worker.told(each) for each in processes]
    seconds, most = time.perf_counter() - begun, watch.most()
    return _Shared(seconds, told, most, max(_of_postgres(name), watch.server) - server)


class _Memory(Thread):
    """Looks every half second at what the processes have of the memory, shared pages by halves."""

    def __init__(self, processes: list[int], database: str) -> None:
        super().__init__(daemon=True)
        self.processes, self.database, self.largest, self.server, self.over = processes, database, 0, 0.0, Event()
        self.start()

    def run(self) -> None:
        while not self.over.wait(0.5):
            self.largest = max(self.largest, sum(map(_memory, self.processes)))
            self.server = max(self.server, _of_postgres(self.database))

    def most(self) -> int:
        self.over.set()
        self.join()
        return self.largest


def _memory(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0  # it has ended, or this is no Linux
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _of_postgres(database: str) -> float:
    """Processor time of the server processes in this database, as far as they are on this machine."""
    spent = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if f" {database} ".encode() in (status.parent / "cmdline").read_bytes():
                spent += sum(map(int, status.read_text().rpartition(")")[2].split()[11:13]))
        except OSError:
            continue
    return spent / os.sysconf("SC_CLK_TCK")


def test_a_release_is_computed_within_three_minutes(
    drafted: Release, django_db_blocker: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    with django_db_blocker.unblock():
        took = _shared(drafted.collaborative_id)
        with acting(Acting("compute", collaborative_id=drafted.collaborative_id)), transaction.atomic():
            release = Release.objects.select_related("snapshot").get(pk=drafted.pk)
            results = MeasureResult.objects.filter(release=release)
            found = results.count(), ModelFit.objects.filter(release=release).count(), release.snapshot.cases
            state, problem = release.state, release.problem
    with capsys.disabled():
        print(f"\nrelease of {CASES:,} cases, {MEASURES} measures by two workers: {took}", end="")  # noqa: T201 -- the measurement is the point
    assert (state, problem) == (ReleaseState.DRAFT, "")
    assert found == (MEASURES, ADJUSTED, CASES)
    assert took.seconds < MOST_SECONDS
    assert max(took.together, *(each["bytes"] for each in took.workers)) < MOST_BYTES


def test_members_have_it_soon(
    drafted: Release, django_db_blocker: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    with django_db_blocker.unblock():
        approve_and_publish(drafted)
        took = _shared(drafted.collaborative_id)
        with acting(Acting("compute", collaborative_id=drafted.collaborative_id)), transaction.atomic():
            assert Release.objects.get(pk=drafted.pk).state == ReleaseState.RELEASED
    with capsys.disabled():
        print(f"\ncomparisons of {HOSPITALS} hospitals: {took}", end="")  # noqa: T201 -- the measurement is the point
    assert took.seconds < MOST_SECONDS


@pytest.fixture(scope="module")
def furnished(drafted: Release, django_db_blocker: pytest.FixtureRequest) -> Furnished:
    """What people did with the release once it was there."""
    with django_db_blocker.unblock():
        return furnish_after(settings.DATABASES["default"]["NAME"], drafted)


@pytest.mark.parametrize(("name", "path"), PAGES, ids=[f"{name}-{path}" for name, path in PAGES])
def test_page_keeps_its_budget(
    furnished: Furnished,
    django_db_blocker: pytest.FixtureRequest,
    name: str,
    path: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with django_db_blocker.unblock(), signed_in_as_the_web():
        measured = measure_page(name, furnished.address(path))
    with capsys.disabled():
        print(f"\n{name:6} {path or 'home':55} {measured}", end="")  # noqa: T201 -- the measurement is the point
    assert len(measured.statements) <= MOST_QUERIES, "\n".join(each[:150] for each in measured.statements)
    assert measured.size < LARGEST
    assert measured.is_in_time
