"""What each process may know. A process cannot leak an address or a key that it was never given."""

from collections.abc import Collection, Mapping


PRIVATE = (
    "ADMIN_DATABASE_URL",
    "OWNER_DATABASE_URL",
    "WORK_DATABASE_URL",
    "BACKUP_DATABASE_URL",
    "COLLOQUY_BLINDING_KEY",
    "COLLOQUY_MIGRATOR_PASSWORD",
    "COLLOQUY_APP_PASSWORD",
    "COLLOQUY_WORK_PASSWORD",
    "COLLOQUY_BACKUP_PASSWORD",
)


def for_web(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out every database role but the web's own, and the key that tells blinded hospitals apart."""
    return _without(environment, PRIVATE) | {"COLLOQUY_PROCESS": "web"}


def for_beat(environment: Mapping[str, str]) -> dict[str, str]:
    """Beat only puts the clock's tasks into the queue: it needs no more than the web."""
    return _without(environment, PRIVATE) | {"COLLOQUY_PROCESS": "beat"}


def for_work(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the worker its own role as its database, and the blinding key."""
    hidden = [name for name in PRIVATE if name != "COLLOQUY_BLINDING_KEY"]
    return _without(environment, hidden) | {
        "DATABASE_URL": environment["WORK_DATABASE_URL"],
        "COLLOQUY_PROCESS": "work",
        # Numeric libraries start a thread per core in each process; results and other processes are better for one.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def for_setup(environment: Mapping[str, str]) -> dict[str, str]:
    """Migrations and the demo: the worker's role by default, and the owner's under its own name."""
    return for_work(environment) | {"OWNER_DATABASE_URL": environment["OWNER_DATABASE_URL"]}


def _without(environment: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in names}
