"""Real supervisors with real servers, each in a folder of its own."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.supervisor.stage import Supervisor, eventually, let_through, processes_in, run_to_its_end, start


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder in which nothing may be left running."""
    let_through(tmp_path)
    folder = tmp_path / "data"
    yield folder
    assert eventually(lambda: processes_in(folder) == {}), f"left behind: {processes_in(folder)}"


@pytest.fixture
def supervise(data: Path) -> Iterator[Callable[..., Supervisor]]:
    """Start `python -m config.supervisor …` in the background; whatever runs at the end is stopped."""
    with ExitStack() as started:

        def supervise_here(*arguments: str, **named: str) -> Supervisor:
            return started.enter_context(start(data, *arguments, **named))

        yield supervise_here


@pytest.fixture
def run(data: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `python -m config.supervisor …` to its end."""
    return partial(run_to_its_end, data)
