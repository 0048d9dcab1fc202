"""Log, follow-up and figures at scale: 100 hospitals, 12 cycles, as many cases and entries as the environment says.

COLLOQUY_BENCH_CASES=1000000 is the size that issue 5 names; by default a twentieth of it, which takes a minute.
Queries are asserted, and that no page reads a whole table; times are printed (machines are noisy).
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.log.models import Cycle
from cases.log.selectors.figures import cycle_figures
from collaboratives.models import Collaborative
from tests.tenancy.conftest import address
from tests.world import World


pytestmark = pytest.mark.django_db
CASES = int(os.environ.get("COLLOQUY_BENCH_CASES", "50000"))
HOSPITALS, MONTHS, ROUNDS = 100, 12, 15
FIRST = date(2030, 1, 1)  # the cast has nothing there
APART = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT set_config")
MOST_QUERIES = 12
HERE = "/c/colectomy-mi"


@pytest.fixture(scope="module")
def crowd(django_db_setup: None) -> Iterator[dict[str, Any]]:
    """Rows as a superuser, without triggers: cases, entries of logs, follow-ups; taken out at the end."""
    connection.close()  # an open transaction would keep VACUUM from marking pages as visible to all
    with psycopg.connect(address(), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        try:
            yield _fill(superuser)
        finally:
            _empty(superuser)


def _fill(db: psycopg.Connection[Any]) -> dict[str, Any]:
    collaborative, alder, form, version, user = _keys(db)
    names = [
        name for name in _columns(db, "collaboratives_participation") if name not in {"id", "public_id", "site_id"}
    ]
    db.execute(
        f"INSERT INTO collaboratives_participation (public_id, site_id, {', '.join(names)}) "  # noqa: S608 -- names of our own columns
        f"SELECT gen_random_uuid(), -n, {', '.join(names)} FROM collaboratives_participation, generate_series(2, {HOSPITALS}) n WHERE id = %s",
        [alder],
    )
    members = [alder, *(key for (key,) in db.execute("SELECT id FROM collaboratives_participation WHERE site_id < 0"))]
    db.execute(
        """INSERT INTO caselog_cycle (public_id, collaborative_id, form_id, name, first_day, last_day, locks_on, created_at, created_by_id)
           SELECT gen_random_uuid(), %s, %s, 'Bench ' || m, %s::date + m * 30, %s::date + m * 30 + 29, %s::date + m * 30 + 119, now(), %s
             FROM generate_series(0, %s) m""",
        [collaborative, form, FIRST, FIRST, FIRST, user, MONTHS - 1],
    )
    _cases(db, members, collaborative, version, user)
    _entries(db, members, collaborative)
    for table in (
        "cases_case",
        "caselog_caselogentry",
        "caselog_followup",
        "caselog_cycle",
        "collaboratives_participation",
    ):
        db.execute(f"VACUUM ANALYZE {table}")
    return {"members": members, "collaborative": collaborative}


def _keys(db: psycopg.Connection[Any]) -> tuple[int, int, int, int, int]:
    row = db.execute(
        """SELECT p.collaborative_id, p.id, v.form_id, v.id, (SELECT min(id) FROM accounts_user)
             FROM collaboratives_participation p JOIN sites_site s ON s.id = p.site_id
             JOIN measures_formversion v ON v.collaborative_id = p.collaborative_id AND v.status = 'published'
            WHERE s.identifier = '0100' ORDER BY v.number DESC LIMIT 1"""
    ).fetchone()
    assert row
    return row  # type: ignore[return-value]  # five numbers


def _columns(db: psycopg.Connection[Any], table: str) -> list[str]:
    found = db.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s", [table]
    )
    return [name for (name,) in found]


def _cases(db: psycopg.Connection[Any], members: list[int], *keys: int) -> None:
    """Three in a hundred are drafts, one in three of the rest is locked; the answers are as wide as real ones."""
    collaborative, version, user = keys
    db.execute(
        """INSERT INTO cases_case (public_id, collaborative_id, participation_id, form_version_id, case_number, event_date, status,
                  answers, missing, reasons, revision, created_at, created_by_id, updated_at, updated_by_id, completed_at, locked_at,
                  answered, questions, errors, warnings, sections, resume_at, working_seconds)
           SELECT 'B' || lpad(n::text, 9, '0'), %s, (%s::bigint[])[1 + n %% %s], %s, 'B' || n, %s::date + (n / %s) %% 360,
                  CASE WHEN n %% 33 = 0 THEN 'in_progress' WHEN n %% 3 = 0 THEN 'locked' ELSE 'complete' END,
                  jsonb_build_object('age', n %% 90, 'comment', repeat(md5(n::text), 12)), '{}', '{}', 1, now(), %s, now(), %s,
                  CASE WHEN n %% 33 <> 0 THEN now() END, CASE WHEN n %% 33 <> 0 AND n %% 3 = 0 THEN now() END,
                  10, 12, 0, 0, '{}', '', 600
             FROM generate_series(0, %s - 1) n""",
        [collaborative, members, HOSPITALS, version, FIRST, HOSPITALS, user, user, CASES],
    )
    db.execute(
        """INSERT INTO caselog_followup (collaborative_id, participation_id, case_id, due_on, state, attempts, last_tried_on, closed_at, closed_by_id)
           SELECT collaborative_id, participation_id, id, event_date + 30, CASE WHEN id %% 2 = 0 THEN 'open' ELSE 'reached' END, 1,
                  event_date + 31, CASE WHEN id %% 2 <> 0 THEN now() END, CASE WHEN id %% 2 <> 0 THEN %s END
             FROM cases_case WHERE case_number LIKE 'B%%' AND event_date >= %s AND id %% 3 = 0""",
        [user, FIRST],
    )


def _entries(db: psycopg.Connection[Any], members: list[int], collaborative: int) -> None:
    db.execute(
        """INSERT INTO caselog_logupload (public_id, collaborative_id, participation_id, cycle_id, file_name, content_digest, state,
                  summary, problems, uploaded_at, uploaded_by_id, decided_at)
           SELECT gen_random_uuid(), %s, m, c.id, 'bench.csv', '', 'committed', '{}', '[]', now(), c.created_by_id, now()
             FROM caselog_cycle c, unnest(%s::bigint[]) m WHERE c.first_day >= %s""",
        [collaborative, members, FIRST],
    )
    db.execute(
        """INSERT INTO caselog_caselogentry (public_id, collaborative_id, participation_id, cycle_id, log_number, event_date, procedure,
                  columns, missing, state, reason, fraction, last_upload_id, case_id, created_at, updated_at)
           SELECT k.public_id, k.collaborative_id, k.participation_id, y.id, k.case_number, k.event_date, '44140', '{"age": 50}', '{}',
                  CASE WHEN k.id %% 4 = 0 THEN 'not_sampled' ELSE 'sampled' END, '', 0.75, u.id,
                  CASE WHEN k.id %% 4 <> 0 AND k.id %% 9 <> 0 THEN k.id END, now(), now()
             FROM cases_case k JOIN caselog_cycle y ON k.event_date BETWEEN y.first_day AND y.last_day AND y.first_day >= %s
             JOIN caselog_logupload u ON u.cycle_id = y.id AND u.participation_id = k.participation_id
            WHERE k.case_number LIKE 'B%%' AND k.event_date >= %s""",
        [FIRST, FIRST],
    )


def _empty(db: psycopg.Connection[Any]) -> None:
    for statement in (
        "DELETE FROM caselog_followup WHERE due_on >= %s::date + 30",
        "DELETE FROM caselog_caselogentry WHERE event_date >= %s",
        "DELETE FROM caselog_logupload WHERE cycle_id IN (SELECT id FROM caselog_cycle WHERE first_day >= %s)",
        "DELETE FROM cases_case WHERE event_date >= %s",
        "DELETE FROM caselog_cycle WHERE first_day >= %s",
    ):
        db.execute(statement, [FIRST])
    db.execute("DELETE FROM collaboratives_participation WHERE site_id < 0")


def _page(client: Client, url: str) -> tuple[str, list[str]]:
    """The line to print, and the statements of one request."""
    client.get(url)
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = client.get(url)
        times.append((time.perf_counter() - begun) * 1000)
    assert answer.status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    asked = [each["sql"] for each in queries if not each["sql"].startswith(APART)]
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"{statistics.median(times):7.1f} ms median {p95:7.1f} ms p95 {len(asked):3} queries", asked


@pytest.mark.parametrize(
    "path", ["log/?year=2030", "log/{cycle}/?tab=all", "log/{cycle}/?tab=todo", "follow-up/", "cases/"]
)
def test_pages_of_a_hospital_keep_their_budget(
    crowd: dict[str, Any], world: World, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.acting_as("cora"):
        cycle = Cycle.objects.get(name="Bench 3").public_id
    line, asked = _page(world.client("alder.abstractor"), f"{HERE}/{path.format(cycle=cycle)}")
    _say(capsys, f"{path:26} {line}")
    assert len(asked) <= MOST_QUERIES


@pytest.mark.parametrize("path", ["log/?cycle={cycle}", "follow-up/"])
def test_pages_of_the_centre_keep_their_budget(
    crowd: dict[str, Any], world: World, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.acting_as("cora"):
        cycle = Cycle.objects.get(name="Bench 3").public_id
    line, asked = _page(world.client("cora"), f"{HERE}/{path.format(cycle=cycle)}")
    _say(capsys, f"centre {path:26} {line}")
    assert len(asked) <= MOST_QUERIES


def test_figures_of_everybody(crowd: dict[str, Any], world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with world.acting_as("cora") as cora:
        collaborative = Collaborative.objects.get(pk=cora.collaborative_id)
        cycles = list(Cycle.objects.filter(name__startswith="Bench").values_list("pk", flat=True))
        ways: dict[str, Callable[[], object]] = {
            "all": lambda: cycle_figures(collaborative),
            "a cycle": lambda: cycle_figures(collaborative, cycles=cycles[:1]),
            "a hospital": lambda: cycle_figures(collaborative, hospitals=crowd["members"][5:6]),
        }
        for name, ask in ways.items():
            begun = time.perf_counter()
            ask()
            _say(capsys, f"figures of {name:12} {(time.perf_counter() - begun) * 1000:8.1f} ms")
        found = cycle_figures(collaborative, cycles=cycles)
    assert sum(each.begun for each in found) == CASES
    assert sum(each.listed for each in found) == CASES


def _say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        print(f"\n{line}", end="")  # noqa: T201 -- the measurement is the point
