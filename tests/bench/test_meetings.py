"""214 people of 38 hospitals and three years of meetings: every page in twelve statements and fifty milliseconds.

The rows are written set-based into a copy of the test database that is dropped afterwards.
"""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.places import acting_for
from coordination.meetings.models import Meeting
from tenancy.context import acting
from tests.bench import registry
from tests.bench.large import (
    SLUG,
    copied_database,
    create_registry,
    measure_page,
    sign_in,
    superuser,
)
from tests.bench.test_pages import MOST_QUERIES


HOSPITALS, PEOPLE = 38, 214
# Three whole meetings and twelve calls a year, two years back and one ahead.
_MEETINGS = """
  INSERT INTO meetings_meeting (public_id, collaborative_id, kind, title, summary, starts_at, ends_at, time_zone, place,
    remote_link, state, sequence, code_turn, reason, created_at, created_by_id)
  SELECT gen_random_uuid(), %(here)s, CASE WHEN n %% 5 = 0 THEN 'whole' ELSE 'call' END, 'Meeting ' || n, '',
    now() + (n - 30) * interval '24 days', now() + (n - 30) * interval '24 days' + interval '2 hours', 'America/Detroit', 'Room',
    '', 'announced', 0, 0, '', now(), %(user)s
  FROM generate_series(1, 45) AS n
"""
_ITEMS = """
  INSERT INTO meetings_agendaitem (public_id, collaborative_id, meeting_id, position, minutes, title, lead, link, is_public)
  SELECT gen_random_uuid(), collaborative_id, id, n, 10, 'Point ' || n, 'Lead', '', n < 8
  FROM meetings_meeting, generate_series(1, 10) AS n WHERE collaborative_id = %(here)s
"""
_PEOPLE = """
  INSERT INTO accounts_user (public_id, email, full_name, password, is_active, date_joined)
  SELECT gen_random_uuid(), 'bench' || n || '@example.org', 'Bench Person ' || n, '', true, now()
  FROM generate_series(1, %(people)s) AS n
"""
_GRANTS = """
  INSERT INTO collaboratives_grant (public_id, user_id, collaborative_id, participation_id, role, capacity, starts_at)
  SELECT gen_random_uuid(), u.id, %(here)s, p.id, CASE u.place %% 3 WHEN 0 THEN 'champion' WHEN 1 THEN 'abstractor' ELSE 'clinician' END,
    'hospital', now() - interval '1 year'
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM accounts_user WHERE email LIKE 'bench%%') u
  JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM collaboratives_participation WHERE collaborative_id = %(here)s) p
    ON p.place = 1 + u.place %% %(hospitals)s
"""
_INVITED = """
  INSERT INTO meetings_invitee (collaborative_id, participation_id, meeting_id, user_id, role, reply, replied_at, invited_at)
  SELECT m.collaborative_id, g.participation_id, m.id, g.user_id, g.role, CASE WHEN g.id %% 3 = 0 THEN 'open' ELSE 'remote' END,
    CASE WHEN g.id %% 3 <> 0 THEN now() END, now()
  FROM meetings_meeting m JOIN collaboratives_grant g ON g.collaborative_id = m.collaborative_id AND g.participation_id IS NOT NULL
  WHERE m.collaborative_id = %(here)s
"""
_CAME = """
  INSERT INTO meetings_attendance (public_id, collaborative_id, participation_id, meeting_id, user_id, name, role, mode, arrived_at,
    late, substitute_for, counts, why_not, by_code, recorded_at, recorded_by_id, removed_because)
  SELECT gen_random_uuid(), i.collaborative_id, i.participation_id, i.meeting_id, i.user_id, 'Somebody', i.role, 'room', m.starts_at,
    false, '', true, '', true, now(), i.user_id, ''
  FROM meetings_invitee i JOIN meetings_meeting m ON m.id = i.meeting_id WHERE m.ends_at < now() AND i.id %% 4 <> 0 AND i.collaborative_id = %(here)s
"""
_ACTIONS = """
  INSERT INTO meetings_actionitem (public_id, collaborative_id, participation_id, meeting_id, text, due_on, state, noted_at, noted_by_id)
  SELECT gen_random_uuid(), m.collaborative_id, CASE WHEN n > 2 THEN p.id END, m.id, 'Action ' || n, now(), 'open', now(), %(user)s
  FROM meetings_meeting m CROSS JOIN generate_series(1, 5) AS n
  JOIN (SELECT min(id) AS id FROM collaboratives_participation WHERE collaborative_id = %(here)s) p ON true
  WHERE m.collaborative_id = %(here)s AND m.kind = 'whole' AND m.starts_at < now()
"""
TABS = ("agenda", "people", "poll", "minutes", "actions")
PAGES = [
    *(
        (name, path)
        for name in ("colin", "andy")
        for path in ("meetings/", "meetings/?show=past", "meetings/?show=mine")
    ),
    *((name, f"meetings/{{meeting}}/?tab={tab}") for name in ("colin", "andy") for tab in TABS),
    *((name, "meetings/attendance/") for name in ("colin", "andy")),
    *(("colin", f"meetings/{{meeting}}/{rest}") for rest in ("invite/", "check-in/list/", "print/")),
]


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """Three years of meetings; the public id of the latest one that is over."""
    with django_db_blocker.unblock(), copied_database("meetings") as copy:
        by = create_registry(registry.definition())
        with psycopg.connect(superuser(copy), autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")
            user = admin.execute("SELECT min(id) FROM accounts_user").fetchone()[0]
            values = {"here": by.collaborative_id, "user": user, "people": PEOPLE, "hospitals": HOSPITALS}
            for statement in (_MEETINGS, _ITEMS, _PEOPLE, _GRANTS, _INVITED, _CAME, _ACTIONS):
                admin.execute(statement, values)
            admin.execute("VACUUM ANALYZE")
        with acting(acting_for(by)), transaction.atomic():
            over = Meeting.objects.filter(ends_at__lt=timezone.now() - timedelta(hours=1), kind="whole")
            latest = str(over.latest("starts_at").public_id)
        sign_in(copy, "app")
        yield latest


@pytest.mark.parametrize(("name", "path"), PAGES, ids=[f"{name}-{path}" for name, path in PAGES])
def test_page_keeps_its_budget(
    large: str, name: str, path: str, django_db_blocker: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own
        measured = measure_page(name, f"/c/{SLUG}/{path.format(meeting=large)}")
    with capsys.disabled():
        print(f"\n{name:6} {path:40} {measured}", end="")  # noqa: T201 -- the measurement is the point
    assert len(measured.statements) <= MOST_QUERIES, "\n".join(each[:150] for each in measured.statements)
    assert measured.is_in_time, str(measured)
