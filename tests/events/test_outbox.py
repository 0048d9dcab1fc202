"""What happened is written once with the change, and what follows takes effect once, however often it is tried."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from collaboratives.selectors.places import worker_viewer
from config.reactions import REACTIONS
from events import outbox, services, tasks
from events.enums import AccessAction, EventKind, JobState
from events.models import AccessLog, Event, Job
from events.outbox import publish_again, react, run_job
from events.services import publish, queue_job, record_access, record_event
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.events import reactions
from tests.events.conftest import Broker
from tests.events.reactions import EFFECT
from tests.tenancy.conftest import address
from tests.world import World
from tests.worlds import programme


pytestmark = pytest.mark.worker
HERE = "tests.events.reactions"
Published = list[tuple[str, dict[str, int]]]


@pytest.fixture(autouse=True)
def our_reactions(settings: Any) -> None:
    settings.EVENT_REACTIONS, settings.JOB_WORK = f"{HERE}.WORKING", f"{HERE}.JOBS"


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    """What would have gone to the broker."""
    sent: Published = []

    def keep(task: str, **ids: int) -> None:
        sent.append((task, ids))

    monkeypatch.setattr(services, "publish", keep)
    monkeypatch.setattr(outbox, "publish", keep)
    return sent


@pytest.fixture
def worker(world: World) -> Iterator[Viewer]:
    """Everything here happens inside one collaborative, as the worker."""
    collaborative = programme.collaborative()
    with acting(Acting("compute", collaborative_id=collaborative.pk)), transaction.atomic():
        yield worker_viewer(collaborative)


def happen(by: Viewer) -> Event:
    return record_event(EventKind.CASE_SAVED, by=by, subject=Event.objects.first() or Event(pk=1))


def job(by: Viewer, kind: str = "work") -> Job:
    return queue_job(kind, title="Something long", subject=Event(pk=1), by=by)


def effects_of(event: Event) -> int:
    return Event.objects.filter(kind=EFFECT, subject_id=event.pk).count()


def age(row: Event | Job, by: timedelta, **values: object) -> None:
    """Rows of jobs and events are moved into the past by hand."""
    type(row).objects.filter(pk=row.pk).update(created_at=timezone.now() - by, **values)


# Events ---------------------------------------------------------------------------------------------------------------


def test_an_event_takes_effect_once(worker: Viewer) -> None:
    event = happen(worker)

    for _ in range(3):
        tasks.react(event_id=event.pk, collaborative_id=event.collaborative_id)

    event.refresh_from_db()
    assert effects_of(event) == 1
    assert event.done_at is not None


def test_an_event_is_announced_only_after_commit(
    world: World, published: Published, django_capture_on_commit_callbacks: Any
) -> None:
    director = world.viewer("dana")
    with django_capture_on_commit_callbacks(execute=False) as callbacks, world.acting_as("dana"):
        event = record_event(EventKind.HOSPITAL_CHANGED, by=director, subject=Event(pk=1))
    before = list(published)

    for callback in callbacks:
        callback()

    assert before == []
    assert published == [("events.react", {"event_id": event.pk, "collaborative_id": director.collaborative_id})]
    assert (event.actor_id, event.capacity) == (director.user_id, "centre")


def test_a_failed_reaction_leaves_no_effect_and_is_tried_again(
    worker: Viewer, settings: Any, published: Published
) -> None:
    event = happen(worker)
    settings.EVENT_REACTIONS = f"{HERE}.FAILING"
    with pytest.raises(LookupError):
        react(event_id=event.pk, collaborative_id=event.collaborative_id)
    left = effects_of(event)

    settings.EVENT_REACTIONS = f"{HERE}.WORKING"
    age(event, timedelta(seconds=21))
    published.clear()
    publish_again()
    ((task, ids),) = [each for each in published if each[1].get("event_id") == event.pk]
    react(**ids)

    assert (left, task) == (0, "events.react")
    assert effects_of(event) == 1


def test_another_collaboratives_worker_does_not_find_the_event(worker: Viewer) -> None:
    event = happen(worker)

    react(event_id=event.pk, collaborative_id=programme.collaborative("hernia-lakes").pk)

    assert effects_of(event) == 0


@pytest.mark.parametrize(
    ("attempts", "old", "again"),
    [
        (0, 19, False),
        (0, 21, True),
        (1, 39, False),
        (1, 41, True),
        (5, 600, False),
        (5, 641, True),
        (15, 86400 * 8, True),
    ],
)
def test_pauses_grow_and_nothing_is_given_up(
    worker: Viewer,
    published: Published,
    attempts: int,
    old: int,
    again: bool,  # noqa: FBT001
) -> None:
    event = happen(worker)
    age(event, timedelta(seconds=old), attempts=attempts)
    published.clear()

    tasks.tick()

    assert ([ids for _, ids in published if ids.get("event_id") == event.pk] != []) is again
    event.refresh_from_db()
    assert event.attempts == attempts + again


def test_somebody_hears_of_an_event_that_is_never_done(
    worker: Viewer, published: Published, caplog: pytest.LogCaptureFixture
) -> None:
    event = happen(worker)
    age(event, timedelta(hours=1), attempts=outbox.WORRYING_ATTEMPTS)

    publish_again()

    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        f"event {event.pk} (case_saved) is not done after 6 attempts"
    ]


def test_what_is_done_is_not_published_again(worker: Viewer, published: Published) -> None:
    event = happen(worker)
    react(event_id=event.pk, collaborative_id=event.collaborative_id)
    age(event, timedelta(hours=1))
    published.clear()

    publish_again()

    assert [ids for _, ids in published if ids.get("event_id") == event.pk] == []


# Jobs -----------------------------------------------------------------------------------------------------------------


def test_a_job_is_done_once(worker: Viewer) -> None:
    one = job(worker)

    for _ in range(2):
        tasks.run_job(job_id=one.pk, collaborative_id=one.collaborative_id)

    one.refresh_from_db()
    assert (one.state, one.message, one.attempts) == (JobState.DONE, "done;", 1)
    assert one.started_at is not None
    assert one.finished_at is not None


def test_a_failing_job_waits_and_then_gives_up_with_a_sentence(worker: Viewer) -> None:
    one, states = job(worker, "fail"), []

    for _ in range(4):
        run_job(job_id=one.pk, collaborative_id=one.collaborative_id)
        one.refresh_from_db()
        states.append((one.state, one.attempts))

    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert one.message == (
        "The work stopped 3 times (LookupError). "
        f"The centre's technician finds it in the log under job {one.public_id}."
    )


def test_a_job_that_kills_its_worker_is_not_tried_for_ever(worker: Viewer) -> None:
    one = job(worker)
    for _ in range(outbox.MOST_JOB_ATTEMPTS):
        assert outbox._begin(one.pk)  # and then the machine runs out of memory

    run_job(job_id=one.pk, collaborative_id=one.collaborative_id)

    one.refresh_from_db()
    assert (one.state, one.attempts) == (JobState.FAILED, 3)
    assert "its worker was killed" in one.message


def test_a_job_taken_between_two_looks_is_left_alone(worker: Viewer) -> None:
    one = job(worker)
    with mock.patch.object(outbox, "_claim", side_effect=[True, False]):
        run_job(job_id=one.pk, collaborative_id=one.collaborative_id)

    one.refresh_from_db()
    assert (one.state, one.message) == (JobState.RUNNING, "")


def test_a_waiting_job_is_published_again_and_a_running_one_not(worker: Viewer, published: Published) -> None:
    waiting, running = job(worker), job(worker)
    for each in (waiting, running):
        age(each, timedelta(seconds=31))
    published.clear()
    with psycopg.connect(address("WORK_DATABASE_URL")) as elsewhere:
        elsewhere.execute("SELECT pg_advisory_xact_lock(%s, %s)", [outbox.JOB_LOCKS, running.pk])
        publish_again()
        run_job(job_id=running.pk, collaborative_id=running.collaborative_id)

    assert [ids["job_id"] for _, ids in published if ids.get("job_id") in {waiting.pk, running.pk}] == [waiting.pk]
    running.refresh_from_db()
    assert running.state == JobState.QUEUED


# Several workers, committed rows --------------------------------------------------------------------------------------


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Event]:
    """An event that other connections see; it and its effects are taken out at the end."""
    with django_db_blocker.unblock():
        collaborative = programme.collaborative()
        with acting(Acting("compute", collaborative_id=collaborative.pk)), transaction.atomic():
            event = Event.objects.create(
                kind=EventKind.CASE_SAVED,
                collaborative_id=collaborative.pk,
                capacity="compute",
                subject="events.Event",
                subject_id=1,
            )
        yield event
        with psycopg.connect(address(), autocommit=True) as superuser:
            superuser.execute("DELETE FROM events_event WHERE id = %s OR kind = %s", [event.pk, EFFECT])
        connection.close()


def test_workers_at_once_take_effect_once(committed: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(event: Event) -> None:
        reactions.take_effect(event)
        time.sleep(0.2)

    monkeypatch.setattr(reactions, "WORKING", {EventKind.CASE_SAVED: (slowly,)})
    problems: list[Exception] = []

    def run() -> None:
        try:
            react(event_id=committed.pk, collaborative_id=committed.collaborative_id)
        except Exception as problem:  # noqa: BLE001 -- a thread's exception must not get lost
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with acting(Acting("compute", collaborative_id=committed.collaborative_id)), transaction.atomic():
        assert effects_of(committed) == 1
    assert problems == []


# The broker -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["redis+socket:///nowhere/valkey.sock?virtual_host=0", "redis://127.0.0.1:1/0"])
def test_a_missing_broker_keeps_nobody_waiting(
    url: str, celery_at: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    celery_at(url)
    began = time.monotonic()

    publish("events.react", event_id=1, collaborative_id=1)

    assert time.monotonic() - began < 1
    assert [record.getMessage() for record in caplog.records] == ["broker away; events.react waits in the outbox"]


def test_a_broker_that_dies_under_an_open_connection_keeps_nobody_waiting(
    broker: Broker, celery_at: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    celery_at(broker.celery_url)
    publish("events.react", event_id=1, collaborative_id=1)
    assert caplog.records == []
    broker.kill()
    began = time.monotonic()

    for _ in range(3):
        publish("events.react", event_id=1, collaborative_id=1)

    assert time.monotonic() - began < 1
    assert {record.getMessage() for record in caplog.records} == {"broker away; events.react waits in the outbox"}


def test_a_write_without_a_broker_is_kept(
    world: World, celery_at: Callable[[str], None], django_capture_on_commit_callbacks: Any
) -> None:
    celery_at("redis+socket:///nowhere/valkey.sock?virtual_host=0")
    with django_capture_on_commit_callbacks(execute=True), world.acting_as("dana") as director:
        event = record_event(EventKind.HOSPITAL_CHANGED, by=director, subject=Event(pk=1))

    with world.acting_as("dana"):
        assert Event.objects.filter(pk=event.pk, done_at=None).exists()


# The rest -------------------------------------------------------------------------------------------------------------


def test_access_is_noted_for_the_hospital_to_read(world: World) -> None:
    alder = world.participation("alder")
    with world.acting_as("cora") as cora:
        record_access(AccessAction.CASE_VIEWED, by=cora, subject="case ABC", participation_id=alder.pk)

    with world.acting_as("alder.administrator"):
        noted = AccessLog.objects.get(subject="case ABC")
        assert (noted.user_id, noted.capacity, noted.action) == (cora.user_id, "centre", "case_viewed")
    with world.acting_as("birch.administrator"):
        assert not AccessLog.objects.filter(subject="case ABC").exists()


def test_rows_name_themselves() -> None:
    assert str(Event(kind="k", subject="s", subject_id=3)) == "k s 3"
    assert str(AccessLog(action="a", subject="s")) == "a s"
    assert str(Job(title="t")) == "t"


def test_every_kind_of_event_is_answered() -> None:
    assert set(REACTIONS) == set(EventKind)
