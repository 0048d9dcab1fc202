"""The process refuses to work with a database sign-in for which the wall does not exist, or with a server that leaks."""

import os
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import ProgrammingError, connection, connections, transaction
from psycopg import Connection, connect
from psycopg.errors import InsufficientPrivilege

from tenancy import context
from tenancy.context import Acting, apply
from tenancy.pgbackend.base import REASONS, UNSAFE_SIGN_IN, DatabaseWrapper
from tests.tenancy.conftest import address
from tests.world import World


def wrapper(variable: str) -> DatabaseWrapper:
    """Our backend with another sign-in, not yet connected."""
    parts, copy = urlsplit(os.environ[variable]), connection.copy()
    copy.settings_dict = {**copy.settings_dict, "USER": parts.username, "PASSWORD": unquote(parts.password or "")}
    return copy


@pytest.mark.parametrize(
    ("variable", "reason"),
    [
        ("ADMIN_DATABASE_URL", "is a superuser"),
        ("BACKUP_DATABASE_URL", "may bypass row-level security"),
        ("OWNER_DATABASE_URL", "is a member of the owner of protected tables"),
    ],
)
def test_a_sign_in_without_walls_is_refused(db: None, variable: str, reason: str) -> None:
    unsafe = wrapper(variable)

    with pytest.raises(ImproperlyConfigured, match=f"signs in as a role that .*{reason}.*Use colloquy_app"):
        unsafe.connect()

    assert unsafe.connection is None


@pytest.mark.parametrize("variable", ["DATABASE_URL", "WORK_DATABASE_URL"])
def test_our_own_sign_ins_are_accepted(db: None, variable: str) -> None:
    safe = wrapper(variable)
    safe.connect()

    assert safe.is_usable()
    safe.close()


@pytest.mark.parametrize(
    ("sabotage", "reason"),
    [
        ("ALTER ROLE guarded CREATEROLE", "may create roles or copy the server"),
        ("ALTER ROLE guarded REPLICATION", "may create roles or copy the server"),
        ("GRANT pg_execute_server_program TO guarded", "may reach the server's files"),
        ("GRANT colloquy_dataops TO guarded", "may act as the data migrations do"),
        ("GRANT colloquy_owner TO guarded", "is a member of the owner of protected tables"),
        ("CREATE ROLE between BYPASSRLS; GRANT between TO guarded", "may bypass row-level security"),
        (
            "CREATE ROLE between; GRANT colloquy_backup TO between; GRANT between TO guarded",
            "may bypass row-level security",
        ),
    ],
)
def test_powers_reached_through_other_roles_count(admin: Connection[Any], sabotage: str, reason: str) -> None:
    admin.execute("CREATE ROLE guarded NOINHERIT LOGIN")
    admin.execute(sabotage)
    admin.execute("SET LOCAL SESSION AUTHORIZATION guarded")

    flags = admin.execute(UNSAFE_SIGN_IN).fetchone() or ()

    assert [text for flag, text in zip(flags, REASONS, strict=True) if flag] == [reason]


@pytest.mark.parametrize(
    ("version", "refused"), [(140020, True), (150008, True), (150009, False), (170000, True), (180000, False)]
)
def test_a_server_with_known_faults_is_refused(db: None, version: int, refused: bool) -> None:  # noqa: FBT001
    server = wrapper("DATABASE_URL")
    server.__dict__["pg_version"] = version
    try:
        if refused:
            with pytest.raises(ImproperlyConfigured, match=r"has faults in row-level security. Use 15\.9"):
                server.connect()
        else:
            server.connect()
    finally:
        server.close()


def test_a_refused_role_leaves_no_half_open_transaction(world: World) -> None:
    """The web asks to act as the worker: refused, and the connection is fresh for the next user."""
    web = wrapper("DATABASE_URL")
    reset = context._acting.set(Acting("compute", collaborative_id=1))
    try:
        with pytest.raises(ProgrammingError, match="permission denied to set role"):
            web.set_autocommit(autocommit=False)
    finally:
        context._acting.reset(reset)

    assert web.connection is None
    assert web.get_autocommit()
    web.close()


def test_the_backup_reads_everything_and_writes_nothing(world: World) -> None:
    with connect(address("BACKUP_DATABASE_URL")) as backup:
        (rows,) = backup.execute("SELECT count(*) FROM collaboratives_participation").fetchone() or ()
        with pytest.raises(InsufficientPrivilege):
            backup.execute("UPDATE collaboratives_participation SET left_on = NULL")

    assert rows >= 11


@pytest.fixture
def keys() -> Iterator[None]:
    """A connection of the migrator that commits: what a test writes through `owner` is rolled back."""
    connections["keys"] = connections["owner"].copy(alias="keys")
    yield
    connections["keys"].close()
    del connections["keys"]


def install_keys() -> None:
    call_command("install_context_keys", database="keys", verbosity=0, stdout=StringIO())


def test_a_key_is_rotated_without_a_pause(world: World, settings: Any, keys: None) -> None:
    """Two keys live: tokens of the old one hold until it is taken away."""
    who = Acting(
        "hospital",
        **{
            name: getattr(world.viewer("alder.clinician"), name)
            for name in ("user_id", "collaborative_id", "participation_id")
        },
    )
    old, new = settings.TENANCY_KEYS[0], (7, b"n" * 80)
    old_token = who.token()

    def accepted(token: str) -> bool:
        with connect(address("DATABASE_URL")) as app:
            app.execute("SELECT set_config('role', %s, true), set_config('app.ctx', %s, true)", [who.role, token])
            try:
                return app.execute("SELECT app.ctx_user()").fetchone() == (who.user_id,)
            except InsufficientPrivilege:
                return False

    try:
        settings.TENANCY_KEYS = [new, old]
        new_token = who.token()
        before = accepted(new_token)
        install_keys()
        during = (accepted(new_token), accepted(old_token))
        settings.TENANCY_KEYS = [new]
        install_keys()
        after = (accepted(new_token), accepted(old_token))
    finally:
        settings.TENANCY_KEYS = [old]
        install_keys()

    assert (before, during, after) == (False, (True, True), (True, False))


def test_nobody_is_set_apart_from_a_transaction(world: World) -> None:
    """Outside a transaction the setting would be gone at once; inside, `apply` without anybody takes the role back."""
    with world.acting_as("cora"), transaction.atomic():
        apply(connection, None)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('app.ctx')")
            assert cursor.fetchone() == ("colloquy_app", "")
