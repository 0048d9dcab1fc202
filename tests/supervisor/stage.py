"""A supervisor in the background, and a look at what runs in its folder."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self


PROJECT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "config.supervisor")
# What the surrounding run of the tests names must not reach the supervisors under test.
FOREIGN = (
    "_URL",
    "_PASSWORD",
    "SECRET_KEY",
    "COLLOQUY_CONTEXT_KEYS",
    "COLLOQUY_BLINDING_KEY",
    "PG_BIN",
    "HOST",
    "PORT",
)


@dataclass
class Supervisor:
    """One start of the supervisor, in the background."""

    process: subprocess.Popen[str]
    data: Path

    def addresses(self) -> dict[str, str]:
        """Wait for the `export` lines of `servers` and read them."""
        exports: dict[str, str] = {}
        while "COLLOQUY_DATA_DIR" not in exports:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            name, _, value = line.removeprefix("export ").strip().partition("=")
            exports[name] = value.strip("'")
        return exports

    def says(self, sentence: str) -> str:
        """Wait for a line of its output and return it."""
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if sentence in line:
                return line
        raise AssertionError(f"{sentence!r} was not said, but:\n{''.join(seen)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.end()

    def end(self) -> None:
        """Stop it when it still runs, and close its output."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=60)

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


def clean_environment(data: Path, **named: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith(FOREIGN)}
    return {**kept, "COLLOQUY_DATA_DIR": str(data), **named}


def start(data: Path, *arguments: str, **named: str) -> Supervisor:
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=PROJECT,
        env=clean_environment(data, **named),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Supervisor(process, data)


def run_to_its_end(data: Path, *arguments: str, **named: str) -> subprocess.CompletedProcess[str]:
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


def let_through(folder: Path) -> None:
    """Open the way into pytest's own folders, however many, which are closed to the servers' account."""
    for passed in (folder, *folder.parents):
        if passed.stat().st_mode & stat.S_IXOTH:
            return
        passed.chmod(0o711)


def processes() -> Iterator[tuple[int, str]]:
    """Every process of this machine that may be seen, with its command."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdecimal() and (command := (entry / "cmdline").read_text().replace("\0", " ")):
                yield int(entry.name), command


def processes_in(data: Path) -> dict[int, str]:
    """Return the processes that work inside a data folder or were told of it, with their commands."""
    found = {}
    for number, command in processes():
        entry = Path(f"/proc/{number}")
        with suppress(OSError):
            told = f"COLLOQUY_DATA_DIR={data}\0" in (entry / "environ").read_text()
            if told or (entry / "cwd").resolve().is_relative_to(data):
                found[number] = command
    return found


def eventually(happens, *, within: float = 20) -> bool:
    deadline = time.monotonic() + within
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(happens())
