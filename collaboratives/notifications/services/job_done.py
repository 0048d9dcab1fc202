"""Long work is done, and somebody waits for it."""

from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify
from events.models import Job


def tell_done(job: Job, path: str) -> None:
    """Whoever asked for it, in the transaction of the work; nobody, where a worker asked."""
    if job.requested_by_id is not None:
        notify(
            [job.requested_by_id],
            kind=NotificationKind.JOB_DONE,
            title=f"Done: {job.title}",
            path=path,
            key=f"job-{job.public_id}",
            collaborative_id=job.collaborative_id,
            participation_id=job.participation_id,
        )
