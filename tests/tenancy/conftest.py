"""A superuser's look at the test database, for questions and sabotage; whatever it does is rolled back."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection


def address(variable: str = "ADMIN_DATABASE_URL") -> str:
    """The address of a sign-in, at this run's test database."""
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{connection.settings_dict['NAME']}"))


@pytest.fixture
def admin(db: None) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(address()) as superuser, superuser.transaction(force_rollback=True):
        superuser.execute("SET LOCAL lock_timeout = '5s'")
        yield superuser
