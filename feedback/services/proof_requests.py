"""Ask for a release to be proved. Apart from the proof itself: a page asks, and pages know no statistics."""

from django.db import transaction

from events.models import Job
from events.services import queue_job
from feedback.enums import ReleaseState
from feedback.errors import ReleaseStateError
from feedback.models import Release
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def ask_for_proof(*, release: Release, by: Viewer) -> Job:
    """Let a worker compute it again; nothing of the release changes."""
    require(by, Permission.RELEASE_BUILD)
    if release.snapshot_id is None or release.state == ReleaseState.DISCARDED:
        raise ReleaseStateError(f"Release {release.name} has no results to compute again.")
    return queue_job("feedback.prove_release", title=f"Compute release {release.name} again", subject=release, by=by)
