"""The example of the documentation, run as its reader would run it, against a server that listens."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections

from cases.models import Case
from tests.api.committed import committed_world
from tests.api.conftest import GOOD, key_of, new_case
from tests.world import World


EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "submit_case.py"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


class OneThread(WSGIServer):
    def server_close(self) -> None:
        super().server_close()
        connections.close_all()


@pytest.fixture
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with committed_world(django_db_blocker) as world:
        yield world


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with make_server("127.0.0.1", 0, get_wsgi_application(), OneThread, Quiet) as server:

        def serve() -> None:
            server.serve_forever(poll_interval=0.05)
            connections.close_all()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def run(address: str, key: str, case: object, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "case.json").write_text(json.dumps(case))
    return subprocess.run(
        [sys.executable, str(EXAMPLE), str(folder / "case.json")],
        env={"COLLOQUY_URL": address, "COLLOQUY_KEY": key},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_example_submits_and_completes_a_case(world: World, address: str, tmp_path: Path) -> None:
    done = run(address, key_of(world, "alder.abstractor").key, new_case(answers=GOOD), tmp_path)

    with world.acting_as("alder.abstractor"):
        case = Case.objects.get(case_number="P-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Case P-1 is saved as {case.public_id}.\nIt is complete.\n"
    assert case.status == "complete"


def test_the_example_says_what_is_wrong(world: World, address: str, tmp_path: Path) -> None:
    key = key_of(world, "alder.abstractor").key
    refused = run(address, key, new_case(answers=GOOD | {"age": "seventy"}), tmp_path)
    stranger = run(address, "clq_x", new_case(), tmp_path)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert '  answers.age: "seventy" is not a number.' in refused.stderr
    assert stranger.stderr == "The key is missing, wrong, expired or revoked, or its owner's role here has ended.\n"
