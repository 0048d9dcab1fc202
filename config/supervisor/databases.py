"""Who signs in to which database: each process gets the address of its own role."""

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import psycopg

from config.supervisor.errors import SupervisorError
from config.supervisor.keys import passwords
from config.supervisor.options import Options
from tenancy.bootstrap import BootstrapError, bootstrap


DATABASE = "colloquy"
# Every cluster has it: where to stand while the other is made.
MAINTENANCE = "postgres"


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
    """Make roles and the database that the address names, and return every address including the superuser's."""
    named = urlsplit(admin_url).path.strip("/")
    maintenance = _maintenance(admin_url)
    try:
        addresses = bootstrap(maintenance, named if named not in {"", MAINTENANCE} else DATABASE, passwords(keys))
    except (BootstrapError, psycopg.Error) as problem:
        raise SupervisorError(f"The database roles cannot be made: {problem}") from problem
    return {"ADMIN_DATABASE_URL": maintenance, **addresses}


def _may_make_roles(url: str) -> bool:
    question = (
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb AND rolbypassrls) FROM pg_roles WHERE rolname = current_user"
    )
    try:
        with _connected(url) as connection:
            answer = connection.execute(question).fetchone()
    except psycopg.Error as problem:
        raise SupervisorError(f"The PostgreSQL in DATABASE_URL does not answer: {problem}") from problem
    return bool(answer and answer[0])


def _connected(url: str) -> psycopg.Connection:
    """Connect, to the maintenance database when the one named is still to be made."""
    try:
        return psycopg.connect(url, connect_timeout=10)
    except psycopg.OperationalError as problem:
        try:
            return psycopg.connect(_maintenance(url), connect_timeout=10)
        except psycopg.OperationalError:
            raise problem from None


def _maintenance(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{MAINTENANCE}"))
