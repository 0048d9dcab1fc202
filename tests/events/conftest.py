"""A broker of the test's own, which it may kill, and Celery of this process pointed at it."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import kombu.pools
import pytest
from celery import current_app

from config.supervisor.account import Account
from config.supervisor.binaries import find_valkey


class Broker:
    """A Valkey that keeps nothing on disk: what it had is gone with it."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "valkey.sock"
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def redis_url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def celery_url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host=0"

    def start(self) -> None:
        account = Account(name="", uid=os.geteuid(), gid=os.getegid(), switch=False)
        program = str(find_valkey(account=account, servers=self.folder))
        command = [program, "--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        assert eventually(self._answers), "Valkey did not start"

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None
        self.socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.socket))
            except OSError:
                return False
            return True


def eventually(condition: Callable[[], object], within: float = 30) -> bool:
    deadline = time.monotonic() + within
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(met)


@pytest.fixture
def broker() -> Iterator[Broker]:
    """Started; its folder is short, for the path of a socket has little room."""
    with tempfile.TemporaryDirectory(prefix="colloquy-") as folder:
        broker = Broker(Path(folder))
        broker.start()
        yield broker
        broker.kill()


@pytest.fixture
def celery_at() -> Iterator[Callable[[str], None]]:
    """Points this process at a broker, as REDIS_URL would have."""
    before = current_app.conf.broker_url

    def point(url: str) -> None:
        kombu.pools.reset()
        current_app.amqp._producer_pool = current_app._pool = None
        current_app.conf.broker_url = url

    yield point
    point(before)
