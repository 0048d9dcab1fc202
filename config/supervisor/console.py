"""What the person at the terminal reads. Standard output stays free for `servers`, whose lines a shell may take in."""

import contextlib
import sys
from pathlib import Path


def say(message: str = "") -> None:
    # Whoever listened may have gone; what runs must still be stopped in order.
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{message}\n")
        sys.stderr.flush()


def last_lines(log: Path, count: int = 15) -> str:
    """Return the end of a log, indented, to stand below an error message."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError as problem:
        return f"  (its log cannot be read: {problem})"
    return "\n".join(f"  {line}" for line in lines[-count:]) or "  (its log is empty)"
