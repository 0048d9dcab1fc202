"""The worker's part after a release: a file for everybody who may have one, a few hospitals at a time."""

import hashlib
from typing import Any

from django.db.models import QuerySet

from collaboratives.models import Participation
from collaboratives.selectors.places import worker_viewer
from events.models import Job
from events.services import queue_job
from feedback.models import Release, SiteResult
from feedback.reports.enums import ReportKind
from feedback.reports.models import HospitalReport, PooledReport
from feedback.reports.selectors.hospital import hospital_content, place_of, programme_place
from feedback.reports.services.contents import Content, contents_of
from feedback.reports.services.pooled_contents import pooled_content
from feedback.reports.services.typesetting import typeset
from feedback.selectors.pooled import pooled_of
from feedback.selectors.releases import SEEN
from privacy.roles import Permission
from privacy.viewer import Viewer, require


JOB = "reports.prepare"
AT_ONCE = 10  # hospitals in one transaction: so many are made again when a worker is killed


def ask_for_reports(release_id: int) -> None:
    """Once members see the release. Asking again finds nothing left to do."""
    release = Release.objects.filter(pk=release_id, state__in=SEEN).select_related("collaborative").first()
    if release is not None:
        _queue(release)


def ask_again(*, release: Release, by: Viewer) -> None:
    """Somebody of the centre asks for files that are missing, as after a job that was given up."""
    require(by, Permission.RELEASE_BUILD)
    queue_job("reports.prepare", title=f"Reports of release {release.name}", subject=release, by=by)


def prepare_reports(job: Job) -> None:
    """Job: the files of the next hospitals, then another job for the rest. A release that is gone gets none."""
    release = Release.objects.filter(pk=job.subject_id, state__in=SEEN).select_related("collaborative").first()
    if release is None:
        return
    _make_pooled(release)
    waiting = list(_waiting(release)[: AT_ONCE + 1])
    for hospital in waiting[:AT_ONCE]:
        HospitalReport.objects.bulk_create(_made(release, hospital), ignore_conflicts=True)
    if len(waiting) > AT_ONCE:
        _queue(release)


def differing(release: Release) -> list[str]:
    """Files that would not be the same bytes if they were typeset again: none, as long as all is well."""
    own = HospitalReport.objects.filter(release=release).order_by("pk")
    pooled = PooledReport.objects.filter(release=release).order_by("plain")
    kept = [(each.kind, each.content, each.file) for each in own] + [
        ("pooled", each.said, each.file) for each in pooled
    ]
    return [template for template, content, file in kept if typeset(template, content) != bytes(file)]


def _queue(release: Release) -> None:
    by = worker_viewer(release.collaborative)
    queue_job("reports.prepare", title=f"Reports of release {release.name}", subject=release, by=by)


def _waiting(release: Release) -> QuerySet[Participation]:
    """Hospitals with a result and without a file. Both files of a hospital are written in one statement."""
    having = SiteResult.objects.filter(release=release).values("participation")
    done = HospitalReport.objects.filter(release=release).values("participation")
    found = Participation.objects.filter(pk__in=having).exclude(pk__in=done)
    return found.select_related("site", "collaborative").order_by("pk")


def _made(release: Release, hospital: Participation) -> list[HospitalReport]:
    contents = contents_of(hospital_content(release, place_of(hospital)))
    return [_report(release, hospital, kind, content) for kind, content in contents.items()]


def _make_pooled(release: Release) -> None:
    """The file of all hospitals, in figures and in plain words: for every member and observer."""
    if PooledReport.objects.filter(release=release).exists():
        return
    place = programme_place(release.collaborative)
    for plain in (False, True):
        content = pooled_content(pooled_of(release, place, plain=plain), release.collaborative)
        PooledReport.objects.create(
            collaborative_id=release.collaborative_id,
            release=release,
            plain=plain,
            said=content,
            **_typeset("pooled", content),
        )


def _typeset(template: str, content: Content) -> dict[str, Any]:
    """The columns that both kinds of files have."""
    file = typeset(template, content)
    return {"file": file, "size": len(file), "digest": hashlib.sha256(file).hexdigest()}


def _report(release: Release, hospital: Participation, kind: ReportKind, content: Content) -> HospitalReport:
    return HospitalReport(
        collaborative_id=release.collaborative_id,
        participation=hospital,
        release=release,
        kind=kind,
        content=content,
        **_typeset(kind, content),
    )
