"""The embedded servers, from the first start to a killed supervisor."""

import os
import signal
import stat
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from tests.supervisor.stage import eventually, processes_in


SHOW_ADDRESS = (sys.executable, "-c", "import os; print(os.environ['DATABASE_URL'])")
ASK = """
import os, sys, psycopg
with psycopg.connect(os.environ["ADMIN_DATABASE_URL"], autocommit=True) as connection:
    print(connection.execute(sys.argv[1]).fetchone()[0])
"""


def asking(question: str) -> tuple[str, ...]:
    return ("run", "--", sys.executable, "-c", ASK, question)


def test_servers_print_addresses_that_work_and_stop_cleanly(supervise, data):
    supervisor = supervise("servers")

    addresses = supervisor.addresses()
    with psycopg.connect(addresses["DATABASE_URL"]) as connection:
        role = connection.execute("SELECT current_user").fetchone()
    with redis.Redis.from_url(addresses["REDIS_URL"]) as client:
        policy = client.config_get("maxmemory-policy")

    assert role == ("colloquy_app",)
    assert policy == {"maxmemory-policy": "noeviction"}
    assert supervisor.stop() == 0
    assert processes_in(data) == {}


def test_postgres_asks_for_a_password_even_on_its_socket(supervise):
    address = supervise("servers").addresses()["ADMIN_DATABASE_URL"]

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address, password="a guess")


def test_secrets_are_made_once_and_only_their_owner_can_read_them(run, data):
    run("run", "--", "true")
    first = (data / "keys.env").read_text()
    run("run", "--", "true")

    assert (data / "keys.env").read_text() == first
    assert "COLLOQUY_BLINDING_KEY=" in first
    assert stat.S_IMODE((data / "keys.env").stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "servers").stat().st_mode) == 0o700


def test_secrets_that_others_can_read_are_refused(run, data):
    run("run", "--", "true")
    (data / "keys.env").chmod(0o644)

    refused = run("run", "--", "true")

    assert refused.returncode == 1
    assert f"chmod 600 {data / 'keys.env'}" in refused.stderr


def test_run_ends_with_the_code_of_its_command(run):
    assert run("run", "--", "sh", "-c", "exit 7").returncode == 7


def test_run_names_a_command_that_does_not_exist(run):
    missing = run("run", "--", "no-such-command")

    assert missing.returncode == 1
    assert "no-such-command cannot be run: No such file or directory." in missing.stderr


def test_run_hands_a_request_to_stop_to_its_command(supervise):
    supervisor = supervise(
        "run", "--", "sh", "-c", 'trap "exit 5" TERM; echo COLLOQUY_DATA_DIR=; while :; do sleep 0.1; done'
    )
    supervisor.addresses()

    assert supervisor.stop(signal.SIGTERM) == 5


def test_data_survive_a_stop(run):
    run(*asking("CREATE TABLE kept AS SELECT 42 AS answer; SELECT answer FROM kept"))

    assert run(*asking("SELECT answer FROM kept")).stdout == "42\n"


def test_second_start_in_a_held_folder_attaches_to_its_servers(supervise, run):
    addresses = supervise("servers").addresses()

    attached = run("run", "--", *SHOW_ADDRESS)

    assert attached.returncode == 0
    assert attached.stdout.strip() == addresses["DATABASE_URL"]


def test_second_supervisor_is_told_who_holds_the_folder(supervise, run, data):
    first = supervise("servers")
    first.addresses()

    second = run("servers")

    assert second.returncode == 1
    assert f"The data folder {data} is in use: process {first.process.pid} (servers)" in second.stderr
    assert "choose another folder with COLLOQUY_DATA_DIR" in second.stderr


def test_killed_supervisor_takes_its_servers_along_and_the_next_start_works(supervise, run, data):
    supervisor = supervise("servers")
    supervisor.addresses()
    assert len(processes_in(data)) > 1

    supervisor.process.kill()

    assert eventually(lambda: processes_in(data) == {})
    assert run(*asking("SELECT 42")).stdout == "42\n"


def test_server_that_outlived_its_supervisor_is_stopped_before_the_next(supervise, data):
    supervisor = supervise("servers")
    supervisor.addresses()
    postmaster = int((data / "servers" / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    supervisor.process.kill()
    supervisor.process.wait()

    again = supervise("servers")
    again.says(f"A server from an earlier start still runs here (process {postmaster}); it is stopped first.")
    os.kill(postmaster, signal.SIGCONT)

    assert "DATABASE_URL" in again.addresses()


def test_process_number_in_use_by_a_stranger_does_not_hinder_a_start(run, data):
    run("run", "--", "true")
    (data / "servers" / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")

    assert run(*asking("SELECT 42")).stdout == "42\n"


def test_interrupted_first_start_leaves_nothing_half_made(supervise, run, data):
    supervisor = supervise("servers")
    assert eventually((data / "servers" / "postgres.draft").exists)

    supervisor.stop()

    assert not (data / "servers" / "postgres").exists()
    assert run(*asking("SELECT 42")).stdout == "42\n"


def test_server_that_dies_is_started_again(supervise, data):
    supervisor = supervise("servers")
    addresses = supervisor.addresses()
    valkey = next(pid for pid, command in processes_in(data).items() if "valkey-server" in command)

    os.kill(valkey, signal.SIGKILL)

    assert "Valkey ended (signal SIGKILL); it starts again." in supervisor.says("Valkey ended")
    assert eventually(lambda: _answers(addresses["REDIS_URL"]))


def test_temporary_folder_is_gone_afterwards(run):
    shown = run("run", "--temporary", "--", "sh", "-c", 'echo "$COLLOQUY_DATA_DIR"')

    assert shown.returncode == 0
    assert shown.stdout.startswith("/")
    assert not Path(shown.stdout.strip()).exists()


def test_long_folder_gets_a_short_socket_path_which_is_removed(run, data):
    long = data / ("deep" * 20) / ("down" * 10)

    shown = run(*asking("SHOW unix_socket_directories"), COLLOQUY_DATA_DIR=str(long))

    assert shown.stdout.startswith("/tmp/colloquy-"), shown.stderr
    assert not Path(shown.stdout.strip()).exists()


def _answers(address: str) -> bool:
    with redis.Redis.from_url(address) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
