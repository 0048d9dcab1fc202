"""The demo in a database of its own, so that the world of the other tests stays as they know it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from config.demo.load import load_demo


@contextmanager
def demo_database(role: str, **how_much: object) -> Iterator[None]:
    """Load the demo into a copy of the test database; everything inside signs in there as `app` or `work`."""
    original = settings.DATABASES["default"]["NAME"]
    copy = f"{original}_demo"
    for alias in connections:
        connections[alias].close()
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy))
    with psycopg.connect(os.environ["ADMIN_DATABASE_URL"], autocommit=True) as admin:
        admin.execute(drop)
        # PostgreSQL copies files: half a second, where migrations would take four.
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(original)))
        try:
            _sign_in(copy, "work")
            load_demo(str, **how_much)
            _sign_in(copy, role)
            yield
        finally:
            _sign_in(original, "app")
            admin.execute(drop)


def _sign_in(name: str, role: str) -> None:
    address = os.environ[{"app": "DATABASE_URL", "work": "WORK_DATABASE_URL"}[role]]
    password = psycopg.conninfo.conninfo_to_dict(address)["password"]
    values = {"NAME": name, "USER": f"colloquy_{role}", "PASSWORD": password}
    connections["default"].close()
    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)
