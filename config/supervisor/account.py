"""The account the servers run under: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.supervisor.errors import SupervisorError


CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged account, or, with `switch` false, the one we already have."""

    name: str
    uid: int
    gid: int
    switch: bool

    def can(self, test: str, path: Path) -> bool:
        """Ask the kernel as that account: `-x` to pass through or run, `-r` to read."""
        if not self.switch:
            return os.access(path, {"-x": os.X_OK, "-r": os.R_OK}[test])
        try:
            asked = subprocess.run(
                ["/usr/bin/test", test, path], check=False, cwd="/", user=self.uid, group=self.gid, extra_groups=[]
            )
        except PermissionError as problem:
            raise SupervisorError(
                f"The servers must not run as root, and this process may not become {self.name}. "
                "Start as an ordinary user, or name a running PostgreSQL in DATABASE_URL and a Redis in REDIS_URL."
            ) from problem
        return asked.returncode == 0

    def own(self, path: Path) -> None:
        if self.switch:
            os.chown(path, self.uid, self.gid)


def server_account() -> Account:
    if os.geteuid() != 0:
        return Account(name="", uid=os.geteuid(), gid=os.getegid(), switch=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid, switch=True)
    raise SupervisorError(
        "PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' to run it. "
        "Start as an ordinary user, or name a running PostgreSQL in DATABASE_URL."
    )
