"""The embedded PostgreSQL: its cluster, its process, its address."""

import secrets
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.supervisor.account import Account
from config.supervisor.binaries import PostgresPrograms
from config.supervisor.console import last_lines
from config.supervisor.errors import SupervisorError
from config.supervisor.processes import Child, Program, end_orphan, run_to_end
from config.supervisor.signals import Signals


SUPERUSER = "postgres"
# From this version on the server brings its own UTF-8 locale; before, the system's is used.
BUILTIN_LOCALE = 17
START_WITHIN = 60.0
# For data that nobody will miss: tests.
UNSAFE_BUT_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@dataclass(frozen=True, kw_only=True)
class Postgres:
    programs: PostgresPrograms
    account: Account
    cluster: Path
    sockets: Path
    log: Path
    password: str
    temporary: bool

    @property
    def admin_url(self) -> str:
        return f"postgresql://{SUPERUSER}:{quote(self.password, safe='')}@{quote(str(self.sockets), safe='')}/postgres"

    def start(self, signals: Signals) -> Child:
        if self.cluster.exists():
            self._check_version()
            end_orphan(self.cluster / "postmaster.pid", self.cluster)
        else:
            self._create(signals)
        speed = UNSAFE_BUT_FAST if self.temporary else ()
        return Child(
            self._program(
                "PostgreSQL",
                [
                    self.programs.path("postgres"),
                    *("-D", str(self.cluster)),
                    *("-c", "listen_addresses="),
                    *("-c", f"unix_socket_directories={self.sockets}"),
                    *("-c", "unix_socket_permissions=0700"),
                    *("-c", "timezone=UTC", "-c", "log_timezone=UTC"),
                    *speed,
                ],
            )
        )

    def wait(self, child: Child, signals: Signals) -> None:
        """Return when it takes connections."""
        deadline = time.monotonic() + START_WITHIN
        while True:
            try:
                psycopg.connect(self.admin_url, connect_timeout=5).close()
            except psycopg.OperationalError as problem:
                if "password authentication failed" in str(problem):
                    raise SupervisorError(
                        f"The password beside {self.cluster} does not open it. Put the file superuser-password of the time "
                        "back, or choose another folder with COLLOQUY_DATA_DIR and restore a backup there."
                    ) from problem
                if not child.running or time.monotonic() > deadline:
                    raise SupervisorError(
                        f"PostgreSQL did not start: {problem}\nThe end of {self.log}:\n{last_lines(self.log)}"
                    ) from problem
            else:
                return
            signals.wait_or_stop(0.05)

    def _create(self, signals: Signals) -> None:
        """Make the cluster beside its place and move it there, so that an interrupted start leaves nothing half made."""
        draft = self.cluster.with_name(f"{self.cluster.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        password_file = self.cluster.with_name(f"password-{secrets.token_hex(4)}")
        password_file.touch(mode=0o600)
        self.account.own(password_file)
        try:
            password_file.write_text(self.password)
            command = [
                self.programs.path("initdb"),
                *("-D", str(draft), "-U", SUPERUSER, "-E", "UTF8", "--data-checksums"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}"),
                *self._locale(),
                *(["--no-sync"] if self.temporary else []),
            ]
            run_to_end(self._program("initdb", command), signals)
        finally:
            password_file.unlink()
        draft.replace(self.cluster)

    def _locale(self) -> tuple[str, ...]:
        if self.programs.major >= BUILTIN_LOCALE:
            return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        return ("--locale=C.UTF-8",)

    def _check_version(self) -> None:
        made_by = int((self.cluster / "PG_VERSION").read_text())
        if made_by != self.programs.major:
            raise SupervisorError(
                f"The data in {self.cluster} were made by PostgreSQL {made_by}, but {self.programs.folder} holds "
                f"{self.programs.major}. Name the older programs in PG_BIN, back up, and restore into a new data folder."
            )

    def _program(self, name: str, command: list[str]) -> Program:
        return Program(
            name=name,
            command=command,
            environment={"PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC"},
            log=self.log,
            folder=self.cluster.parent,
            stopping=((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0)),
            account=self.account,
        )
