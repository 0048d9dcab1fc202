"""When members see a release: now, or at a moment on the programme's clock that a worker keeps."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.definition.clock import told_in
from collaboratives.models import Collaborative
from collaboratives.selectors.collaboratives import collaborative_keys
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.services import queue_job, record_event
from feedback.enums import ReleaseState
from feedback.errors import ReasonMissingError, ReleaseStateError, ScheduleError, TwoPeopleError
from feedback.models import Release
from feedback.selectors.bad_news import hospitals_with_bad_news
from feedback.selectors.membership import outdated
from feedback.selectors.policies import policy_of
from feedback.services.releases import locked_release
from privacy.roles import Permission
from privacy.viewer import Viewer, require
from tenancy.context import Acting, acting


FARTHEST = timedelta(days=366)
SLACK = timedelta(minutes=10)  # a page that was open for a while must not be told that it is too late by a minute


@transaction.atomic
def publish_release(*, release: Release, reason: str = "", by: Viewer) -> Release:
    """Release to members now: somebody other than the approver decides, then a worker writes what members may see.

    Members see it once that is written, so that nobody ever sees a release without its comparison.
    """
    require(by, Permission.RELEASE_PUBLISH)
    current, now = _approved(release, by), timezone.now()
    current.early_reason = _early_reason(current, now, reason)
    current.save(update_fields=["early_reason"])
    _begin(current, by, now)
    return current


@transaction.atomic
def schedule_release(*, release: Release, at: datetime, reason: str = "", by: Viewer) -> Release:
    """Let members see it at a moment; hospitals with bad news have theirs the programme's days before."""
    require(by, Permission.RELEASE_PUBLISH)
    current, now = _approved(release, by), timezone.now()
    if at <= now:
        raise ScheduleError("This moment is over. Choose a later one, or release now.")
    if at > now + FARTHEST:
        raise ScheduleError("This is more than a year away. Choose an earlier day.")
    current.early_reason = _early_reason(current, at, reason)
    current.state = ReleaseState.SCHEDULED
    current.scheduled_for, current.scheduled_at, current.scheduled_by_id = at, now, by.user_id
    current.save(update_fields=["state", "scheduled_for", "scheduled_at", "scheduled_by", "early_reason"])
    record_event(EventKind.RELEASE_SCHEDULED, by=by, subject=current)
    queue_job("feedback.give_notice", title=f"Private notices of release {current.name}", subject=current, by=by)
    return current


@transaction.atomic
def cancel_schedule(*, release: Release, by: Viewer) -> Release:
    """Back to approved; notices are closed in the same moment, as they are open only while it is scheduled."""
    require(by, Permission.RELEASE_PUBLISH)
    current = locked_release(release, by)
    if current.state != ReleaseState.SCHEDULED:
        raise ReleaseStateError(f"Release {current.name} is not scheduled, so there is nothing to cancel.")
    current.state, current.early_reason = ReleaseState.APPROVED, ""
    current.scheduled_for = current.scheduled_at = current.scheduled_by = None
    current.save(update_fields=["state", "scheduled_for", "scheduled_at", "scheduled_by", "early_reason"])
    record_event(EventKind.RELEASE_UNSCHEDULED, by=by, subject=current)
    return current


def publish_everywhere() -> None:
    """Every collaborative's releases that are due, each in a transaction of its own."""
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            publish_due(key, timezone.now())


@transaction.atomic
def publish_due(collaborative_id: int, now: datetime) -> Release | None:
    """Begin to release what was due first, one at a time so that the later one supersedes the earlier.

    Doing it again, or hours late after an outage, finds the rest.
    """
    releases = Release.objects.filter(collaborative_id=collaborative_id)
    due = releases.filter(state=ReleaseState.SCHEDULED, scheduled_for__lte=now).order_by("scheduled_for", "pk")
    release = due.select_for_update(skip_locked=True).first()
    if release is None or releases.filter(state=ReleaseState.RELEASING).exists():
        return None
    _begin(release, worker_viewer(Collaborative.objects.get(pk=collaborative_id)), now)
    return release


def _begin(release: Release, by: Viewer, now: datetime) -> None:
    """From here on a worker writes what members see; the job is in the table, so a crash only delays it."""
    release.state, release.released_at = ReleaseState.RELEASING, now
    release.released_by_id = release.scheduled_by_id or by.user_id
    release.save(update_fields=["state", "released_at", "released_by"])
    record_event(EventKind.RELEASE_PUBLISHED, by=by, subject=release)
    queue_job("feedback.publish_release", title=f"Release {release.name} to members", subject=release, by=by)


def _approved(release: Release, by: Viewer) -> Release:
    current = locked_release(release, by)
    if current.state != ReleaseState.APPROVED:
        raise ReleaseStateError(
            f"Release {current.name} cannot be released now. A biostatistician approves it first; then it is released once."
        )
    if other := Release.objects.filter(collaborative_id=by.collaborative_id, state=ReleaseState.RELEASING).first():
        raise ReleaseStateError(f"Release {other.name} is being released. Wait until members see it, then go on.")
    if current.approved_by_id == by.user_id:
        raise TwoPeopleError("You approved this release, so somebody else has to release it.")
    if outdated(current):
        raise ReleaseStateError(
            f"Since {current.name} was computed members have seen another release, and beside it the distance to a "
            "benchmark would tell who joined or left. Discard this one and draft it again."
        )
    return current


def _early_reason(release: Release, at: datetime, reason: str) -> str:
    """The reason, where hospitals with bad news have less time with it than the programme promises; else nothing."""
    collaborative = Collaborative.objects.get(pk=release.collaborative_id)
    policy = policy_of(release.collaborative_id)
    earliest = timezone.now() + policy.notice
    if at >= earliest - SLACK or not (hospitals := hospitals_with_bad_news(release)):
        return ""
    if reason.strip():
        return reason.strip()
    have = "hospital has" if hospitals == 1 else "hospitals have"
    raise ReasonMissingError(
        f"{hospitals} {have} results to read in private {policy.notice_days} days before members. Choose "
        f"{told_in(earliest, collaborative.time_zone)} or later, or write why it cannot wait."
    )
