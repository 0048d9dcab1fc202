"""Where the servers keep their data and sockets, so that their account can reach both."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.supervisor.account import Account


# A socket's whole path must stay under 108 bytes on Linux and 104 on macOS.
LONGEST_SOCKET = 100
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
OUTSIDE = Path("/var/lib/colloquy")


def servers_folder(data: Path, account: Account) -> Path:
    """Return the folder of the servers: inside the data folder, or outside when its parents are closed to their account."""
    if account.can("-x", data):
        return data / "servers"
    return OUTSIDE / hashlib.sha256(bytes(data)).hexdigest()[:16]


def make_private(folder: Path, account: Account) -> Path:
    if not folder.exists():
        folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        account.own(folder)
    return folder


@contextmanager
def socket_folder(servers: Path, account: Account) -> Iterator[Path]:
    inside = servers / "run"
    if len(bytes(inside / LONGEST_SOCKET_NAME)) < LONGEST_SOCKET:
        yield make_private(inside, account)
        return
    short = Path(tempfile.mkdtemp(prefix="colloquy-", dir="/tmp"))  # TMPDIR may be long itself
    account.own(short)
    try:
        yield short
    finally:
        shutil.rmtree(short, ignore_errors=True)
