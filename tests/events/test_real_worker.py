"""A real worker and a real broker, killed: every event that was committed takes effect, exactly once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from celery import Celery
from django.utils import timezone

from events.enums import EventKind
from tests.events.conftest import Broker, eventually
from tests.events.reactions import EFFECT
from tests.tenancy.conftest import address


ROOT = Path(__file__).resolve().parents[2]


class Stage:
    """The committed database seen by a superuser, a worker that can be killed, and a way to send it messages."""

    def __init__(self, superuser: psycopg.Connection[Any], broker: Broker) -> None:
        self.superuser, self.broker, self.folder = superuser, broker, broker.folder
        self.worker: subprocess.Popen[bytes] | None = None
        self.events: list[int] = []

    def start_worker(self) -> None:
        environment = os.environ | {
            "DATABASE_URL": address("WORK_DATABASE_URL"),
            "REDIS_URL": self.broker.redis_url,
            "COLLOQUY_PROCESS": "work",
            "COLLOQUY_TEST_FOLDER": str(self.folder),
        }
        command = [sys.executable, "-m", "celery", "-A", "tests.events.worker_app", "worker", "--concurrency", "1"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "info"]
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [*command, *quiet], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill_worker(self) -> None:
        """The parent and its children at once, as when the power fails."""
        if self.worker is not None:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
            self.worker = None

    def event(self, *, old: timedelta = timedelta(0)) -> int:
        """Commit an event, as a request would."""
        (key,) = self.superuser.execute(
            """INSERT INTO events_event (kind, collaborative_id, capacity, subject, subject_id, details, created_at, attempts)
               SELECT %s, min(id), 'centre', 'events.Event', 1, '{}', %s, 0 FROM collaboratives_collaborative RETURNING id""",
            [EventKind.CASE_SAVED, timezone.now() - old],
        ).fetchone() or (0,)
        self.events.append(key)
        return int(key)

    def send(self, task: str, event: int | None = None) -> None:
        (collaborative,) = self.superuser.execute("SELECT min(id) FROM collaboratives_collaborative").fetchone() or (0,)
        ids = {} if event is None else {"event_id": event, "collaborative_id": collaborative}
        with Celery(broker=self.broker.celery_url, set_as_current=False) as sender:
            sender.send_task(task, kwargs=ids)

    def tick(self) -> None:
        """What beat says every fifteen seconds."""
        self.send("events.tick")

    def effects(self, event: int) -> int:
        query = "SELECT count(*) FROM events_event WHERE kind = %s AND subject_id = %s"
        return int((self.superuser.execute(query, [EFFECT, event]).fetchone() or (0,))[0])

    def done(self, event: int) -> bool:
        query = "SELECT done_at IS NOT NULL FROM events_event WHERE id = %s"
        return bool((self.superuser.execute(query, [event]).fetchone() or (False,))[0])

    def begun(self) -> set[int]:
        return {int(path.name.removeprefix("begun-")) for path in self.folder.glob("begun-*")}

    def go(self) -> None:
        (self.folder / "go").touch()

    def log(self) -> str:
        return (self.folder / "worker.log").read_text()[-4000:]


@pytest.fixture
def stage(django_db_setup: None, broker: Broker) -> Iterator[Stage]:
    with psycopg.connect(address(), autocommit=True) as superuser:
        stage = Stage(superuser, broker)
        yield stage
        stage.kill_worker()
        superuser.execute("DELETE FROM events_event WHERE kind = %s OR id = ANY(%s)", [EFFECT, stage.events])


def wait(stage: Stage, condition: Callable[[], object], what: str) -> None:
    assert eventually(condition), f"{what} did not happen. The end of the worker's log:\n{stage.log()}"


@pytest.mark.slow
def test_killing_the_worker_loses_nothing_and_doubles_nothing(stage: Stage) -> None:
    event = stage.event(old=timedelta(minutes=1))
    stage.start_worker()
    stage.send("events.react", event)
    wait(stage, stage.begun, "the first attempt")
    before = stage.effects(event)
    # Only the child that works dies: the message goes back to the queue, and a new child begins.
    (child,) = stage.begun()
    os.kill(child, signal.SIGKILL)
    wait(stage, lambda: stage.begun() - {child}, "the second attempt")
    # The whole worker dies in the middle of it, and its message with it for two hours: the outbox brings it back.
    stage.kill_worker()
    left = (stage.effects(event), stage.done(event))
    stage.go()
    stage.start_worker()
    stage.tick()
    wait(stage, lambda: stage.done(event), "the effect")

    # Whatever is delivered late or twice changes nothing.
    marker = stage.event()
    for _ in range(3):
        stage.send("events.react", event)
    stage.send("events.react", marker)
    wait(stage, lambda: stage.done(marker), "the marker behind the repeated messages")

    assert (before, left) == (0, (0, False))
    assert (stage.effects(event), stage.effects(marker)) == (1, 1)


@pytest.mark.slow
def test_killing_the_broker_loses_nothing(stage: Stage) -> None:
    stage.go()
    stage.start_worker()
    first = stage.event()
    stage.send("events.react", first)
    wait(stage, lambda: stage.done(first), "work before the broker dies")
    stage.send("events.react", lost := stage.event(old=timedelta(minutes=1)))
    stage.broker.kill()
    while_away = stage.event(old=timedelta(minutes=1))  # its message was never sent

    stage.broker.start()
    stage.tick()
    wait(stage, lambda: stage.done(lost) and stage.done(while_away), "work after the broker came back")

    assert [stage.effects(event) for event in (first, lost, while_away)] == [1, 1, 1]
