"""One command at the terminal, beside the servers."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from config.supervisor.errors import SupervisorError
from config.supervisor.processes import end_with_parent
from config.supervisor.signals import Signals


PATIENCE = 20.0


def run_in_foreground(program: Sequence[str], *, environment: Mapping[str, str], signals: Signals) -> int:
    """Run it with our input and output and return its exit code. Requests to stop are handed on."""
    try:
        process = subprocess.Popen(
            list(program),
            env=dict(environment),
            preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509  we run no threads
        )
    except OSError as problem:
        raise SupervisorError(f"{program[0]} cannot be run: {problem.strerror}.") from problem
    handed_on = 0
    deadline = float("inf")
    while process.poll() is None:
        signals.wait(1)
        for number in signals.asked[handed_on:]:
            handed_on += 1
            deadline = min(deadline, time.monotonic() + PATIENCE)
            # The terminal sends Ctrl-C to the command as well as to us.
            if number != signal.SIGINT or not sys.stdin.isatty():
                process.send_signal(number)
        if time.monotonic() > deadline:
            process.kill()
    return process.returncode if process.returncode >= 0 else 128 - process.returncode
