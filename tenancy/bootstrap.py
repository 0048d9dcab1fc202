"""Create the database and its roles. Runs as a superuser, once per cluster and again without harm; knows no Django."""

import argparse
import json
import os
from collections.abc import Collection, Mapping
from typing import LiteralString
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql


OWNER = "colloquy_owner"
CAPACITIES = ("member", "hospital", "centre", "observer", "compute", "platform")
WEB_CAPACITIES = ("member", "hospital", "centre", "observer")
LOGINS = ("migrator", "app", "work", "backup")
OLDEST_SERVER = 150000


class BootstrapError(Exception):
    """The roles or the database cannot be made; the message says what is missing."""


def bootstrap(admin_url: str, database: str, passwords: Mapping[str, str]) -> dict[str, str]:
    """Make roles and database as `SECURITY` asks and return the addresses of the three sign-ins.

    Parameters
    ----------
    admin_url
        Address of a superuser, any database of the cluster.
    database
        Name of the database to create when it is not there.
    passwords
        Password for each of `LOGINS`.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            raise BootstrapError(f"PostgreSQL 15 or newer is needed; the server says {connection.info.server_version}.")
        with connection.transaction():
            _create_roles(connection, passwords)
        _create_database(connection, database)
    with psycopg.connect(_with_database(admin_url, database), autocommit=True) as connection:
        _close_database(connection, database)
    return {
        "OWNER_DATABASE_URL": _address(admin_url, database, "migrator", passwords),
        "DATABASE_URL": _address(admin_url, database, "app", passwords),
        "WORK_DATABASE_URL": _address(admin_url, database, "work", passwords),
        "BACKUP_DATABASE_URL": _address(admin_url, database, "backup", passwords),
    }


# Bootstraps of one cluster wait for each other: PostgreSQL refuses two changes of one role at once.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7002)"
NO_POWERS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"


def _create_roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    connection.execute(ONE_AT_A_TIME)
    existing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for name in (OWNER, "colloquy_dataops", *(f"colloquy_{kind}" for kind in CAPACITIES)):
        _role(connection, name, f"NOLOGIN NOINHERIT NOBYPASSRLS {NO_POWERS}", existing)
    for login in LOGINS:
        # A dump must hold every row: the backup reads past the walls, and only reads.
        walls = "INHERIT BYPASSRLS" if login == "backup" else "NOINHERIT NOBYPASSRLS"
        name = f"colloquy_{login}"
        _role(connection, name, f"LOGIN {walls} {NO_POWERS}", existing)
        # The server's log shows statements: it gets the verifier, never the password.
        verifier = connection.pgconn.encrypt_password(passwords[login].encode(), name.encode(), b"scram-sha-256")
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(verifier.decode()))
        )
    memberships = {
        "colloquy_migrator": (OWNER, "colloquy_dataops"),
        "colloquy_app": tuple(f"colloquy_{kind}" for kind in WEB_CAPACITIES),
        "colloquy_work": tuple(f"colloquy_{kind}" for kind in CAPACITIES),
    }
    for login, groups in memberships.items():
        for group in groups:
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(login)))
    # From PostgreSQL 16 on, inheriting is a property of the grant; before, of the role.
    inherited = sql.SQL(" WITH INHERIT TRUE" if connection.info.server_version >= 160000 else "")
    connection.execute(sql.SQL("GRANT pg_read_all_data TO colloquy_backup{}").format(inherited))


def _role(connection: psycopg.Connection, name: str, attributes: LiteralString, existing: Collection[str]) -> None:
    verb = sql.SQL("ALTER" if name in existing else "CREATE")
    connection.execute(sql.SQL("{} ROLE {} {}").format(verb, sql.Identifier(name), sql.SQL(attributes)))


def _create_database(connection: psycopg.Connection, database: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    if not found:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(database), sql.Identifier(OWNER)
            )
        )


def _close_database(connection: psycopg.Connection, database: str) -> None:
    """Leave nothing to PUBLIC: only our own roles connect, only the owner creates."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for login in LOGINS:
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(f"colloquy_{login}"))
        )
    # An import puts its rows into a temporary table first: COPY is refused on protected tables.
    connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO colloquy_work").format(name))
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER)))
    for role in ("app", "work", "dataops", *CAPACITIES):
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(f"colloquy_{role}")))
    connection.execute(
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC").format(
            sql.Identifier(OWNER)
        )
    )


def _with_database(url: str, database: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{database}"))


def _address(admin_url: str, database: str, login: str, passwords: Mapping[str, str]) -> str:
    parts = urlsplit(_with_database(admin_url, database))
    host = parts.netloc.rpartition("@")[2]
    credentials = f"colloquy_{login}:{quote(passwords[login], safe='')}"
    return urlunsplit(parts._replace(netloc=f"{credentials}@{host}"))


def main() -> None:
    """Bootstrap from the environment: ADMIN_DATABASE_URL and COLLOQUY_<LOGIN>_PASSWORD; print the addresses as JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--database", default="colloquy")
    options = parser.parse_args()
    try:
        passwords = {name: os.environ[f"COLLOQUY_{name.upper()}_PASSWORD"] for name in LOGINS}
        admin_url = os.environ["ADMIN_DATABASE_URL"]
    except KeyError as missing:
        raise SystemExit(
            f"{missing.args[0]} is not set. Name a superuser in ADMIN_DATABASE_URL and one password per sign-in."
        ) from missing
    print(json.dumps(bootstrap(admin_url, options.database, passwords), indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
