"""Secrets of one installation: made once, kept in a file that only its owner can read."""

import os
import secrets
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from config.supervisor.errors import SupervisorError


LOGINS = ("migrator", "app", "work", "backup")


def _password() -> str:
    return secrets.token_urlsafe(32)


MAKERS: Mapping[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "COLLOQUY_CONTEXT_KEYS": lambda: f"1:{secrets.token_hex(32)}",
    "COLLOQUY_BLINDING_KEY": lambda: secrets.token_hex(32),
    **{f"COLLOQUY_{login.upper()}_PASSWORD": _password for login in LOGINS},
}


def load_keys(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Read the secrets, making those that are missing. What the environment names wins over the file."""
    kept = _read(path)
    made = {name: make() for name, make in MAKERS.items() if name not in kept}
    if made:
        _write(path, kept | made)
    named = {name: environment[name] for name in MAKERS if environment.get(name)}
    return kept | made | named


def superuser_password(path: Path) -> str:
    """Read or make the password of the embedded cluster's superuser: it lies beside the cluster it opens."""
    if not path.exists():
        write_private(path, _password())
    return path.read_text()


def passwords(keys: Mapping[str, str]) -> dict[str, str]:
    return {login: keys[f"COLLOQUY_{login.upper()}_PASSWORD"] for login in LOGINS}


def _read(path: Path) -> dict[str, str]:
    try:
        status = path.stat()
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except PermissionError as problem:
        raise SupervisorError(
            f"{path} holds this installation's secrets and belongs to another account. "
            "Start as that account, or choose another folder with COLLOQUY_DATA_DIR."
        ) from problem
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise SupervisorError(f"{path} holds secrets, but others can read it. Try: chmod 600 {path}")
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _write(path: Path, keys: Mapping[str, str]) -> None:
    text = "# Secrets of this installation. Without COLLOQUY_BLINDING_KEY, blinded codes cannot be read back: keep a copy.\n"
    write_private(path, text + "".join(f"{name}={value}\n" for name, value in keys.items()))


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
