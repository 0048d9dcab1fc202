"""What a group decided, which everybody reads, and what its chair wants on the next agenda."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from coordination.groups.errors import GroupError
from coordination.groups.models import AgendaWish, GroupDecision, WorkingGroup
from coordination.groups.services.asking import known_as, refuse_names, require_leader, require_manager
from coordination.groups.validators import clean_line
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


@transaction.atomic
def record_decision(*, group: WorkingGroup, text: str, decided_on: date, today: date, by: Viewer) -> GroupDecision:
    group = require_leader(group, by)
    text = clean_line(text, "The decision")
    refuse_names([text], by=by)
    if decided_on > today:
        raise GroupError(f"{decided_on:%-d %B %Y} is still to come. Give the day on which it was decided.")
    if decided_on < group.founded_on:
        raise GroupError(f"The group was founded on {group.founded_on:%-d %B %Y}. Check the day of the decision.")
    decision = GroupDecision.objects.create(
        collaborative_id=group.collaborative_id,
        group=group,
        text=text,
        decided_on=decided_on,
        recorded_by_id=by.user_id,
        recorded_as=known_as(group, by),
    )
    details = {"group": group.pk}
    record_event(
        EventKind.GROUP_DECIDED, by=by, subject=decision, participation_id=by.participation_id, details=details
    )
    return decision


@transaction.atomic
def remove_decision(*, decision: GroupDecision, by: Viewer) -> None:
    """It was noted wrongly. The row stays in the history."""
    require_manager(by, decision.collaborative_id)
    if GroupDecision.objects.filter(pk=decision.pk, removed_at=None).update(removed_at=timezone.now()):
        record_event(EventKind.GROUP_DECISION_REMOVED, by=by, subject=decision, details={"group": decision.group_id})


@transaction.atomic
def wish_point(*, group: WorkingGroup, text: str, by: Viewer) -> AgendaWish:
    """A point for the agenda of the next meeting; it stands in the form when the centre plans that."""
    group = require_leader(group, by)
    text = clean_line(text, "The point", 200)
    refuse_names([text], by=by)
    wish = AgendaWish.objects.create(
        collaborative_id=group.collaborative_id, group=group, text=text, wished_as=known_as(group, by)
    )
    details = {"group": group.pk}
    record_event(EventKind.GROUP_WISHED, by=by, subject=wish, participation_id=by.participation_id, details=details)
    return wish


@transaction.atomic
def end_wish(*, wish: AgendaWish, by: Viewer) -> None:
    require_leader(wish.group, by)
    if AgendaWish.objects.filter(pk=wish.pk, ended_at=None).update(ended_at=timezone.now()):
        details = {"group": wish.group_id}
        record_event(
            EventKind.GROUP_WISH_ENDED, by=by, subject=wish, participation_id=by.participation_id, details=details
        )
