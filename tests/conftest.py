"""Real PostgreSQL, the app's own role, a world built through services.

The database is made once per run as the owner would make it in production; tests connect as a role that cannot bypass
the wall. Each test runs in a transaction that is rolled back.
"""

import os
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from tenancy.bootstrap import bootstrap
from tests import keeping
from tests.world import World, build_world


def _password(variable: str) -> str:
    return unquote(urlsplit(os.environ[variable]).password or "")


def _connect(alias: str, **values: str) -> None:
    connections[alias].close()
    settings.DATABASES[alias].update(values)
    connections[alias].settings_dict.update(values)


class _SignIn:
    """Tests run as the web's role; those marked `worker` as the worker's, which may act as `compute`. Neither bypasses the wall."""

    ready = False
    role = "app"

    def __call__(self) -> None:
        variable = {"app": "DATABASE_URL", "work": "WORK_DATABASE_URL"}[self.role]
        if self.ready and settings.DATABASES["default"]["USER"] != f"colloquy_{self.role}":
            _connect("default", USER=f"colloquy_{self.role}", PASSWORD=_password(variable))


sign_in = _SignIn()


def _worker(config: pytest.Config) -> str:
    """Name of this pytest-xdist process, or main."""
    return str(getattr(config, "workerinput", {}).get("workerid", "main"))


def pytest_configure(config: pytest.Config) -> None:
    """Processes share a cache, but not the databases whose keys it knows; nor do tests wait for a quiet machine."""
    unhurried = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
    hypothesis.settings.register_profile("unhurried", **unhurried)
    hypothesis.settings.load_profile("unhurried")
    settings.CACHES["default"]["KEY_PREFIX"] = f"{os.environ.get('COLLOQUY_TEST_NAME', '')}{_worker(config)}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    sign_in.role = "work" if item.get_closest_marker("worker") else "app"
    sign_in()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest, worker_id: str) -> Iterator[None]:
    """A database of this process with roles, wall and world; dropped at the end."""
    admin, name = (
        os.environ["ADMIN_DATABASE_URL"],
        f"test_{os.environ.get('COLLOQUY_TEST_NAME', 'colloquy')}_{worker_id}",
    )
    with django_db_blocker.unblock():
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        passwords = {
            "migrator": _password("OWNER_DATABASE_URL"),
            "app": _password("DATABASE_URL"),
            "work": _password("WORK_DATABASE_URL"),
            "backup": _password("BACKUP_DATABASE_URL"),
        }
        is_kept = keeping.kept(admin, name)
        bootstrap(admin, name, passwords)
        _connect("owner", NAME=name, USER="colloquy_migrator", PASSWORD=passwords["migrator"])
        _connect("default", NAME=name, USER="colloquy_work", PASSWORD=passwords["work"])
        if not is_kept:
            call_command("migrate", database="owner", verbosity=0)
            call_command("install_context_keys", verbosity=0)
            build_world()
            for alias in connections:
                connections[alias].close()
            keeping.keep(admin, name)
        sign_in.ready = True
        sign_in()
    yield
    sign_in.ready = False
    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].close()
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Name of this pytest-xdist process, or main."""
    return _worker(request.config)


@pytest.fixture
def world(db: None) -> World:
    """The named cast of tests/world.py, as rows of this test's transaction."""
    return World()
