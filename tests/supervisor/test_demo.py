"""`make demo` as a newcomer meets it: every process real."""

import http.client
import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from config.supervisor.environment import PRIVATE
from tests.supervisor.stage import Supervisor, eventually, let_through, processes_in, run_to_its_end, start


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Supervisor]:
    folder = tmp_path_factory.mktemp("demo")
    let_through(folder)
    with start(folder / "data", "demo", PORT=str(port)) as supervisor:
        supervisor.says(f"Colloquy is ready:  http://127.0.0.1:{port}/")
        yield supervisor


def answer(port: int, path: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()


def children_of(supervisor: Supervisor, part: str) -> list[int]:
    """Return the supervisor's own children whose command contains that part."""
    pids = Path(f"/proc/{supervisor.process.pid}/task/{supervisor.process.pid}/children").read_text().split()
    return [int(pid) for pid in pids if part in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")]


def environment_of(pid: int) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in Path(f"/proc/{pid}/environ").read_text().split("\0") if "=" in entry)


def test_demo_offers_its_accounts_once_it_is_ready(demo, port):
    assert answer(port, "/readyz") == (200, '{"ready": true, "database": true, "broker": true}')
    status, accounts = answer(port, "/demo/accounts.json")

    assert status == 200
    assert json.loads(accounts) != []


def test_static_files_are_served_compressed_and_for_long(demo, port):
    _, page = answer(port, "/demo/")
    stylesheet = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert stylesheet is not None

    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", stylesheet.group(1), headers={"Accept-Encoding": "br"})
        response = connection.getresponse()

    assert (response.status, response.headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize("part", ["granian", "celery -A config beat"])
def test_web_and_beat_are_given_nothing_private(demo, part):
    (pid,) = children_of(demo, part)

    assert set(PRIVATE) & set(environment_of(pid)) == set()
    assert "colloquy_app" in environment_of(pid)["DATABASE_URL"]


def test_worker_signs_in_as_itself(demo):
    (pid,) = children_of(demo, "celery -A config worker")

    assert set(PRIVATE) & set(environment_of(pid)) == {"COLLOQUY_BLINDING_KEY"}
    assert "colloquy_work" in environment_of(pid)["DATABASE_URL"]


def test_second_demo_is_sent_to_the_first(demo, port):
    second = run_to_its_end(demo.data, "demo", PORT=str(port))

    assert second.returncode == 1
    assert f"process {demo.process.pid} (make demo)" in second.stderr
    assert f"Open http://127.0.0.1:{port}, or stop that process" in second.stderr


def test_killed_worker_is_started_again(demo):
    (before,) = children_of(demo, "celery -A config worker")

    os.kill(before, signal.SIGKILL)

    demo.says("worker ended (signal SIGKILL); it starts again.")
    assert eventually(lambda: children_of(demo, "celery -A config worker") not in ([], [before]))


def test_ctrl_c_stops_everything_within_seconds_and_the_next_start_goes_on(demo, port):
    began = time.monotonic()

    assert demo.stop() == 0
    assert time.monotonic() - began < 20
    assert processes_in(demo.data) == {}
    assert not (demo.data / "environment.json").exists()

    with start(demo.data, "demo", PORT=str(port)) as again:
        again.says("Colloquy is ready")
        assert answer(port, "/readyz")[0] == 200
        assert again.stop() == 0
