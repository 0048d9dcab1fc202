"""How far the worker is with counting cases by a version of a measure that was just published or retired."""

from dataclasses import dataclass

from cases.selectors.progress import Progress, progress_of
from events.enums import JobState
from events.models import Job
from measures.models import MeasureVersion
from privacy.viewer import Viewer


EVALUATING = "evaluating"


@dataclass(frozen=True)
class Evaluation:
    slug: str
    job: Job | None
    progress: Progress | None

    @property
    def is_running(self) -> bool:
        return self.job is not None and self.job.finished_at is None

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state == JobState.FAILED


def evaluation_of(viewer: Viewer, slug: str) -> Evaluation:
    """The last of them; none for measures that only ever came from a file."""
    versions = MeasureVersion.objects.filter(collaborative_id=viewer.collaborative_id, measure__slug=slug)
    jobs = Job.objects.filter(
        collaborative_id=viewer.collaborative_id,
        kind="feedback.evaluate_measure",
        subject_id__in=versions.values("pk"),
    )
    job = jobs.order_by("-created_at").first()
    running = job is not None and job.finished_at is None
    return Evaluation(slug, job, progress_of(job.public_id, EVALUATING) if job and running else None)
