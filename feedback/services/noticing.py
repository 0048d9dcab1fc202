"""The private notice of bad news: what a hospital's champion and administrator may read before members do."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from collaboratives.models import Collaborative
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import Job
from events.services import record_event
from feedback.enums import ReleaseState
from feedback.models import MeasureResult, PeerDistribution, PrivateNotice, Release, SiteResult
from feedback.selectors.bad_news import bad_news
from feedback.selectors.disclosing import UNCHANGED, peers_shown
from feedback.selectors.membership import few_changed_since
from feedback.selectors.policies import policy_of
from feedback.services.release_mail import plan_notices


MOVED = ("opens_at", "members_from", "collaborative_value", "middle", "benchmark", "withheld")


def give_notice(job: Job) -> None:
    """Job: a row for each hospital and measure with bad news; it opens by itself. A new date moves the rows."""
    release = Release.objects.select_for_update().get(pk=job.subject_id)
    if release.state != ReleaseState.SCHEDULED or release.scheduled_for is None:
        return
    opens_at = max(timezone.now(), release.scheduled_for - policy_of(release.collaborative_id).notice)
    rows = list(_rows(release, opens_at, release.scheduled_for))
    PrivateNotice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["participation", "release", "measure_version"],
        update_fields=MOVED,
    )
    hospitals = sorted({row.participation_id for row in rows})
    plan_notices(release, hospitals, opens_at)
    worker = worker_viewer(Collaborative.objects.get(pk=release.collaborative_id))
    record_event(EventKind.RELEASE_NOTICED, by=worker, subject=release, details={"hospitals": len(hospitals)})


def _rows(release: Release, opens_at: datetime, members_from: datetime) -> Iterator[PrivateNotice]:
    found = list(bad_news(release))
    told = _told(release, {row.measure_version_id for row in found})
    for row in found:
        shown = told[row.measure_version_id]
        yield PrivateNotice(
            collaborative_id=release.collaborative_id,
            participation_id=row.participation_id,
            release=release,
            measure_version_id=row.measure_version_id,
            release_name=release.name,
            window_from=release.window_from,
            window_to=release.window_to,
            opens_at=opens_at,
            members_from=members_from,
            collaborative_value=shown.collaborative_value,
            middle=shown.middle,
            benchmark=shown.benchmark,
            withheld=shown.withheld,
        )


def _told(release: Release, versions: set[int]) -> dict[int, PeerDistribution]:
    """By measure version, what members will be told of all hospitals; the list of peers is left behind."""
    rules, changed = (
        Collaborative.objects.get(pk=release.collaborative_id).disclosure_rules,
        few_changed_since(release),
    )
    results = MeasureResult.objects.filter(release=release, measure_version__in=versions)
    return {
        pooled.measure_version_id: peers_shown(
            pooled,
            list(SiteResult.objects.filter(release=release, measure_version_id=pooled.measure_version_id)),
            rules,
            changed.get(pooled.measure_version.measure_id, UNCHANGED),
        )
        for pooled in results.select_related("measure_version")
    }
