"""What a worker does for one import, in a process of its own: prints seconds of each phase and its largest memory."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django


def main(step: str, *keys: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from config import reactions  # noqa: F401, PLC0415 -- as a worker does before its first task
    from events import outbox  # noqa: PLC0415 -- needs Django

    key, collaborative = map(int, keys)
    server, before, cpu = _server(), time.perf_counter(), time.process_time()
    database = server()
    if step == "job":
        outbox.run_job(job_id=key, collaborative_id=collaborative)
    else:
        outbox.react(event_id=key, collaborative_id=collaborative)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds, own = time.perf_counter() - before, time.process_time() - cpu
    spent = {"seconds": seconds, "cpu": own, "database": server() - database, "megabytes": memory}
    sys.stdout.write(json.dumps(spent))


def _server() -> Callable[[], float]:
    """The processor time of the PostgreSQL process that serves this one, when it is on this machine."""
    from django.db import connection  # noqa: PLC0415 -- needs Django

    connection.ensure_connection()
    status = Path(f"/proc/{connection.connection.info.backend_pid}/stat")

    def spent() -> float:
        if not status.exists():
            return 0.0
        user, system = status.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    return spent


if __name__ == "__main__":
    if profile := os.environ.get("COLLOQUY_PROFILE"):
        import cProfile

        cProfile.run("main(*sys.argv[1:])", f"{profile}-{'-'.join(sys.argv[1:3])}")
    else:
        main(*sys.argv[1:])
