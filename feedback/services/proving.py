"""Prove a release: compute it again from its snapshot, and keep whether every bit is the same."""

from django.db import transaction

from collaboratives.models import Collaborative
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import Job
from events.services import queue_job, record_event
from feedback.enums import ReleaseState
from feedback.errors import ReleaseStateError
from feedback.models import Release, ReleaseProof
from feedback.services.computing import code_version, recompute
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def ask_for_proof(*, release: Release, by: Viewer) -> Job:
    """Let a worker compute it again; nothing of the release changes."""
    require(by, Permission.RELEASE_BUILD)
    if release.snapshot_id is None or release.state == ReleaseState.DISCARDED:
        raise ReleaseStateError(f"Release {release.name} has no results to compute again.")
    return queue_job("feedback.prove_release", title=f"Compute release {release.name} again", subject=release, by=by)


def prove_release(job: Job) -> None:
    """Job: the digest of the snapshot and every number, to the last bit."""
    release = Release.objects.select_related("snapshot").get(pk=job.subject_id)
    difference = recompute(release)
    proof = ReleaseProof.objects.create(
        collaborative_id=release.collaborative_id,
        release=release,
        digest=release.snapshot.digest if release.snapshot else "",
        equal=not difference,
        difference=difference,
        code_version=code_version(),
        asked_by_id=job.requested_by_id,
        asked_at=job.created_at,
    )
    worker = worker_viewer(Collaborative.objects.get(pk=release.collaborative_id))
    record_event(EventKind.RELEASE_PROVED, by=worker, subject=release, details={"equal": proof.equal})
