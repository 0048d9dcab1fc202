"""The steps of a release that people take: draft, approve, discard, withdraw. When members see it is in `scheduling`."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from collaboratives.selectors.clock import today_at
from collaboratives.selectors.naming import naming_problem
from events.enums import EventKind
from events.services import queue_job, record_event
from feedback.enums import CheckState, ReleaseState
from feedback.errors import ReasonMissingError, ReleaseNameTakenError, ReleaseStateError, WindowError
from feedback.models import Release, ReleaseCheckReason
from feedback.selectors.gate import latest_checks
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
def approve_release(*, release: Release, reasons: Mapping[str, str] | None = None, by: Viewer) -> Release:
    """The biostatistician has looked at the checks and the models and stands for the numbers.

    A check that says stop needs a reason; it is kept with the check.
    """
    require(by, Permission.RELEASE_APPROVE)
    current = locked_release(release, by)
    if current.state != ReleaseState.DRAFT:
        raise ReleaseStateError(
            f"Release {current.name} is {current.get_state_display().lower()}; only a draft can be approved."
        )
    _answer_stops(current, reasons or {}, by)
    current.state, current.approved_at, current.approved_by_id = ReleaseState.APPROVED, timezone.now(), by.user_id
    current.save(update_fields=["state", "approved_at", "approved_by"])
    record_event(EventKind.RELEASE_APPROVED, by=by, subject=current)
    return current


def _answer_stops(release: Release, reasons: Mapping[str, str], by: Viewer) -> None:
    stops = [check for check in latest_checks(release) if check.state == CheckState.STOP]
    without = [check for check in stops if not reasons.get(check.name, "").strip()]
    if without:
        labels = ", ".join(f"“{check.get_name_display()}”" for check in without)
        raise ReasonMissingError(
            f"Not approved. Write why the release may go out although these checks say stop: {labels}.",
            tuple(check.name for check in without),
        )
    for check in stops:
        ReleaseCheckReason.objects.create(
            collaborative_id=by.collaborative_id,
            check_row=check,
            reason=reasons[check.name].strip(),
            given_by_id=by.user_id,
        )
        record_event(EventKind.RELEASE_CHECK_ANSWERED, by=by, subject=release, details={"check": check.name})


@transaction.atomic
def discard_release(*, release: Release, by: Viewer) -> Release:
    """Put a release aside before members have seen it; its name becomes free again."""
    require(by, Permission.RELEASE_BUILD)
    current = locked_release(release, by)
    waiting = {ReleaseState.COMPUTING, ReleaseState.DRAFT, ReleaseState.APPROVED}
    if current.state not in waiting or current.released_at is not None:
        raise ReleaseStateError(
            f"Release {current.name} is scheduled or has gone to members. Cancel its schedule first; what members have "
            "seen is withdrawn, with a reason."
        )
    current.state = ReleaseState.DISCARDED
    current.save(update_fields=["state"])
    record_event(EventKind.RELEASE_DISCARDED, by=by, subject=current)
    return current


@transaction.atomic
def withdraw_release(*, release: Release, reason: str, by: Viewer) -> Release:
    """Take the release in force back from members, saying why; the one before is in force again, with that notice."""
    require(by, Permission.RELEASE_PUBLISH)
    current = locked_release(release, by)
    if current.state != ReleaseState.RELEASED:
        raise ReleaseStateError(f"Release {current.name} is not in force, so there is nothing to withdraw.")
    if not reason.strip():
        raise ReleaseStateError("Not withdrawn. Write why: members read it.")
    if problem := naming_problem(reason, collaborative_id=current.collaborative_id, reader=None):
        raise ReleaseStateError(problem)
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
    day = today_at(withdrawn.collaborative_id)
    before.notice = f"Release {withdrawn.name} was withdrawn on {day:%-d %B %Y}: {withdrawn.withdrawn_reason}"
    before.state = ReleaseState.RELEASED
    before.save(update_fields=["state", "notice"])


def _open_releases(by: Viewer) -> QuerySet[Release]:
    return Release.objects.filter(collaborative_id=by.collaborative_id).exclude(state=ReleaseState.DISCARDED)


def locked_release(release: Release, by: Viewer) -> Release:
    """The row as it is now, held until the transaction ends."""
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
