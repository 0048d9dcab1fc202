"""214 people of 38 hospitals with ten thousand waiting tasks: lists, the mail of the day and escalation within half a minute.

The rows are written set-based into a copy of the test database that is dropped afterwards.
"""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import time_machine
from django.core import mail
from django.db import connections, transaction
from django.utils import timezone

from coordination.week.models import Digest, WaitingList, WaitingTask
from coordination.week.services.digests import send_digests
from coordination.week.services.escalating import escalate
from coordination.week.services.keeping import refresh
from tenancy.context import Acting, acting
from tests.bench import registry
from tests.bench.large import SLUG, copied_database, create_registry, measure_page, sign_in, superuser
from tests.bench.test_pages import MOST_QUERIES


HOSPITALS, PEOPLE, TASKS = 38, 214, 10_000
MOST_SECONDS = 30
_PEOPLE = """
  INSERT INTO accounts_user (public_id, email, full_name, password, is_active, date_joined)
  SELECT gen_random_uuid(), 'bench' || n || '@example.org', 'Bench Person ' || n, '', true, now()
  FROM generate_series(1, %(people)s) AS n
"""
_GRANTS = """
  INSERT INTO collaboratives_grant (public_id, user_id, collaborative_id, participation_id, role, capacity, starts_at)
  SELECT gen_random_uuid(), u.id, %(here)s, p.id,
    CASE u.place %% 4 WHEN 0 THEN 'champion' WHEN 1 THEN 'abstractor' WHEN 2 THEN 'administrator' ELSE 'clinician' END,
    'hospital', now() - interval '1 year'
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM accounts_user WHERE email LIKE 'bench%%') u
  JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM collaboratives_participation WHERE collaborative_id = %(here)s) p
    ON p.place = 1 + (u.place / 4) %% %(hospitals)s
"""
# Overdue, due this week, later and without a day, of six kinds; equal tasks of one hospital have one key.
_TASKS = """
  INSERT INTO week_waitingtask (collaborative_id, participation_id, user_id, capacity, waiting_list_id, kind, key, title, path, count,
    due_on, hospital_id)
  SELECT l.collaborative_id, l.participation_id, l.user_id, l.capacity, l.id,
    (ARRAY['cases', 'agreement', 'audit', 'vacancy', 'document', 'meeting_reply'])[1 + n %% 6], 'task ' || n, 'Task ' || n, '/c/x/',
    1, CASE WHEN n %% 5 < 4 THEN current_date + (n %% 60) - 40 END, l.participation_id
  FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM week_waitinglist
         WHERE collaborative_id = %(here)s AND participation_id IS NOT NULL) l
  JOIN generate_series(1, %(tasks)s) AS n ON l.place = 1 + n %% (SELECT count(*) FROM week_waitinglist
    WHERE collaborative_id = %(here)s AND participation_id IS NOT NULL)
"""


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[tuple[int, str]]:
    """Key of the programme and name of the copy; people with roles (two of them the registry's own), and nothing counted yet."""
    with django_db_blocker.unblock(), copied_database("reminders") as copy:
        by = create_registry(registry.definition())
        with psycopg.connect(superuser(copy), autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")
            for statement in (_PEOPLE, _GRANTS):
                admin.execute(statement, {"here": by.collaborative_id, "people": PEOPLE - 2, "hospitals": HOSPITALS})
            # Of the cast's own programmes nobody writes a mail here.
            admin.execute(
                "UPDATE collaboratives_grant SET ends_at = now() WHERE collaborative_id <> %s AND ends_at IS NULL",
                [by.collaborative_id],
            )
            admin.execute("VACUUM ANALYZE")
        yield by.collaborative_id, copy


def say(capsys: pytest.CaptureFixture[str], words: str) -> None:
    with capsys.disabled():
        print(f"\n{words}", end="")  # noqa: T201 -- the measurement is the point


def test_all_lists_are_brought_up_to_date(
    large: tuple[int, str], django_db_blocker: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """As on a new day: every list of the programme, each asked from every application."""
    here, copy = large
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own
        sign_in(copy, "work")
        begun = time.perf_counter()
        lists = refresh(here)
        took = time.perf_counter() - begun
        again = refresh(here)
    say(capsys, f"{lists} lists brought up to date in {took:.1f} s ({1000 * took / lists:.0f} ms each); again: {again}")
    assert lists >= PEOPLE
    assert again == 0
    assert took < 2 * MOST_SECONDS


def test_the_mails_of_the_day_and_escalation_keep_to_half_a_minute(
    large: tuple[int, str], django_db_blocker: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten thousand tasks; each job twice, and the mails by two workers at once: one mail each."""
    here, copy = large
    morning = datetime.combine(timezone.now().date() + timedelta(days=1), datetime.min.time(), UTC) + timedelta(
        hours=13
    )
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own
        sign_in(copy, "work")
        refresh(here)
        with psycopg.connect(superuser(copy), autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")
            admin.execute("DELETE FROM week_waitingtask")
            admin.execute(_TASKS, {"here": here, "tasks": TASKS})
            admin.execute("VACUUM ANALYZE week_waitingtask")
        with time_machine.travel(morning, tick=True):
            mail.outbox.clear()
            begun = time.perf_counter()
            workers = [threading.Thread(target=_work) for _ in range(2)]
            for each in workers:
                each.start()
            for each in workers:
                each.join()
            took = time.perf_counter() - begun
            first = [message.to[0] for message in mail.outbox]
            begun = time.perf_counter()
            again = send_digests()
            second = time.perf_counter() - begun
            begun = time.perf_counter()
            with acting(Acting("compute", collaborative_id=here)), transaction.atomic():
                steps = escalate(here)
            walked = time.perf_counter() - begun
            with acting(Acting("compute", collaborative_id=here)), transaction.atomic():
                steps_again = escalate(here)
                tasks, lists = WaitingTask.objects.count(), WaitingList.objects.count()
            with acting(Acting("platform")), transaction.atomic():
                planned = Digest.objects.count()
    say(
        capsys,
        f"{tasks} tasks of {lists} lists: {len(first)} mails by two workers in {took:.1f} s, again {again} in {second:.1f} s",
    )
    say(capsys, f"escalation: {steps} steps in {walked:.1f} s, again {steps_again}; {planned} rows of mails")
    assert tasks == TASKS
    assert len(first) == len(set(first)) == PEOPLE
    assert (again, steps_again) == (0, 0)
    assert steps > 0
    assert max(took, second, walked) < MOST_SECONDS


def _work() -> None:
    """A worker of its own connection."""
    try:
        send_digests()
    finally:
        connections["default"].close()


@pytest.mark.parametrize(("name", "path"), [("colin", "tasks/"), ("andy", "tasks/"), ("colin", "tasks/escalation/")])
def test_page_keeps_its_budget(
    large: tuple[int, str],
    name: str,
    path: str,
    django_db_blocker: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here, copy = large
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own
        sign_in(copy, "work")
        refresh(here)
        sign_in(copy, "app")
        measured = measure_page(name, f"/c/{SLUG}/{path}")
    say(capsys, f"{name:6} {path:20} {measured}")
    assert len(measured.statements) <= MOST_QUERIES, "\n".join(each[:150] for each in measured.statements)
    assert measured.is_in_time, str(measured)
