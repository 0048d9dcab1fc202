"""Prove a release: compute it again from its snapshot, and keep whether every bit is the same."""

from collaboratives.models import Collaborative
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import Job
from events.services import record_event
from feedback.models import Release, ReleaseProof
from feedback.services.computing import code_version, recompute


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
