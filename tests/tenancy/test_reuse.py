"""Connections serve one person after another, and threads at once: nothing of the last one is left for the next."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.test import Client
from psycopg import connect
from psycopg.errors import InsufficientPrivilege

from cases.models import Case
from collaboratives.models import Participation
from tenancy import context
from tenancy.context import Acting, acting
from tests.tenancy.conftest import address
from tests.tenancy.plain import enter
from tests.world import World


SECONDS, THREADS = 1.5, 6
MODES: dict[str, dict[str, Any]] = {
    "persistent": {"CONN_MAX_AGE": 600},
    "pool": {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": {"min_size": 1, "max_size": 3, "timeout": 30}}},
}
PERSONS = {"alder.clinician": None, "birch.abstractor": None, "ida": "birch", "cora": None, "heron.champion": None}


class DeliberateError(Exception):
    """Something in a view."""


@dataclass(frozen=True)
class Person:
    who: Acting
    hospitals: frozenset[int]


@pytest.fixture
def unguarded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Without the transaction around the test, which would give every thread the same connection."""
    with django_db_blocker.unblock():
        yield
        connections["default"].close()


@pytest.fixture
def people(unguarded: None) -> list[Person]:
    """Who acts, and the hospitals whose cases each may see."""
    found = []
    for name, hospital in PERSONS.items():
        with World().acting_as(name, hospital=hospital) as viewer:
            who = Acting(viewer.capacity.value, viewer.user_id, viewer.collaborative_id, viewer.participation_id or 0)  # type: ignore[arg-type, union-attr]
            found.append(Person(who, frozenset(Participation.objects.values_list("pk", flat=True))))
    return found


@pytest.fixture(params=MODES)
def other(request: pytest.FixtureRequest, unguarded: None) -> Iterator[str]:
    """An alias of the same database, with connections of its own in every thread, which really commit."""
    values = MODES[request.param]
    before = connections["default"].settings_dict
    options = {**before["OPTIONS"], **values.get("OPTIONS", {})}
    connections.settings["reuse"] = {**before, **values, "OPTIONS": options}
    yield "reuse"
    connections["reuse"].close()
    if "pool" in options:
        connections["reuse"].close_pool()
    del connections["reuse"]
    del connections.settings["reuse"]


def visit(person: Person, using: str, chance: random.Random) -> str:
    """One request: forgotten filter, plain SQL, an exception half-way, a pause, or nobody at all."""
    kind = chance.choice(("orm", "sql", "error", "slow", "nobody"))
    if kind == "nobody":
        try:
            with transaction.atomic(using=using):
                return f"{Case.objects.using(using).count()} rows without anybody"
        except DatabaseError:
            return "refused"
    try:
        with acting(person.who, using=using), transaction.atomic(using=using):
            return _read(person, using, kind, chance)
    except DeliberateError:
        return "right"


def _read(person: Person, using: str, kind: str, chance: random.Random) -> str:
    if kind == "sql":
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT DISTINCT participation_id FROM cases_case")
            seen = {key for (key,) in cursor.fetchall()}
    else:
        seen = set(Case.objects.using(using).values_list("participation_id", flat=True))
    if kind == "slow":
        time.sleep(chance.random() / 50)
        seen |= set(Case.objects.using(using).values_list("participation_id", flat=True))
    if seen != person.hospitals:
        return f"{person.who} saw {seen}"
    if kind == "error":
        raise DeliberateError
    return "right"


def in_threads(work: Callable[[random.Random], str], using: str) -> Counter[str]:
    results: Counter[str] = Counter()
    until = time.monotonic() + SECONDS

    def run(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 -- repeatable
        try:
            while time.monotonic() < until:
                results[work(chance)] += 1
        except Exception as problem:  # noqa: BLE001 -- a thread's exception must not get lost
            results[repr(problem)] += 1
        finally:
            connections[using].close()

    threads = [threading.Thread(target=run, args=[seed]) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_no_row_of_the_last_user_reaches_the_next(people: list[Person], other: str) -> None:
    results = in_threads(lambda chance: visit(chance.choice(people), other, chance), other)

    assert set(results) == {"right", "refused"}
    assert results.total() > 10 * THREADS


def test_the_suite_would_notice_a_setting_that_stays(
    people: list[Person], other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set for the session instead of the transaction, the mistake of most tutorials, somebody sees another's rows."""

    def apply_to_session(connection: Any, who: Acting | None) -> None:
        role, token = (who.role, who.token()) if who else ("none", "")
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', %s, false), set_config('app.ctx', %s, false)", [role, token])

    monkeypatch.setattr(context, "apply", apply_to_session)

    results = in_threads(lambda chance: visit(chance.choice(people), other, chance), other)

    assert [answer for answer in results if "without anybody" in answer]


# One connection -------------------------------------------------------------------------------------------------------


def test_acting_inside_acting_gives_the_first_back(people: list[Person]) -> None:
    alder, birch = people[0], people[1]

    def seen() -> set[int]:
        return set(Case.objects.values_list("participation_id", flat=True))

    with acting(alder.who), transaction.atomic():
        before = seen()
        with acting(birch.who):
            inside = seen()
        between = seen()
        with transaction.atomic(), acting(birch.who):
            pass
        after_savepoint = seen()
        with pytest.raises(DatabaseError):
            _divide_by_zero(birch.who)
        after_error = seen()

    assert (before, inside) == (alder.hospitals, birch.hospitals)
    assert (between, after_savepoint, after_error) == (alder.hospitals,) * 3
    assert context.current() is None


def _divide_by_zero(who: Acting) -> None:
    with transaction.atomic(), acting(who), connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1/0")


def test_an_exception_in_a_view_leaves_nothing(other: str, people: list[Person]) -> None:
    """ATOMIC_REQUESTS: half of a view's work does not stay, and the next user of the connection is nobody."""
    alder = people[0].who
    with pytest.raises(DeliberateError):
        _work_half_way(alder, other)
    with pytest.raises(DatabaseError), transaction.atomic(using=other):
        list(Case.objects.using(other))

    with acting(alder, using=other), transaction.atomic(using=other):
        left = Case.objects.using(other).filter(reasons={"half": "done"}).count()
    assert left == 0


def _work_half_way(who: Acting, using: str) -> None:
    with acting(who, using=using), transaction.atomic(using=using):
        assert Case.objects.using(using).filter(locked_at=None).update(reasons={"half": "done"}) > 0
        raise DeliberateError


def test_every_request_is_one_transaction(settings: Any) -> None:
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is True


def test_the_place_ends_with_the_response(world: World) -> None:
    """Also when the view raises: the middleware closes what it opened."""
    client = world.client("alder.clinician")
    client.raise_request_exception = False
    assert client.get("/c/colectomy-mi/").status_code == 200
    assert context.current() is None
    assert client.get("/c/hernia-lakes/").status_code == 404
    assert context.current() is None
    assert Client().get("/c/colectomy-mi/").status_code == 302
    assert context.current() is None


def _forgeries(who: Acting) -> dict[str, tuple[str, str]]:
    token = who.token()
    kid, role, *middle, mac = token.split(":")
    return {
        "another mac": (who.role, token[:-2] + ("00" if token[-2:] != "00" else "11")),
        "another user": (who.role, ":".join([kid, role, "1", *middle[1:], mac])),
        "another capacity": ("colloquy_centre", ":".join([kid, "colloquy_centre", *middle, mac])),
        "role without its token": ("colloquy_centre", token),
        "a key that is not there": (who.role, ":".join(["99", role, *middle, mac])),
        "a key that is not a number": (who.role, ":".join(["x", role, *middle, mac])),
        "too few parts": (who.role, token.rpartition(":")[0]),
        "too many parts": (who.role, token + ":"),
        "nothing": (who.role, ""),
        "separators": (who.role, "::::::"),
        "old": (who.role, _old(who)),
    }


def _old(who: Acting) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "TOKEN_LIFE", -1)
        return who.token()


@pytest.mark.parametrize("forgery", _forgeries(Acting("hospital")))
def test_a_forged_token_is_an_error(people: list[Person], forgery: str) -> None:
    role, token = _forgeries(people[0].who)[forgery]
    with connect(address("DATABASE_URL")) as app:
        enter(app, people[0].who)
        assert app.execute("SELECT count(*) > 0 FROM cases_case").fetchone() == (True,)
        app.rollback()
        app.execute("SELECT set_config('role', %s, true), set_config('app.ctx', %s, true)", [role, token])
        with pytest.raises(InsufficientPrivilege, match=r"tenancy: (bad|no acting) context"):
            app.execute("SELECT count(*) FROM cases_case")


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE colloquy_compute",
        "SET ROLE colloquy_platform",
        "SET ROLE colloquy_dataops",
        "SET ROLE colloquy_owner",
        "SELECT * FROM app_private.ctx_key",
        "SELECT app_private.ctx()",
        "COPY cases_case TO STDOUT",
        "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE stash AS SELECT 1",
        "CREATE TEMPORARY TABLE stash (id bigint)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_injected_statements_of_the_web_are_refused(world: World, statement: str) -> None:
    with connect(address("DATABASE_URL")) as app, pytest.raises(InsufficientPrivilege):
        app.execute(statement)  # type: ignore[arg-type]


def test_errors_of_protected_tables_show_no_row(people: list[Person]) -> None:
    """PostgreSQL leaves row contents out of messages where row-level security holds, so logs stay free of them."""
    with connect(address("DATABASE_URL")) as app:
        enter(app, people[0].who)
        app.execute("SAVEPOINT before")
        for statement in (
            "UPDATE cases_case SET status = 'complete', completed_at = NULL WHERE locked_at IS NULL",
            "UPDATE cases_case SET case_number = (SELECT min(case_number) FROM cases_case) WHERE locked_at IS NULL",
            "UPDATE cases_case SET assigned_to_id = 0 WHERE locked_at IS NULL; SET CONSTRAINTS ALL IMMEDIATE",
        ):
            with pytest.raises(Exception, match="violates") as caught:
                app.execute(statement)  # type: ignore[arg-type]
            app.execute("ROLLBACK TO SAVEPOINT before")
            assert "Failing row" not in str(caught.value)
            assert "Key (participation_id" not in str(caught.value)
