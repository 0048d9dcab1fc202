"""The world without a transaction around the test, for threads and servers with connections of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from tests.world import World


# What a submitted case leaves behind, children first.
LEFT = (
    "usersessions_usersession",
    "cases_savedrequest",
    "events_event",
    "events_accesslog",
    "cases_casechange",
    "cases_case",
    "collaboratives_apitoken",
)


@contextmanager
def committed_world(blocker: Any) -> Iterator[World]:
    """What is committed inside is taken away at the end: new rows of the tables above."""
    name = settings.DATABASES["default"]["NAME"]
    with (
        blocker.unblock(),
        psycopg.connect(os.environ["ADMIN_DATABASE_URL"], dbname=name, autocommit=True) as admin,
    ):
        last = {table: _last(admin, table) for table in LEFT}
        try:
            yield World()
        finally:
            connection.close()
            # The history is kept by a trigger that wants somebody to act; nobody does here.
            admin.execute("SET session_replication_role = replica")
            for table, number in last.items():
                admin.execute(sql.SQL("DELETE FROM {} WHERE id > {}").format(sql.Identifier(table), number))


def _last(admin: psycopg.Connection[Any], table: str) -> int:
    (number,) = admin.execute(
        sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table))
    ).fetchone() or (0,)
    return int(number)
