"""A hospital sets itself a target. Every one that was set is kept; the latest counts."""

from datetime import date

from django.db import transaction

from events.enums import EventKind
from events.services import record_event
from feedback.reviews.models import LocalTarget
from feedback.reviews.validators import LONGEST_REASON, Wish, check_wish, clean_text
from measures.models import Measure, MeasureVersion
from measures.selectors.definitions import PUBLISHED
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


@transaction.atomic
def set_target(*, measure: Measure, wish: Wish, today: date, by: Viewer) -> LocalTarget:
    """`today` is the day where the collaborative works."""
    _require_champion(by)
    check_wish(wish, today, proportion=_is_proportion(measure))
    target = LocalTarget(measure=measure, value=wish.value, by=wish.by, reason=wish.reason)
    return _keep(target, by)


@transaction.atomic
def drop_target(*, measure: Measure, reason: str, by: Viewer) -> LocalTarget:
    """Say that the target holds no more, and why."""
    _require_champion(by)
    return _keep(LocalTarget(measure=measure, value=None, by=None, reason=reason), by)


def _is_proportion(measure: Measure) -> bool:
    """By the version in force; whatever else it is, it has no most."""
    version = MeasureVersion.objects.filter(PUBLISHED, measure=measure, collaborative=measure.collaborative_id).first()
    return version is None or not version.definition.has_value


def _keep(target: LocalTarget, by: Viewer) -> LocalTarget:
    target.collaborative_id, target.participation_id = by.collaborative_id, by.participation_id or 0
    target.reason, target.set_by_id = clean_text(target.reason, "The reason", LONGEST_REASON), by.user_id
    target.save(force_insert=True)
    record_event(EventKind.TARGET_SET, by=by, subject=target, participation_id=by.participation_id)
    return target


def _require_champion(by: Viewer) -> None:
    require(by, Permission.TARGET_SET)
    if by.capacity is not Capacity.HOSPITAL or by.participation_id is None:
        raise PermissionRefusedError(Permission.TARGET_SET)
