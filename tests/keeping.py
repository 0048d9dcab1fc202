"""The built cast, kept as a database that later runs of the same day copy: half a minute becomes a second.

It is built again as soon as anything it may be made of has changed. `COLLOQUY_WORLD=kept` takes the newest one there is
all the same, for work on what the cast is not made of; `COLLOQUY_WORLD=new` builds, as CI always does.
"""

import hashlib
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import psycopg
from django.utils import timezone
from psycopg import sql

from tests.clock import today


ROOT = Path(__file__).parent.parent
PACKAGES = (
    "accounts", "cases", "collaboratives", "config", "coordination", "events", "feedback", "improvement", "measures", "privacy", "riskstats",
    "sites", "tenancy", "tests/worlds",
)  # fmt: skip
# Pages, files and routes show the cast; nobody of it is made of them.
SHOWING = {"views", "charts", "templatetags", "api", "urls.py", "supervisor"}
KEPT = 4


def kept(admin: str, database: str) -> bool:
    """Make the database a copy of the cast kept for this state of the code; False when there is none."""
    wish = os.environ.get("COLLOQUY_WORLD", "new" if os.environ.get("CI") else "same")
    with psycopg.connect(admin, autocommit=True) as connection:
        names = [] if wish == "new" else [_name()] if wish == "same" else _all_kept(connection)[:1]
        for name in names:
            if state := _state(connection, name):
                _copy(connection, name, database)
                _remember(state)
                return True
    return False


def keep(admin: str, database: str) -> None:
    """Keep the cast just built. Nobody may be connected to its database."""
    if os.environ.get("CI"):
        return
    name = _name()
    with psycopg.connect(admin, autocommit=True) as connection:
        for old in _all_kept(connection)[KEPT - 1 :]:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(old)))
        try:
            _copy(connection, database, name)
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another process built the same, and keeps it
        # The comment comes last: a copy without one is not taken by anybody.
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(_modules().hex()))
        )


def _name() -> str:
    made_of = hashlib.sha256(f"{timezone.now().date()} {today()}".encode())
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in {".py", ".yaml", ".csv"} and not SHOWING & set(path.relative_to(ROOT).parts):
                made_of.update(str(path).encode() + path.read_bytes())
    return f"kept_{made_of.hexdigest()[:16]}"


def _all_kept(connection: psycopg.Connection) -> list[str]:
    """Newest first."""
    found = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'kept\\_%' ORDER BY oid::bigint DESC"
    )
    return [name for (name,) in found]


def _state(connection: psycopg.Connection, name: str) -> str | None:
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return row[0] if row else None


def _copy(connection: psycopg.Connection, source: str, target: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER colloquy_owner TEMPLATE {}").format(
            sql.Identifier(target), sql.Identifier(source)
        )
    )


def _modules() -> bytes:
    """What the parts of the cast know of it: identifiers by short name."""
    parts = {name: module for name, module in sys.modules.items() if name.startswith("tests.worlds.")}
    return pickle.dumps({name: _known(vars(module)) for name, module in parts.items()})


def _known(module: dict[str, Any]) -> dict[str, dict[str, Any]]:
    noted = module.get("__annotations__", {})
    return {name: value for name, value in module.items() if name in noted and isinstance(value, dict)}


def _remember(state: str) -> None:
    for module, known in pickle.loads(bytes.fromhex(state)).items():  # noqa: S301 (we wrote it ourselves, minutes ago)
        for name, values in known.items():
            vars(sys.modules[module])[name].clear()
            vars(sys.modules[module])[name].update(values)
