"""Whoever waits for long work hears that it is done; where nobody asked, nobody does."""

import pytest
from django.db import transaction

from collaboratives.notifications.models import Notification
from collaboratives.notifications.services.job_done import tell_done
from config.reactions import JOBS
from events.models import Job
from feedback.enums import ComputingStep
from feedback.models import Release
from feedback.selectors.job_paths import release_path
from feedback.services.computing import compute_release
from feedback.services.releases import draft_release
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases


pytestmark = pytest.mark.worker


def test_whoever_drafted_a_release_hears_that_it_is_computed(world: World) -> None:
    with world.acting_as("cora") as cora:
        draft_release(name="Long one", window_from=releases.WINDOW[0], window_to=releases.WINDOW[1], by=cora)
    with acting(releases.worker()):
        with transaction.atomic():
            job = Job.objects.get(kind="feedback.compute_release", title="Compute release Long one")
        more = True
        while more:
            with transaction.atomic():
                more = bool(JOBS[job.kind](job))
        with transaction.atomic():
            told = Notification.objects.get(key=f"job-{job.public_id}")
            release = Release.objects.get(pk=job.subject_id)

    assert (told.user_id, told.title) == (cora.user_id, "Done: Compute release Long one")
    assert told.path == f"/c/colectomy-mi/releases/{release.public_id}/"


def test_work_that_a_worker_asked_for_is_told_to_nobody(world: World) -> None:
    with acting(releases.worker()) as who, transaction.atomic():
        release = Release.objects.get(name=releases.NAME)
        job = Job(subject_id=release.pk, collaborative_id=who.collaborative_id, title="Compute")
        assert compute_release(job) is ComputingStep.NOTHING
        tell_done(job, release_path(release.pk))
        assert not Notification.objects.filter(title="Done: Compute").exists()


def test_a_release_that_was_counted_again_is_told(world: World) -> None:
    with acting(releases.worker()) as who, transaction.atomic():
        release = Release.objects.get(name=releases.NAME)
        cora = world.viewer("cora")
        job = Job.objects.create(
            kind="feedback.prove_release",
            title="Compute release again",
            subject_id=release.pk,
            collaborative_id=who.collaborative_id,
            requested_by_id=cora.user_id,
        )
        JOBS[job.kind](job)
        told = Notification.objects.get(key=f"job-{job.public_id}")

    assert (told.user_id, told.path) == (cora.user_id, f"/c/colectomy-mi/releases/{release.public_id}/")
