"""Real supervisors with real servers, each in a folder of its own."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.supervisor.stage import COMMAND, PROJECT, Supervisor, clean_environment, eventually, processes_in


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder that the servers' account can reach, which pytest's own folders are not."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o711)
    folder = tmp_path / "data"
    yield folder
    assert eventually(lambda: processes_in(folder) == {}), f"left behind: {processes_in(folder)}"


@pytest.fixture
def supervise(data: Path) -> Iterator[Callable[..., Supervisor]]:
    """Start `python -m config.supervisor …` in the background; whatever runs at the end is stopped."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **named: str) -> Supervisor:
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=PROJECT,
            env=clean_environment(data, **named),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return Supervisor(process, data)

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=40)


@pytest.fixture
def run(data: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `python -m config.supervisor …` to its end."""

    def start(*arguments: str, **named: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=PROJECT,
            env=clean_environment(data, **named),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return start
