"""Pages on the demo's data against their budgets: queries and size are asserted, times are printed (machines are noisy)."""

import statistics
import time
from collections.abc import Iterator

import pytest
from django.test import Client

from accounts.models import User
from collaboratives.selectors.places import places_of
from config.demo.cast import ACCOUNTS, SURGERY
from privacy.roles import Role
from tests.bench.large import LARGEST, MOST_QUERIES
from tests.worlds.counting import page_queries
from tests.worlds.demo import demo_database


pytestmark = pytest.mark.django_db
ROUNDS = 25
PAGES = [
    (Role.CLINICIAN, ""),
    (Role.CLINICIAN, "measures/"),
    (Role.CLINICIAN, "measures/ssi/"),
    (Role.CLINICIAN, "measures/ssi/?view=cases"),
    (Role.CLINICIAN, "measures/ssi/?view=definition"),
    (Role.ABSTRACTOR, "cases/"),
    (Role.ABSTRACTOR, "cases/?tab=all&q=2026&assigned=nobody"),
    (Role.ABSTRACTOR, "cases/?tab=complete&view=grid"),
    (Role.COORDINATOR, "cases/"),
    (Role.COORDINATOR, ""),
    (Role.COORDINATOR, "releases/"),
    (Role.SPONSOR, "results/"),
]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The demo, loaded as `make demo` loads it."""
    with django_db_blocker.unblock(), demo_database("app"):
        yield


def _browser(role: Role) -> Client:
    """Somebody of the demo with this role and no other place."""
    for account in ACCOUNTS:
        if account.slug == SURGERY and account.role is role:
            user = User.objects.get(email=account.email)
            if len(places_of(user.pk)) == 1:
                client = Client()
                client.force_login(user)
                return client
    raise LookupError(role)


@pytest.mark.parametrize(("role", "path"), PAGES, ids=[f"{role}-{path or 'home'}" for role, path in PAGES])
def test_page_keeps_its_budget(demo: None, role: Role, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    client, url = _browser(role), f"/c/{SURGERY}/{path}"
    client.get(url)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = client.get(url)
        times.append((time.perf_counter() - start) * 1000)
    statements = page_queries(client, url)

    p95 = statistics.quantiles(times, n=20)[-1]
    line = (
        f"\n{role:16} {path or 'home':28} {statistics.median(times):6.1f} ms median {p95:6.1f} ms p95 "
        f"{len(statements):3} queries {len(answer.content) / 1000:6.1f} kB"
    )
    with capsys.disabled():
        print(line, end="")  # noqa: T201 -- the measurement is the point
    assert answer.status_code == 200
    assert len(statements) <= MOST_QUERIES
    assert len(answer.content) < LARGEST
