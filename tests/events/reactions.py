"""Reactions and work that leave one row behind each time they take effect, and do as they are told by files in a folder.

A folder named in the environment lets a test see from outside that a worker has begun, and hold it there.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from events.enums import EventKind
from events.models import Event, Job


EFFECT = "effect"


def take_effect(event: Event) -> None:
    """The effect: a row of its own, in the transaction of the reaction."""
    Event.objects.create(
        kind=EFFECT,
        collaborative_id=event.collaborative_id,
        capacity="compute",
        subject="events.Event",
        subject_id=event.pk,
        done_at=event.created_at,
    )


def wait_for_the_test(event: Event) -> None:
    folder = Path(os.environ["COLLOQUY_TEST_FOLDER"])
    (folder / f"begun-{os.getpid()}").touch()
    deadline = time.monotonic() + 60
    while not (folder / "go").exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def fail(event: Event) -> None:
    raise LookupError("the second reaction does not work yet")


def work(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(message=f"{job.message}done;")


def fail_to_work(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(message="half done")
    raise LookupError("the work does not work")


Reactions = Mapping[str, Sequence[Callable[[Event], None]]]
WORKING: Reactions = {EventKind.CASE_SAVED: (take_effect,)}
FAILING: Reactions = {EventKind.CASE_SAVED: (take_effect, fail)}
WAITING: Reactions = {EventKind.CASE_SAVED: (take_effect, wait_for_the_test)}
JOBS: Mapping[str, Callable[[Job], None]] = {"work": work, "fail": fail_to_work}
