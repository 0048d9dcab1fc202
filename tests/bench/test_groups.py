"""214 people, 40 groups, three years of posts and documents: every page of groups in twelve statements and fifty milliseconds."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction

from collaboratives.selectors.places import acting_for
from coordination.groups.models import WorkingGroup
from tenancy.context import acting
from tests.bench import registry
from tests.bench.large import SLUG, copied_database, create_registry, measure_page, sign_in, superuser
from tests.bench.test_meetings import _GRANTS, _MEETINGS, _PEOPLE, HOSPITALS, PEOPLE
from tests.bench.test_pages import MOST_QUERIES


_GROUPS = """
  INSERT INTO groups_workinggroup (public_id, collaborative_id, name, remit, founded_on, created_at, created_by_id, closed_on, closed_because)
  SELECT gen_random_uuid(), %(here)s, 'Group ' || n, 'What it is *for*.', current_date - 1100, now(), %(user)s,
    CASE WHEN n %% 4 = 0 THEN current_date END, CASE WHEN n %% 4 = 0 THEN 'Done.' ELSE '' END
  FROM generate_series(1, 40) AS n
"""
# Every third person of a hospital is in a group, some twenty to each; the one of the test's own people in all of them.
_MEMBERS = """
  INSERT INTO groups_membership (public_id, collaborative_id, participation_id, group_id, user_id, role, shown_name, shown_hospital, since)
  SELECT gen_random_uuid(), %(here)s, g.participation_id, w.id, g.user_id, 'member', 'Member ' || g.user_id, 'Hospital', now() - interval '3 years'
  FROM groups_workinggroup w JOIN collaboratives_grant g ON g.collaborative_id = %(here)s AND g.participation_id IS NOT NULL
    AND (g.user_id %% 10 = w.id %% 10 OR g.user_id = (SELECT id FROM accounts_user WHERE email LIKE 'andy@%%'))
  WHERE w.collaborative_id = %(here)s
"""
_POSTS = """
  INSERT INTO groups_grouppost (public_id, collaborative_id, group_id, written_by_id, text, written_at, withdrawn_because)
  SELECT gen_random_uuid(), %(here)s, m.group_id, m.id, 'Post **' || n || '** of many.', now() - n * interval '1 day', ''
  FROM groups_membership m CROSS JOIN generate_series(1, 30) AS n WHERE m.collaborative_id = %(here)s
"""
_DOCUMENTS = """
  INSERT INTO groups_groupdocument (public_id, collaborative_id, group_id, title, created_at, created_by_id)
  SELECT gen_random_uuid(), %(here)s, id, 'Document ' || n, now(), %(user)s
  FROM groups_workinggroup, generate_series(1, 20) AS n WHERE collaborative_id = %(here)s
"""
_VERSIONS = """
  INSERT INTO groups_groupdocumentversion (collaborative_id, group_id, document_id, number, note, file_name, file_type, size, digest, file,
    uploaded_at, uploaded_by_id, uploaded_as)
  SELECT %(here)s, group_id, id, n, '', 'file.txt', 'text/plain', 100000, '', decode(repeat('41', 100000), 'hex'), now(), %(user)s, 'Somebody'
  FROM groups_groupdocument, generate_series(1, 3) AS n WHERE collaborative_id = %(here)s
"""
_DECISIONS = """
  INSERT INTO groups_groupdecision (public_id, collaborative_id, group_id, text, decided_on, recorded_at, recorded_by_id, recorded_as)
  SELECT gen_random_uuid(), %(here)s, id, 'Decision ' || n, current_date - n, now(), %(user)s, 'Somebody'
  FROM groups_workinggroup, generate_series(1, 36) AS n WHERE collaborative_id = %(here)s
"""
_HELD = """
  INSERT INTO groups_groupmeeting (collaborative_id, group_id, meeting_id)
  SELECT %(here)s, (SELECT min(id) FROM groups_workinggroup WHERE collaborative_id = %(here)s), id FROM meetings_meeting WHERE collaborative_id = %(here)s
"""
TABS = ("about", "members", "documents", "discussion", "meetings")
PAGES = [
    *((name, path) for name in ("colin", "andy") for path in ("groups/", "groups/?show=closed")),
    *((name, f"groups/{{group}}/?tab={tab}") for name in ("colin", "andy") for tab in TABS),
    ("colin", "groups/{group}/?tab=discussion&page=20"),
    *(("colin", f"groups/{{group}}/{rest}") for rest in ("invite/", "print/", "meetings/new/")),
]


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """The public id of the group that has held all meetings."""
    with django_db_blocker.unblock(), copied_database("groups") as copy:
        by = create_registry(registry.definition())
        with psycopg.connect(superuser(copy), autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")
            user = admin.execute("SELECT min(id) FROM accounts_user").fetchone()[0]
            values = {"here": by.collaborative_id, "user": user, "people": PEOPLE, "hospitals": HOSPITALS}
            written = (_MEETINGS, _PEOPLE, _GRANTS, _GROUPS, _MEMBERS, _POSTS, _DOCUMENTS, _VERSIONS, _DECISIONS, _HELD)
            for statement in written:
                admin.execute(statement, values)
            admin.execute("VACUUM ANALYZE")
        with acting(acting_for(by)), transaction.atomic():
            first = str(WorkingGroup.objects.filter(collaborative_id=by.collaborative_id).earliest("pk").public_id)
        sign_in(copy, "app")
        yield first


@pytest.mark.parametrize(("name", "path"), PAGES, ids=[f"{name}-{path}" for name, path in PAGES])
def test_page_keeps_its_budget(
    large: str, name: str, path: str, django_db_blocker: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own
        measured = measure_page(name, f"/c/{SLUG}/{path.format(group=large)}")
    with capsys.disabled():
        print(f"\n{name:6} {path:40} {measured}", end="")  # noqa: T201 -- the measurement is the point
    assert len(measured.statements) <= MOST_QUERIES, "\n".join(each[:150] for each in measured.statements)
    assert measured.is_in_time, str(measured)
