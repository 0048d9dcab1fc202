"""The steps of a release that people take: draft, approve, publish, discard. The numbers are a worker's work."""

from calendar import monthrange
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from events.enums import EventKind
from events.services import queue_job, record_event
from feedback.enums import ReleaseState
from feedback.errors import ReleaseNameTakenError, ReleaseStateError, TwoPeopleError, WindowError
from feedback.models import Release
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def draft_release(*, name: str, window_from: date, window_to: date, by: Viewer) -> Release:
    """Close a window of whole months and let a worker compute its results."""
    require(by, Permission.RELEASE_BUILD)
    _check_window(window_from, window_to)
    if _open_releases(by).filter(name=name).exists():
        raise ReleaseNameTakenError(
            f"There is a release {name} already. Choose another name, or discard that release first."
        )
    release = Release.objects.create(
        collaborative_id=by.collaborative_id,
        name=name,
        window_from=window_from,
        window_to=window_to,
        created_by_id=by.user_id or None,
    )
    record_event(EventKind.RELEASE_DRAFTED, by=by, subject=release)
    queue_job("feedback.compute_release", title=f"Compute release {name}", subject=release, by=by)
    return release


@transaction.atomic
def approve_release(*, release: Release, by: Viewer) -> Release:
    """The biostatistician has looked at the models and stands for the numbers."""
    require(by, Permission.RELEASE_APPROVE)
    current = _locked(release, by)
    if current.state != ReleaseState.DRAFT:
        raise ReleaseStateError(
            f"Release {current.name} is {current.get_state_display().lower()}; only a draft can be approved."
        )
    current.state, current.approved_at, current.approved_by_id = ReleaseState.APPROVED, timezone.now(), by.user_id
    current.save(update_fields=["state", "approved_at", "approved_by"])
    record_event(EventKind.RELEASE_APPROVED, by=by, subject=current)
    return current


@transaction.atomic
def publish_release(*, release: Release, by: Viewer) -> Release:
    """Release to members: somebody other than the approver decides, then a worker writes what members may see.

    The state stays approved until that is written, so that nobody ever sees a release without its comparison.
    """
    require(by, Permission.RELEASE_PUBLISH)
    current = _locked(release, by)
    if current.state != ReleaseState.APPROVED or current.released_at is not None:
        raise ReleaseStateError(
            f"Release {current.name} cannot be released now. A biostatistician approves it first; then it is released once."
        )
    if current.approved_by_id == by.user_id:
        raise TwoPeopleError("You approved this release, so somebody else has to release it.")
    current.released_at, current.released_by_id = timezone.now(), by.user_id
    current.save(update_fields=["released_at", "released_by"])
    record_event(EventKind.RELEASE_PUBLISHED, by=by, subject=current)
    queue_job("feedback.publish_release", title=f"Release {current.name} to members", subject=current, by=by)
    return current


@transaction.atomic
def discard_release(*, release: Release, by: Viewer) -> Release:
    """Put a release aside before members have seen it; its name becomes free again."""
    require(by, Permission.RELEASE_BUILD)
    current = _locked(release, by)
    waiting = {ReleaseState.COMPUTING, ReleaseState.DRAFT, ReleaseState.APPROVED}
    if current.state not in waiting or current.released_at is not None:
        raise ReleaseStateError(
            f"Release {current.name} has gone to members and stays. Draft a new release to correct it."
        )
    current.state = ReleaseState.DISCARDED
    current.save(update_fields=["state"])
    record_event(EventKind.RELEASE_DISCARDED, by=by, subject=current)
    return current


@transaction.atomic
def withdraw_release(*, release: Release, reason: str, by: Viewer) -> Release:
    """Take the release in force back from members, saying why; the one before is in force again, with that notice."""
    require(by, Permission.RELEASE_PUBLISH)
    current = _locked(release, by)
    if current.state != ReleaseState.RELEASED:
        raise ReleaseStateError(f"Release {current.name} is not in force, so there is nothing to withdraw.")
    if not reason.strip():
        raise ReleaseStateError("Not withdrawn. Write why: members read it.")
    current.state, current.withdrawn_at, current.withdrawn_by_id = ReleaseState.WITHDRAWN, timezone.now(), by.user_id
    current.withdrawn_reason = reason.strip()
    current.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    _bring_back(current)
    record_event(EventKind.RELEASE_WITHDRAWN, by=by, subject=current)
    return current


def _bring_back(withdrawn: Release) -> None:
    earlier = Release.objects.filter(collaborative_id=withdrawn.collaborative_id, state=ReleaseState.SUPERSEDED)
    before = earlier.order_by("-released_at").first()
    if before is None:
        return
    day = timezone.localdate()
    before.notice = f"Release {withdrawn.name} was withdrawn on {day:%-d %B %Y}: {withdrawn.withdrawn_reason}"
    before.state = ReleaseState.RELEASED
    before.save(update_fields=["state", "notice"])


def _open_releases(by: Viewer) -> QuerySet[Release]:
    return Release.objects.filter(collaborative_id=by.collaborative_id).exclude(state=ReleaseState.DISCARDED)


def _locked(release: Release, by: Viewer) -> Release:
    return Release.objects.select_for_update().get(pk=release.pk, collaborative_id=by.collaborative_id)


def _check_window(window_from: date, window_to: date) -> None:
    """Whole months only, so that a release counts exactly what the hospitals' own month counts say."""
    last = monthrange(window_to.year, window_to.month)[1]
    if window_from > window_to:
        raise WindowError(f"The window ends ({window_to}) before it begins ({window_from}).")
    if window_from.day != 1 or window_to.day != last:
        raise WindowError(
            "A window is made of whole months: begin on the first day of a month and end on the last day of one."
        )
