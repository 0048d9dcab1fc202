"""Who signs in to which database: each process gets the address of its own role."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import psycopg

from config.supervisor.errors import SupervisorError
from config.supervisor.keys import passwords
from config.supervisor.options import Options
from tenancy.bootstrap import BootstrapError, bootstrap


DATABASE = "colloquy"


def addresses_of(options: Options, keys: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses on a PostgreSQL that someone else runs, making roles and database when we may."""
    if options.admin_database_url:
        return prepare(options.admin_database_url, keys)
    if options.owner_database_url and options.work_database_url:
        return {
            "DATABASE_URL": options.database_url,
            "OWNER_DATABASE_URL": options.owner_database_url,
            "WORK_DATABASE_URL": options.work_database_url,
        }
    if not _may_make_roles(options.database_url):
        raise SupervisorError(
            "The role in DATABASE_URL cannot make roles, so two more addresses are needed: OWNER_DATABASE_URL (role "
            "colloquy_migrator) and WORK_DATABASE_URL (role colloquy_work). Let a superuser make these roles with "
            "`python -m tenancy.bootstrap`, which prints all addresses, or name a superuser in DATABASE_URL."
        )
    return prepare(options.database_url, keys)


def prepare(admin_url: str, keys: Mapping[str, str]) -> dict[str, str]:
    """Make roles and database, and return every address including the superuser's."""
    named = urlsplit(admin_url).path.strip("/")
    database = DATABASE if named in {"", "postgres"} else named
    try:
        addresses = bootstrap(admin_url, database, passwords(keys))
    except (BootstrapError, psycopg.Error) as problem:
        raise SupervisorError(f"The database roles cannot be made: {problem}") from problem
    return {"ADMIN_DATABASE_URL": admin_url, **addresses}


def _may_make_roles(url: str) -> bool:
    question = (
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb AND rolbypassrls) FROM pg_roles WHERE rolname = current_user"
    )
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            answer = connection.execute(question).fetchone()
    except psycopg.Error as problem:
        raise SupervisorError(f"The PostgreSQL in DATABASE_URL does not answer: {problem}") from problem
    return bool(answer and answer[0])
