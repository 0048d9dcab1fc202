"""Work of the workers that the centre may want to know of: under way, and failed lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from events.enums import JobState
from events.models import Job
from privacy.roles import Permission
from privacy.viewer import Viewer


LATELY, MOST = timedelta(days=7), 50
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
# Where the work of a kind is looked at: the beginning of the kind, the page, and who may open it.
PAGES = (
    ("cases.measure_burden", "home-collaborative", Permission.PROGRAMME_VIEW),
    ("cases.", "cases:import-list", Permission.CASE_IMPORT),
    ("audits.", "audits:audit-list", Permission.AUDIT_VIEW),
    ("quality.", "quality:data-quality", Permission.QUALITY_VIEW),
    ("reports.", "reports:report-list", Permission.REPORT_VIEW),
    ("feedback.evaluate_measure", "measures:measure-list", Permission.DEFINITION_EDIT),
    ("feedback.fit_trial", "measures:model-list", Permission.DEFINITION_EDIT),
    ("feedback.", "feedback:release-list", Permission.RELEASE_VIEW),
    ("reviews.", "feedback:release-list", Permission.RELEASE_VIEW),
)


@dataclass(frozen=True, kw_only=True)
class JobLine:
    title: str
    state: str
    kind: str
    since: datetime
    message: str
    url: str


@dataclass(frozen=True, kw_only=True)
class JobStrip:
    under_way: int
    failed: int
    lines: tuple[JobLine, ...]


def job_strip(viewer: Viewer, shown: int = 6) -> JobStrip:
    """What failed in the last week first, then what runs, then what waits; one statement."""
    failed = Q(state=JobState.FAILED, finished_at__gt=timezone.now() - LATELY)
    jobs = Job.objects.filter(failed | Q(finished_at=None), collaborative_id=viewer.collaborative_id)
    order = {JobState.FAILED: 0, JobState.RUNNING: 1, JobState.QUEUED: 2}
    found = sorted(jobs.order_by("-created_at")[:MOST], key=lambda job: order[JobState(job.state)])
    return JobStrip(
        under_way=sum(job.state in UNDER_WAY for job in found),
        failed=sum(job.state == JobState.FAILED for job in found),
        lines=tuple(_line(job, viewer) for job in found[:shown]),
    )


def _line(job: Job, viewer: Viewer) -> JobLine:
    state = JobState(job.state)
    return JobLine(
        title=job.title,
        state=state.label,
        kind={JobState.FAILED: "bad", JobState.RUNNING: "warn"}.get(state, ""),
        since=job.finished_at or job.started_at or job.created_at,
        message=job.message if state is JobState.FAILED else "",
        url=_page(job.kind, viewer),
    )


def _page(kind: str, viewer: Viewer) -> str:
    """The page of this kind of work, if the viewer may open it."""
    for beginning, route, permission in PAGES:
        if kind.startswith(beginning):
            return reverse(route, args=[viewer.collaborative_slug]) if viewer.can(permission) else ""
    return ""
