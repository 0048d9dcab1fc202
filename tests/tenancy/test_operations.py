"""Migrations that build the wall, their way back, and the bootstrap that makes the roles."""

import json
import runpy
import sys
from os import environ
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.apps.registry import Apps
from django.db import connections, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState
from django.db.utils import ProgrammingError
from psycopg import Connection, connect
from psycopg.errors import InsufficientPrivilege

from tenancy import bootstrap
from tenancy.operations import READ, WRITE, DataMigration, Protect, Rule, Share, TenantForeignKey
from tests.tenancy import catalog
from tests.tenancy.conftest import address


pytestmark = pytest.mark.django_db(databases=["default", "owner"])
Operation = migrations.RunSQL | migrations.RunPython
HOSPITAL = {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", READ)}
LOOKED_UP = {"hospital": Rule("own")}


def run(operation: Operation, *, back: bool = False) -> None:
    with connections["owner"].schema_editor() as editor:
        step = operation.database_backwards if back else operation.database_forwards
        step("tenancy", editor, ProjectState(), ProjectState())


def query(text: str) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(text)
        return list(cursor.fetchall()) if cursor.description else []


def table(name: str = "ward") -> None:
    query(
        f"CREATE TABLE {name} (id bigint PRIMARY KEY, collaborative_id bigint NOT NULL, participation_id bigint, parent_id bigint)"
    )


@pytest.mark.parametrize("operation", [Protect("ward", HOSPITAL), Protect("ward", LOOKED_UP, owner_reads=True)])
def test_protection_goes_on_and_off(operation: Protect) -> None:
    table()
    run(operation)
    on = query("SELECT relrowsecurity, relforcerowsecurity, relacl IS NOT NULL FROM pg_class WHERE relname = 'ward'")
    policies = query("SELECT policyname FROM pg_policies WHERE tablename = 'ward'")

    run(operation, back=True)

    assert on == [(True, True, True)]
    assert len(policies) == len(operation.rules) + (4 if operation.owner_reads else 2)
    assert query("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'ward'") == [(False, False)]
    assert query("SELECT policyname FROM pg_policies WHERE tablename = 'ward'") == []
    assert (
        query(
            "SELECT grantee FROM information_schema.table_privileges WHERE table_name = 'ward' AND grantee <> 'colloquy_owner'"
        )
        == []
    )


@pytest.mark.parametrize(
    "operation",
    [
        Protect("ward", HOSPITAL),
        Protect("ward", LOOKED_UP, owner_reads=True),
        Share("ward", {"app": "SELECT"}),
        TenantForeignKey("ward", "parent_id", "ward", tenant="collaborative_id"),
    ],
)
def test_operations_are_written_as_they_were_made(operation: Operation) -> None:
    name, positional, named = operation.deconstruct()  # type: ignore[misc]

    again = {each.__name__: each for each in (Protect, Share, TenantForeignKey)}[name](*positional, **named)

    assert (again.sql, again.reverse_sql) == (operation.sql, operation.reverse_sql)  # type: ignore[union-attr]


def test_protection_describes_itself() -> None:
    assert Protect("ward", HOSPITAL).describe() == "Put ward behind the wall"


def test_sharing_goes_on_and_off() -> None:
    table()
    operation = Share("ward", {"app": "SELECT, DELETE"})
    privileges = "SELECT privilege_type FROM information_schema.table_privileges WHERE grantee = 'colloquy_app' AND table_name = 'ward'"
    run(operation)
    shared = query(privileges)

    run(operation, back=True)

    assert {kind for (kind,) in shared} == {"SELECT", "DELETE"}
    assert query(privileges) == []


def test_a_key_over_the_tenant_goes_on_and_off() -> None:
    table()
    run(Protect("ward", HOSPITAL))
    operation = TenantForeignKey("ward", "parent_id", "ward", tenant="collaborative_id")

    run(operation)
    run(TenantForeignKey("ward", "parent_id", "ward", tenant="participation_id"))
    tied = query("SELECT conname FROM pg_constraint WHERE conrelid = 'ward'::regclass AND contype = 'f'")
    forced = query("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'ward'")
    run(operation, back=True)

    assert {name for (name,) in tied} == {"ward_parent_id_collaborative_id_fk", "ward_parent_id_participation_id_fk"}
    assert forced == [(True,)]
    assert len(query("SELECT 1 FROM pg_constraint WHERE conrelid = 'ward'::regclass AND contype = 'f'")) == 1


def test_a_data_migration_reads_rows_that_the_owner_does_not() -> None:
    found = []

    def count(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        found.append(query("SELECT count(*) > 0, current_user::text FROM cases_case"))

    run(DataMigration(count))

    assert found == [[(True, "colloquy_dataops")]]
    assert query("SELECT current_user::text") == [("colloquy_owner",)]


def test_a_failed_data_migration_gives_the_role_back() -> None:
    def fail(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        run(DataMigration(fail))

    assert query("SELECT current_user::text") == [("colloquy_owner",)]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE cases_case SET revision = 1", "DELETE FROM cases_case", "UPDATE collaboratives_grant SET ends_at = now()"],
)
def test_the_owner_is_told_instead_of_changing_nothing(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="the owner does not read or write tenant rows"):
        query(statement)


# The bootstrap --------------------------------------------------------------------------------------------------------


@pytest.fixture
def admin_url() -> str:
    return address("ADMIN_DATABASE_URL")


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Those in force: roles belong to the whole cluster, and other tests sign in with them."""
    variables = {"migrator": "OWNER", "app": "", "work": "WORK", "backup": "BACKUP"}
    found = {}
    for login, prefix in variables.items():
        url = environ[f"{prefix}_DATABASE_URL".removeprefix("_")]
        found[login] = unquote(urlsplit(url).password or "")
        monkeypatch.setenv(f"COLLOQUY_{login.upper()}_PASSWORD", found[login])
    return found


def test_a_second_bootstrap_changes_nothing(admin_url: str, passwords: dict[str, str]) -> None:
    database = connections["default"].settings_dict["NAME"]

    addresses = bootstrap.bootstrap(admin_url, database, passwords)

    with connect(admin_url) as superuser:
        assert [fault for rule in catalog.RULES for fault in rule(superuser)] == []
        (stored,) = superuser.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'colloquy_app'"
        ).fetchone() or ("",)
    with connect(addresses["DATABASE_URL"]) as app:
        assert app.execute("SELECT session_user::text").fetchone() == ("colloquy_app",)
    assert stored.startswith("SCRAM-SHA-256$")
    assert set(addresses) == {"OWNER_DATABASE_URL", "DATABASE_URL", "WORK_DATABASE_URL", "BACKUP_DATABASE_URL"}


def test_bootstrap_takes_powers_away(admin: Connection[Any], passwords: dict[str, str]) -> None:
    admin.execute("ALTER ROLE colloquy_hospital BYPASSRLS; ALTER ROLE colloquy_app SUPERUSER INHERIT")

    bootstrap._create_roles(admin, passwords)

    assert catalog.sign_ins_cannot_climb(admin) == []


def test_an_old_server_is_refused(admin_url: str, passwords: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST_SERVER", 10**9)

    with pytest.raises(bootstrap.BootstrapError, match="PostgreSQL 15 or newer is needed"):
        bootstrap.bootstrap(admin_url, "nowhere", passwords)


def test_the_command_prints_the_addresses(
    admin_url: str, passwords: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = connections["default"].settings_dict["NAME"]
    monkeypatch.setattr(sys, "argv", ["bootstrap", "--database", database])
    monkeypatch.setenv("ADMIN_DATABASE_URL", admin_url)

    bootstrap.main()

    assert json.loads(capsys.readouterr().out)["DATABASE_URL"].endswith(f"/{database}")


def test_the_command_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["bootstrap"])
    monkeypatch.delenv("ADMIN_DATABASE_URL", raising=False)
    for login in bootstrap.LOGINS:
        monkeypatch.setenv(f"COLLOQUY_{login.upper()}_PASSWORD", "x")

    with pytest.raises(SystemExit, match=r"ADMIN_DATABASE_URL is not set\. Name a superuser"):
        runpy.run_path(bootstrap.__file__, run_name="__main__")


def test_a_database_that_is_not_there_is_made(
    admin: Connection[Any], admin_url: str, passwords: dict[str, str]
) -> None:
    name = f"{connections['default'].settings_dict['NAME']}_made"
    try:
        bootstrap.bootstrap(admin_url, name, passwords)
        with connect(bootstrap._with_database(admin_url, name)) as made:
            assert made.execute(
                "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
            ).fetchone() == ("colloquy_owner",)
        with (
            pytest.raises(InsufficientPrivilege),
            connect(bootstrap._address(admin_url, name, "app", passwords)) as app,
        ):
            app.execute("CREATE TABLE here (id bigint)")
    finally:
        with connect(admin_url, autocommit=True) as superuser:
            superuser.execute(f"DROP DATABASE IF EXISTS {name}")  # type: ignore[arg-type]
