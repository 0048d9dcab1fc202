"""214 people of 38 hospitals and three years of announcements, a hundred of them: every page in twelve statements and fifty milliseconds.

The rows are written set-based into a copy of the test database that is dropped afterwards.
"""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction

from collaboratives.selectors.places import acting_for
from coordination.news.models import Announcement
from tenancy.context import acting
from tests.bench import registry
from tests.bench.large import SLUG, copied_database, create_registry, measure_page, sign_in, superuser
from tests.bench.test_meetings import _GRANTS, _PEOPLE, HOSPITALS, PEOPLE
from tests.bench.test_pages import MOST_QUERIES


_NEWS = """
  INSERT INTO news_announcement (public_id, collaborative_id, kind, number, title, text, by_mail, state, revision, written_at,
    written_by_id, saved_at, saved_by_id, sent_at, sent_by_id, delivered_at, withdrawn_because)
  SELECT gen_random_uuid(), %(here)s, CASE WHEN n %% 9 = 0 THEN 'newsletter' ELSE 'announcement' END, n, 'News number ' || n,
    repeat('Words that somebody reads. ', 60), true, 'sent', 3, now(), %(user)s, now(), %(user)s,
    now() - (101 - n) * interval '11 days', %(user)s, now(), ''
  FROM generate_series(1, 100) AS n
"""
_AUDIENCES = """
  INSERT INTO news_audience (announcement_id, collaborative_id, roles, everywhere, hospitals)
  SELECT id, collaborative_id, '["champion", "abstractor", "clinician"]', true, '[]' FROM news_announcement WHERE collaborative_id = %(here)s
"""
_RECEIPTS = """
  INSERT INTO news_receipt (collaborative_id, participation_id, announcement_id, user_id, role, name, got_at, read_at)
  SELECT a.collaborative_id, g.participation_id, a.id, g.user_id, g.role, 'Somebody', a.sent_at, CASE WHEN (g.id + a.id) %% 3 <> 0 THEN a.sent_at END
  FROM news_announcement a JOIN collaboratives_grant g ON g.collaborative_id = a.collaborative_id
  WHERE a.collaborative_id = %(here)s AND (g.participation_id IS NOT NULL OR g.capacity = 'centre')
  ON CONFLICT DO NOTHING
"""
PAGES = [
    *((name, path) for name in ("colin", "andy") for path in ("news/", "news/?q=somebody+number&page=3", "news/{sent}/")),
    *(("colin", path) for path in ("news/newsletter/", "news/drafts/{draft}/", "news/drafts/{draft}/send/", "news/{sent}/withdraw/")),
]  # fmt: skip


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Three years of news; public ids of something that was sent and of a draft to everybody."""
    with django_db_blocker.unblock(), copied_database("news") as copy:
        by = create_registry(registry.definition())
        with psycopg.connect(superuser(copy), autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")
            values = {"here": by.collaborative_id, "user": by.user_id, "people": PEOPLE, "hospitals": HOSPITALS}
            for statement in (_PEOPLE, _GRANTS, _NEWS, _AUDIENCES, _RECEIPTS):
                admin.execute(statement, values)
            admin.execute(
                "UPDATE news_announcement SET state = 'draft', sent_at = NULL, sent_by_id = NULL, number = NULL WHERE number = 1 AND collaborative_id = %(here)s",
                values,
            )
            admin.execute("VACUUM ANALYZE")
        with acting(acting_for(by)), transaction.atomic():
            rows = Announcement.objects.filter(collaborative_id=by.collaborative_id)
            found = {
                "sent": str(rows.filter(state="sent").latest("sent_at").public_id),
                "draft": str(rows.get(state="draft").public_id),
            }
        sign_in(copy, "app")
        yield found


@pytest.mark.parametrize(("name", "path"), PAGES, ids=[f"{name}-{path}" for name, path in PAGES])
def test_page_keeps_its_budget(
    large: dict[str, str],
    name: str,
    path: str,
    django_db_blocker: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own
        measured = measure_page(name, f"/c/{SLUG}/{path.format(**large)}")
    with capsys.disabled():
        print(f"\n{name:6} {path:40} {measured}", end="")  # noqa: T201 -- the measurement is the point
    assert len(measured.statements) <= MOST_QUERIES, "\n".join(each[:150] for each in measured.statements)
    assert measured.is_in_time, str(measured)
