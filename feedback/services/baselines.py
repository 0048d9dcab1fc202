"""Begin the limits of a hospital's chart anew, and take that back. `before.anew_of` tells a release.

The champion of the hospital decides: what changed, and whether it is to last, is known there, and the champion is who
sets what the hospital aims at too. The centre reads who, when and why, beside the old limits; it changes no hospital's
chart. New limits can hide a change for the worse, so they need a reason, and the points to show for it (STATISTICS 7).
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from events.enums import EventKind
from events.services import record_event
from feedback.errors import BaselineError
from feedback.models import BaselineChange, SiteResult
from feedback.models.baselines import LONGEST_REASON
from feedback.selectors.over_time import shift_from
from measures.models import Measure
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


LONGEST_SIGNATURE = 150


@transaction.atomic
def begin_baseline(*, measure: Measure, month: date, reason: str, by: Viewer) -> BaselineChange:
    """Limits of the next release rest on the points from this month on.

    Raises
    ------
    BaselineError
        The released chart does not show that anything changed then, or the month has a new baseline already.
    """
    hospital = _hospital(by)
    if measure.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.BASELINE_SET)
    month, reason = month.replace(day=1), " ".join(reason.split())[:LONGEST_REASON]
    if problem := _problem(measure, hospital, month):
        raise BaselineError(problem)
    change = BaselineChange(
        collaborative_id=by.collaborative_id, participation_id=hospital, measure=measure, month=month, reason=reason
    )
    change.signature, change.set_by_id = by.name[:LONGEST_SIGNATURE], by.user_id
    change.save(force_insert=True)
    record_event(EventKind.BASELINE_SET, by=by, subject=change, participation_id=hospital)
    return change


def _problem(measure: Measure, hospital: int, month: date) -> str:
    known = BaselineChange.objects.filter(participation_id=hospital, measure=measure, month=month, ended_at=None)
    if known.exists():
        return f"The baseline begins anew in {month:%b %Y} already."
    found = SiteResult.objects.filter(participation_id=hospital, measure_version__measure=measure)
    result = found.order_by("-release__released_at").first()
    return shift_from(result.control if result else {}, month)


@transaction.atomic
def end_baseline(*, change: BaselineChange, by: Viewer) -> None:
    """Go back to the limits there were; the row stays."""
    if change.participation_id != _hospital(by) or change.ended_at is not None:
        raise PermissionRefusedError(Permission.BASELINE_SET)
    change.ended_at, change.ended_by_id = timezone.now(), by.user_id
    change.save(update_fields=["ended_at", "ended_by"])
    record_event(EventKind.BASELINE_ENDED, by=by, subject=change, participation_id=by.participation_id)


def _hospital(by: Viewer) -> int:
    require(by, Permission.BASELINE_SET)
    if by.participation_id is None:
        raise PermissionRefusedError(Permission.BASELINE_SET)
    return by.participation_id
