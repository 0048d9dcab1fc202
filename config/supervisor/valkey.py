"""The embedded Valkey (or the system's Redis): queue, cache and rate limits."""

import socket
import time
from dataclasses import dataclass
from pathlib import Path

from config.supervisor.account import Account
from config.supervisor.console import last_lines
from config.supervisor.errors import SupervisorError
from config.supervisor.processes import Child, Program, end_orphan
from config.supervisor.signals import Signals


START_WITHIN = 30.0


@dataclass(frozen=True, kw_only=True)
class Valkey:
    program: Path
    account: Account
    data: Path
    sockets: Path
    log: Path

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> Child:
        pid_file = self.data / "valkey.pid"
        end_orphan(pid_file, self.data)
        command = [
            str(self.program),
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.data), "--pidfile", str(pid_file)),
            # What is queued survives a stop; nothing is dropped to make room.
            *("--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
        ]
        return Child(
            Program(
                name="Valkey",
                command=command,
                environment={"PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC"},
                log=self.log,
                folder=self.data,
                account=self.account,
            )
        )

    def wait(self, child: Child, signals: Signals) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + START_WITHIN
        while not self._answers():
            if not child.running or time.monotonic() > deadline:
                raise SupervisorError(f"Valkey did not start. The end of {self.log}:\n{last_lines(self.log)}")
            signals.wait_or_stop(0.05)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False
