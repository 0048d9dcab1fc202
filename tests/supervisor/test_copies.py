"""Backup and restore, between two installations."""

import stat
import sys

import pytest


CONNECT = """
import os, psycopg
connection = psycopg.connect(os.environ["ADMIN_DATABASE_URL"].removesuffix("postgres") + "colloquy", autocommit=True)
"""
FILL = """
with connection:
    connection.execute("SET ROLE colloquy_owner")
    connection.execute("CREATE TABLE operation AS SELECT 42 AS number")
    connection.execute("ALTER TABLE operation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    connection.execute("GRANT SELECT ON operation TO colloquy_hospital")
"""
LOOK = """
with connection:
    print(connection.execute("SELECT number FROM operation").fetchall())
    print(connection.execute("SELECT relowner::regrole, relforcerowsecurity, relacl FROM pg_class WHERE relname = 'operation'").fetchone())
"""


def doing(statements: str) -> tuple[str, ...]:
    return ("run", "--", sys.executable, "-c", CONNECT + statements)


@pytest.fixture
def full(run) -> None:
    assert run(*doing(FILL)).returncode == 0


def test_backup_is_private_and_restores_rows_owners_rights_and_the_wall(full, run, data):
    file = data / "copy.dump"

    written = run("backup", str(file))
    before = run(*doing(LOOK))
    restored = run("restore", str(file), COLLOQUY_DATA_DIR=str(data / "other"))
    after = run(*doing(LOOK), COLLOQUY_DATA_DIR=str(data / "other"))

    assert written.returncode == 0, written.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert restored.returncode == 0, restored.stderr
    assert before.stdout.startswith("[(42,)]\n('colloquy_owner', True,")
    assert after.stdout == before.stdout


def test_backup_never_overwrites(run, data):
    data.mkdir(mode=0o711)
    (data / "copy.dump").write_text("last week's")

    refused = run("backup", str(data / "copy.dump"))

    assert refused.returncode == 1
    assert "exists already, and a backup is never overwritten" in refused.stderr
    assert (data / "copy.dump").read_text() == "last week's"


def test_backup_into_a_folder_that_does_not_exist_is_refused(run, data):
    refused = run("backup", str(data / "nowhere" / "copy.dump"))

    assert "copy.dump cannot be written: No such file or directory." in refused.stderr


def test_restore_refuses_a_database_that_holds_something(full, run, data):
    run("backup", str(data / "copy.dump"))

    refused = run("restore", str(data / "copy.dump"))

    assert refused.returncode == 1
    assert "already holds 1 tables, and restoring would mix two programmes" in refused.stderr


def test_file_that_is_no_backup_changes_nothing(run, data):
    run("run", "--", "true")
    (data / "letter.txt").write_text("Dear colleague")

    refused = run("restore", str(data / "letter.txt"))
    missing = run("restore", str(data / "missing.dump"))

    assert "pg_restore failed:" in refused.stderr
    assert f"There is no file {data / 'missing.dump'}." in missing.stderr
