"""Backup of the database into one file, and restore of such a file into an empty one."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg

from config.supervisor.account import server_account
from config.supervisor.binaries import PostgresPrograms, find_postgres
from config.supervisor.console import say
from config.supervisor.errors import SupervisorError
from config.supervisor.folder import DataFolder
from config.supervisor.options import Options
from config.supervisor.places import servers_folder


def back_up(file: Path, *, options: Options, folder: DataFolder, environment: Mapping[str, str]) -> None:
    """Write everything the database holds, as its backup role, which reads all and changes nothing."""
    if file.exists():
        raise SupervisorError(f"{file} exists already, and a backup is never overwritten. Name another file.")
    address = _needed(environment, "BACKUP_DATABASE_URL")
    pg_dump = _programs(options, folder).path("pg_dump")
    draft = file.with_name(f"{file.name}.draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
            _run_client(pg_dump, ["--format", "custom"], address, output=output.fileno())
        draft.replace(file)
    except OSError as problem:
        raise SupervisorError(f"{file} cannot be written: {problem.strerror}.") from problem
    finally:
        draft.unlink(missing_ok=True)
    say(f"{file} holds the database ({file.stat().st_size:,} bytes); keep it as private as the data themselves.")
    say(f"Keep a copy of {folder.keys} elsewhere: without its blinding key, blinded codes cannot be made again.")


def restore(file: Path, *, options: Options, folder: DataFolder, environment: Mapping[str, str]) -> None:
    """Read a backup into a database that holds nothing yet."""
    if not file.is_file():
        raise SupervisorError(f"There is no file {file}.")
    database = urlsplit(environment["DATABASE_URL"]).path
    address = urlunsplit(urlsplit(_needed(environment, "ADMIN_DATABASE_URL"))._replace(path=database))
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if found and found[0]:
        raise SupervisorError(
            f"The database in {folder.path} already holds {found[0]} tables, and restoring would mix two programmes. "
            "Choose a new folder with COLLOQUY_DATA_DIR."
        )
    arguments = ["--exit-on-error", "--single-transaction", str(file.resolve())]
    _run_client(_programs(options, folder).path("pg_restore"), arguments, address)
    say(
        f"The database in {folder.path} holds what {file} held. Put the keys.env of that time beside it before you start."
    )


def _needed(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise SupervisorError(
            f"{name} is not known here: name it in the environment. `python -m tenancy.bootstrap` prints it."
        )
    return environment[name]


def _programs(options: Options, folder: DataFolder) -> PostgresPrograms:
    account = server_account()
    return find_postgres(options.pg_bin, account=account, servers=servers_folder(folder.path, account))


def _run_client(program: str, arguments: Sequence[str], address: str, *, output: int | None = None) -> None:
    parts = urlsplit(address)
    # On the command line every user of the machine could read the password.
    user, _, host = parts.netloc.rpartition("@")
    open_address = urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{host}"))
    done = subprocess.run(
        [program, *arguments, "--dbname", open_address],
        env={"PATH": "/usr/bin:/bin", "PGPASSWORD": unquote(parts.password or "")},
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SupervisorError(f"{Path(program).name} failed:\n{done.stderr.strip()}")
