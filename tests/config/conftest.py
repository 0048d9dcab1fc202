"""The demo in a database of its own, so that the world of the other tests stays as they know it."""

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.urls import clear_url_caches
from psycopg import sql

from config import urls
from config.demo.load import load_demo


def _connect(name: str, role: str) -> None:
    variable = {"app": "DATABASE_URL", "work": "WORK_DATABASE_URL"}[role]
    values = {"NAME": name, "USER": f"colloquy_{role}", "PASSWORD": _password(variable)}
    connections["default"].close()
    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)


def _password(variable: str) -> str:
    return psycopg.conninfo.conninfo_to_dict(os.environ[variable])["password"]


@contextmanager
def _copy_of_the_database() -> Iterator[str]:
    """The test database once more, world and all; PostgreSQL copies files, so it takes half a second."""
    original = settings.DATABASES["default"]["NAME"]
    copy = f"{original}_demo"
    for alias in connections:
        connections[alias].close()
    with psycopg.connect(os.environ["ADMIN_DATABASE_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(original)))
        for role in ("migrator", "app", "work"):
            admin.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    sql.Identifier(copy), sql.Identifier(f"colloquy_{role}")
                )
            )
        yield copy
        _connect(original, "app")
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))


@pytest.fixture(scope="module")
def demo_database(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Callable[..., object]
) -> Iterator[None]:
    """The demo, loaded; the module's DEMO says how much of it. Its tests run in the role that they are marked with."""
    with django_db_blocker.unblock(), _copy_of_the_database() as name:
        _connect(name, "work")
        load_demo(str, **request.module.DEMO)
        _connect(name, "work" if request.node.get_closest_marker("worker") else "app")
        yield


@pytest.fixture
def demo_mode() -> Iterator[None]:
    with _mode(demo=True):
        yield


@pytest.fixture
def production_mode() -> Iterator[None]:
    with _mode(demo=False):
        yield


@contextmanager
def _mode(*, demo: bool) -> Iterator[None]:
    """Routes of the demo exist only when the process starts in demo mode: read them again."""
    before = settings.DEMO
    try:
        _start(demo=demo)
        yield
    finally:
        _start(demo=before)


def _start(*, demo: bool) -> None:
    settings.DEMO = demo
    importlib.reload(urls)
    clear_url_caches()
