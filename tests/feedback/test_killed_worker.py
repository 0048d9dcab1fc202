"""A worker that is killed with a release half done: what was done stays, the rest is done once, and the bits are the same.

The workers are real processes on a copy of the test database. A trigger lets one wait in the middle of its step, so that the
kill always falls there.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
import pytest
from django.db import models, transaction
from psycopg import sql

from collaboratives.selectors.places import acting_for
from events.enums import EventKind
from events.models import Event, Job
from feedback.enums import ReleaseState, TrialState
from feedback.models import (
    DataQualityStatement,
    MeasureResult,
    ModelFit,
    PeerDistribution,
    PooledResult,
    Release,
    ReleaseCheck,
    ReleaseMail,
    SiteResult,
    SnapshotSlice,
    TrialFit,
    TrialHospital,
)
from feedback.reviews.models import OwnBreakdown
from feedback.services.computing import recompute
from feedback.services.releases import draft_release
from feedback.services.scheduling import publish_release
from feedback.services.trials import request_trial
from tenancy.context import acting
from tests import worker
from tests.bench.large import copied_database, superuser
from tests.worlds import programme, releases, trials


pytestmark = [pytest.mark.worker, pytest.mark.slow]
WINDOW = date(2025, 7, 1), date(2026, 3, 31)
HELD = 7_999  # of the lock that the trigger waits for
PATIENCE = 120
COMPUTED: tuple[type[models.Model], ...] = (
    MeasureResult,
    ModelFit,
    SiteResult,
    DataQualityStatement,
    ReleaseCheck,
    OwnBreakdown,
)
OTHERWISE = {"id", "public_id", "release_id", "release", "created_at", "computed_at", "checked_at"}


@pytest.fixture(scope="module")
def copy(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    with django_db_blocker.unblock(), copied_database("killed") as name:
        yield name


def _draft(name: str) -> Release:
    cora = programme.viewer("cora", "colectomy-mi")
    with acting(acting_for(cora)), transaction.atomic():
        return draft_release(name=name, window_from=WINDOW[0], window_to=WINDOW[1], by=cora)


def _worked(copy: str, *, workers: int = 2) -> None:
    for each in [_start(copy) for _ in range(workers)]:
        worker.told(each, PATIENCE)


def _start(copy: str) -> "subprocess.Popen[str]":
    return worker.start(copy, releases.worker().collaborative_id)


@contextmanager
def _held(copy: str, table: str, when: str) -> Iterator[psycopg.Connection]:
    """Whoever writes to the table waits in the middle of that, from the moment that this condition is true."""
    with psycopg.connect(superuser(copy), autocommit=True) as admin:
        admin.execute(
            sql.SQL(
                "CREATE FUNCTION public.held() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
                "IF ({}) THEN PERFORM pg_advisory_xact_lock({}); END IF; RETURN NULL; END $$"
            ).format(sql.SQL(when), HELD)
        )
        trigger = "CREATE TRIGGER held AFTER INSERT ON {} FOR EACH STATEMENT EXECUTE FUNCTION public.held()"
        admin.execute(sql.SQL(trigger).format(sql.Identifier(table)))
        admin.execute("SELECT pg_advisory_lock(%s)", [HELD])
        yield admin
        admin.execute("SELECT pg_advisory_unlock(%s)", [HELD])
        _until(lambda: not _waiting(admin))  # PostgreSQL notices that the client is gone when it would answer
        admin.execute("DROP FUNCTION public.held() CASCADE")


def _waiting(admin: psycopg.Connection) -> list[int]:
    """The server processes that wait in the trigger, or have the lock for a moment after it."""
    found = admin.execute(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND pid <> pg_backend_pid()", [HELD]
    )
    return [pid for (pid,) in found]


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def _kill(copy: str, table: str, when: str = "true") -> None:
    with _held(copy, table, when) as admin:
        victim = _start(copy)
        _until(lambda: _waiting(admin) or victim.poll() is not None)
        victim.send_signal(signal.SIGKILL)
        assert victim.wait() == -signal.SIGKILL
        victim.communicate()


def _rows(kind: type[models.Model], release: Release) -> list[dict[str, object]]:
    """Everything that does not tell which release it is of."""
    with acting(releases.worker()), transaction.atomic():
        found = list(kind._default_manager.filter(release=release).values())
    kept = [{name: value for name, value in row.items() if name not in OTHERWISE} for row in found]
    return sorted(
        kept, key=lambda row: str([row.get(name) for name in ("measure_version_id", "participation_id", "name")])
    )


def _now(release: Release) -> Release:
    with acting(releases.worker()), transaction.atomic():
        return Release.objects.select_related("snapshot").get(pk=release.pk)


def _equal(one: Release, other: Release) -> None:
    one, other = _now(one), _now(other)
    assert one.snapshot
    assert other.snapshot
    assert (one.snapshot.digest, one.snapshot.cases) == (other.snapshot.digest, other.snapshot.cases)
    for kind in COMPUTED:
        rows = _rows(kind, one)
        assert rows == _rows(kind, other), kind
        assert rows, kind
    with acting(releases.worker()), transaction.atomic():
        assert recompute(one) == ""


def _done_once(release: Release) -> None:
    """Of jobs and events there are as many as of a release that nobody disturbed."""
    with acting(releases.worker()), transaction.atomic():
        jobs = Job.objects.filter(subject_id=release.pk, kind__in=("feedback.compute_release", "reviews.break_down"))
        kinds = sorted(jobs.values_list("kind", "state"))
        events = list(
            Event.objects.filter(subject="feedback.Release", subject_id=release.pk).values_list("kind", flat=True)
        )
    assert kinds == [("feedback.compute_release", "done")] * 2 + [("reviews.break_down", "done")]
    assert events == [EventKind.RELEASE_DRAFTED]


@pytest.fixture(scope="module")
def undisturbed(copy: str) -> Release:
    release = _draft("Undisturbed")
    _worked(copy, workers=1)
    return release


def test_measures_that_were_done_are_not_computed_again(copy: str, undisturbed: Release) -> None:
    release = _draft("Killed at the third measure")
    third = f"SELECT count(*) > 2 FROM feedback_measureresult WHERE release_id = {release.pk}"  # noqa: S608 -- a number

    _kill(copy, "feedback_siteresult", third)

    with acting(releases.worker()), transaction.atomic():
        before = dict(MeasureResult.objects.filter(release=release).values_list("measure_version_id", "pk"))
        sites = set(SiteResult.objects.filter(release=release).values_list("pk", flat=True))
    assert (len(before), _now(release).state) == (2, ReleaseState.COMPUTING)
    _worked(copy)
    with acting(releases.worker()), transaction.atomic():
        after = dict(MeasureResult.objects.filter(release=release).values_list("measure_version_id", "pk"))
        assert sites < set(SiteResult.objects.filter(release=release).values_list("pk", flat=True))
    assert _now(release).state == ReleaseState.DRAFT
    assert before.items() < after.items()
    _equal(release, undisturbed)
    _done_once(release)


def test_a_snapshot_is_whole_or_not_there(copy: str, undisturbed: Release) -> None:
    release = _draft("Killed while freezing")
    with acting(releases.worker()), transaction.atomic():
        slices = SnapshotSlice.objects.count()

    _kill(copy, "feedback_snapshotslice")

    with acting(releases.worker()), transaction.atomic():
        assert SnapshotSlice.objects.count() == slices
    assert _now(release).snapshot is None
    _worked(copy)
    assert _now(release).state == ReleaseState.DRAFT
    _equal(release, undisturbed)
    _done_once(release)


def test_members_are_shown_and_told_it_once(copy: str) -> None:
    release = _draft("Killed before the members")
    _worked(copy)
    releases.approve(release)
    dana = programme.viewer("dana", "colectomy-mi")
    with acting(acting_for(dana)), transaction.atomic():
        publish_release(release=Release.objects.get(pk=release.pk), reason=releases.REASON, by=dana)

    _kill(copy, "feedback_peerdistribution")

    assert (_now(release).state, _rows(PeerDistribution, release)) == (ReleaseState.RELEASING, [])
    _worked(copy)
    with acting(releases.worker()), transaction.atomic():
        measures = MeasureResult.objects.filter(release=release).count()
        whole = PeerDistribution.objects.filter(release=release, stratum="all").count()
        people = list(ReleaseMail.objects.filter(release=release).values_list("user", flat=True))
        events = Event.objects.filter(kind=EventKind.RELEASE_PUBLISHED, subject_id=release.pk).count()
    assert _now(release).state == ReleaseState.RELEASED
    assert (whole, len(_rows(PooledResult, release)), events) == (measures, measures, 1)
    assert people
    assert len(people) == len(set(people))


def test_a_trial_fit_begins_again_and_is_kept_once(copy: str) -> None:
    trial = _trial()

    _kill(copy, "feedback_trialhospital")

    with acting(releases.worker()), transaction.atomic():
        assert not TrialHospital.objects.filter(trial=trial).exists()
        assert TrialFit.objects.get(pk=trial.pk).state == TrialState.WAITING
    _worked(copy)
    again = _trial()
    _worked(copy, workers=1)
    assert _of_trial(trial) == _of_trial(again)


def _trial() -> TrialFit:
    ben = programme.viewer("ben")
    with acting(acting_for(ben)), transaction.atomic():
        known = TrialFit.objects.get(public_id=trials.TRIALS["readmission"])
        version = known.risk_model_version
        first, last = releases.WINDOW
        return request_trial(version=version, window_from=first, window_to=last, by=ben)


def _of_trial(trial: TrialFit) -> tuple[object, ...]:
    with acting(releases.worker()), transaction.atomic():
        kept = TrialFit.objects.get(pk=trial.pk)
        rows = TrialHospital.objects.filter(trial=trial).order_by("participation_id").values()
        sites = [{name: value for name, value in row.items() if name not in {"id", "trial_id"}} for row in rows]
    assert (kept.state, bool(sites)) == (TrialState.DONE, True)
    return kept.digest, kept.fit, kept.fit_before, kept.later, kept.pooled, sites
