"""The data folder: what lies where, and who holds it."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from config.supervisor.errors import DataFolderHeldError, SupervisorError
from config.supervisor.keys import write_private


@dataclass(frozen=True)
class DataFolder:
    path: Path

    @property
    def keys(self) -> Path:
        return self.path / "keys.env"

    @property
    def environment(self) -> Path:
        """Addresses of the running servers, for those who attach to them."""
        return self.path / "environment.json"

    @property
    def schedule(self) -> Path:
        return self.path / "schedule"

    @property
    def static_stamp(self) -> Path:
        return self.path / "static.stamp"

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    def make(self) -> None:
        # The servers' account must pass through when root starts us; what is secret has its own mode.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            self.path.mkdir(mode=mode, parents=True, exist_ok=True)
            (self.path / "logs").mkdir(mode=0o700, exist_ok=True)
        except OSError as problem:
            raise SupervisorError(
                f"The data folder {self.path} cannot be made: {problem.strerror}. Choose another with COLLOQUY_DATA_DIR."
            ) from problem

    def empty(self, *, servers: Path) -> None:
        """Remove what supervisor and application made here, and nothing else that someone may keep in this folder."""
        for made in (servers, *(self.path / name for name in ("logs", "static", "mail"))):
            if made.exists():
                shutil.rmtree(made)
        for file in (self.keys, self.environment, self.static_stamp, *self.path.glob("schedule*")):
            file.unlink(missing_ok=True)
        self.make()


@contextmanager
def hold(folder: DataFolder, *, doing: str, address: str = "") -> Iterator[None]:
    """Be the only supervisor in this folder, or say who is."""
    folder.make()
    with _open_lock(folder) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise DataFolderHeldError(_who_holds(lock, folder)) from problem
        _sign(
            lock,
            {
                "process": os.getpid(),
                "doing": doing,
                "since": time.strftime("%H:%M:%S on %d %B %Y"),
                "address": address,
            },
        )
        folder.environment.unlink(missing_ok=True)
        try:
            yield
        finally:
            folder.environment.unlink(missing_ok=True)
            _sign(lock, {})


def publish(folder: DataFolder, environment: Mapping[str, str]) -> None:
    """Let others attach to the servers that now run."""
    write_private(folder.environment, json.dumps(dict(environment), indent=2))


def published(folder: DataFolder, *, patience: float = 60) -> dict[str, str]:
    """Return the addresses of the servers that someone else runs here, waiting while they start."""
    deadline = time.monotonic() + patience
    while True:
        try:
            environment: dict[str, str] = json.loads(folder.environment.read_text())
        except FileNotFoundError:
            if time.monotonic() > deadline:
                raise SupervisorError(
                    f"The servers in {folder.path} did not come up within {patience:.0f} s. See {folder.path / 'logs'}."
                ) from None
            time.sleep(0.2)
        else:
            return environment


def _open_lock(folder: DataFolder) -> TextIO:
    path = folder.path / "lock"
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
    except PermissionError as problem:
        raise SupervisorError(
            f"The data folder {folder.path} belongs to another account. Start as that account, "
            "or choose another folder with COLLOQUY_DATA_DIR."
        ) from problem


def _sign(lock: TextIO, holder: Mapping[str, object]) -> None:
    lock.seek(0)
    lock.truncate()
    json.dump(holder, lock)
    lock.flush()


def _who_holds(lock: TextIO, folder: DataFolder) -> str:
    lock.seek(0)
    try:
        holder = json.load(lock)
    except ValueError:
        holder = {}
    where = f" Open {holder['address']}, or" if holder.get("address") else " To start here,"
    return (
        f"The data folder {folder.path} is in use: process {holder.get('process', '?')} "
        f"({holder.get('doing', 'unknown')}) since {holder.get('since', 'a moment ago')}.{where} stop that process "
        "(Ctrl-C in its terminal), or choose another folder with COLLOQUY_DATA_DIR."
    )
