"""Child processes: started so that they end with us, stopped politely, then less politely."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.supervisor.account import Account
from config.supervisor.console import last_lines, say
from config.supervisor.errors import SupervisorError
from config.supervisor.signals import Signals


PR_SET_PDEATHSIG = 1
LARGEST_LOG = 10_000_000
RESTARTS = 5
RESTARTS_WITHIN = 60.0
TERMINATE = ((signal.SIGTERM, 10.0),)


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and how to end it: each signal with the seconds it is given. SIGKILL comes last."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    folder: Path
    stopping: Sequence[tuple[signal.Signals, float]] = TERMINATE
    account: Account | None = None


@dataclass
class Child:
    program: Program
    process: subprocess.Popen[bytes] = field(init=False)
    ended: list[float] = field(default_factory=list)
    restart_at: float | None = None

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        program = self.program
        account = program.account if program.account and program.account.switch else None
        _make_room(program.log)
        with program.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(program.command),
                cwd=program.folder,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal reaches us, and we stop them in order
                preexec_fn=end_with_parent(program.stopping[0][0]),  # noqa: PLW1509  we run no threads
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        self.restart_at = None

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def tend(self) -> None:
        """Start it again when it ended by itself, a little later each time, until that becomes pointless."""
        if self.running:
            return
        now = time.monotonic()
        if self.restart_at is None:
            self.ended = [*(moment for moment in self.ended if now - moment < RESTARTS_WITHIN), now]
            if len(self.ended) > RESTARTS:
                raise SupervisorError(
                    f"{self.program.name} ended {len(self.ended)} times within {RESTARTS_WITHIN:.0f} s. "
                    f"The end of {self.program.log}:\n{last_lines(self.program.log)}"
                )
            say(f"{self.program.name} ended ({_how(self.process.returncode)}); it starts again. See {self.program.log}")
            self.restart_at = now + len(self.ended) - 1
        if now >= self.restart_at:
            self.start()


def end_with_parent(number: int) -> Callable[[], None] | None:
    """Return what a child does before it starts, so that it is told to end when we are killed."""
    if sys.platform != "linux":
        return None
    control = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        control(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return ask_kernel


def run_to_end(program: Program, signals: Signals) -> None:
    """Run one step; a failure stops everything, with the end of its log."""
    child = Child(program)
    try:
        while child.running:
            signals.wait_or_stop(0.5)
    finally:
        stop([child], signals)
    if child.process.returncode != 0:
        raise SupervisorError(
            f"{program.name} failed ({_how(child.process.returncode)}). "
            f"The end of {program.log}:\n{last_lines(program.log, 25)}"
        )


def stop(children: Sequence[Child], signals: Signals) -> None:
    """End all of them at once; a further Ctrl-C while waiting cuts the patience short."""
    asked_before = len(signals.asked)
    for stage in range(max((len(child.program.stopping) for child in children), default=0)):
        deadlines = {}
        for index, child in enumerate(children):
            if child.running and stage < len(child.program.stopping):
                number, patience = child.program.stopping[stage]
                child.process.send_signal(number)
                deadlines[index] = time.monotonic() + patience
        while any(children[index].running and time.monotonic() < deadline for index, deadline in deadlines.items()):
            signals.wait(0.1)
            if len(signals.asked) > asked_before + stage:
                break
    for child in children:
        _end_session(child)


def _end_session(child: Child) -> None:
    """Kill what is left of a child and of its own children."""
    if child.running:
        say(f"{child.program.name} did not stop when asked; it is killed.")
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


def end_orphan(pid_file: Path, works_in: Path) -> None:
    """End a server that outlived a killed supervisor, so that its data folder is free.

    The process number alone proves nothing, since numbers are used again: it must also work in that folder.
    """
    if not Path("/proc/self").exists():
        return  # nothing can be proved here; the server itself decides
    try:
        pid = int(pid_file.read_text().split()[0])
        stale = Path(f"/proc/{pid}/cwd").resolve(strict=True) != works_in.resolve()
    except (OSError, ValueError, IndexError):
        pid_file.unlink(missing_ok=True)
        return
    if not stale:
        say(f"A server from an earlier start still runs here (process {pid}); it is stopped first.")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL):
            if _ended_after(pid, number, patience=5):
                break
    pid_file.unlink(missing_ok=True)


def _ended_after(pid: int, number: int, *, patience: float) -> bool:
    deadline = time.monotonic() + patience
    try:
        os.kill(pid, number)
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(0.05)
    except ProcessLookupError:
        return True
    return False


def _make_room(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".old.log"))


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"signal {signal.Signals(-code).name}"
