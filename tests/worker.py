"""A worker in a process of its own, as the supervisor starts them: `start` in tests, `python -m tests.worker` inside.

It takes the jobs of one collaborative that releases are made of, until none is left, and then prints what it took: seconds,
its own processor time, its largest memory. With COLLOQUY_PROFILE it writes a profile, too.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django

from config.supervisor.environment import for_work


ROOT = Path(__file__).resolve().parents[1]
# Files ("reports.") are made while members already read.
KINDS = ("feedback.", "reviews.")
PAUSE = 0.05


def start(database: str, collaborative: int) -> "subprocess.Popen[str]":
    """A process that works in this database; `told` waits for it."""
    address = urlsplit(os.environ["WORK_DATABASE_URL"])
    own = urlunsplit(address._replace(path=f"/{database}"))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.worker", str(collaborative)],
        cwd=ROOT,
        env=for_work(os.environ | {"WORK_DATABASE_URL": own}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(worker: "subprocess.Popen[str]", seconds: float = 1800) -> dict[str, float]:
    """What it took, once no job is left."""
    out, problems = worker.communicate(timeout=seconds)
    assert worker.returncode == 0, problems[-3000:]
    assert "Traceback" not in problems, problems[-3000:]
    return dict(json.loads(out))


def main(collaborative: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from config import reactions  # noqa: F401, PLC0415 -- as a worker does before its first task

    begun = time.perf_counter()
    _work_off(int(collaborative))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    spent = {"seconds": time.perf_counter() - begun, "cpu": time.process_time(), "bytes": memory}
    sys.stdout.write(json.dumps(spent))


def _work_off(collaborative: int) -> None:
    """Job after job, the oldest first; those that another worker has are looked at again, for they may leave more to do."""
    from events.outbox import run_job  # noqa: PLC0415 -- needs Django

    while waiting := _waiting(collaborative):
        for job in waiting:
            run_job(job_id=job, collaborative_id=collaborative)
        time.sleep(PAUSE)


def _waiting(collaborative: int) -> list[int]:
    from django.db import transaction  # noqa: PLC0415 -- needs Django

    from events.models import Job  # noqa: PLC0415
    from tenancy.context import Acting, acting  # noqa: PLC0415

    with acting(Acting("compute", collaborative_id=collaborative)), transaction.atomic():
        found = Job.objects.filter(finished_at=None).order_by("created_at", "pk").values_list("pk", "kind")
        return [key for key, kind in found if kind.startswith(KINDS)]


if __name__ == "__main__":
    if profile := os.environ.get("COLLOQUY_PROFILE"):
        import cProfile

        cProfile.run("main(*sys.argv[1:])", f"{profile}-{os.getpid()}")
    else:
        main(*sys.argv[1:])
