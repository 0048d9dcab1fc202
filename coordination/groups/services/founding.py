"""Found a group, say what it is for, close it."""

from datetime import date

from django.db import transaction

from coordination.groups.errors import GroupError
from coordination.groups.models import Admission, WorkingGroup
from coordination.groups.services.asking import refuse_names, require_manager, require_open
from coordination.groups.services.joining import settle
from coordination.groups.validators import LONGEST_NAME, LONGEST_REMIT, clean_line, clean_text
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


@transaction.atomic
def found_group(*, name: str, remit: str, founded_on: date, by: Viewer) -> WorkingGroup:
    require_manager(by, by.collaborative_id)
    name, remit = _cleaned(name, remit, by)
    _refuse_twice(name, by)
    group = WorkingGroup.objects.create(
        collaborative_id=by.collaborative_id,
        name=name,
        remit=remit,
        founded_on=founded_on,
        created_by_id=by.user_id,
    )
    record_event(EventKind.GROUP_FOUNDED, by=by, subject=group)
    return group


@transaction.atomic
def change_group(*, group: WorkingGroup, name: str, remit: str, founded_on: date, by: Viewer) -> WorkingGroup:
    require_manager(by, group.collaborative_id)
    group = require_open(group, by)
    name, remit = _cleaned(name, remit, by)
    if name.casefold() != group.name.casefold():
        _refuse_twice(name, by)
    group.name, group.remit, group.founded_on = name, remit, founded_on
    group.save(update_fields=["name", "remit", "founded_on"])
    record_event(EventKind.GROUP_CHANGED, by=by, subject=group)
    return group


@transaction.atomic
def close_group(*, group: WorkingGroup, reason: str, today: date, by: Viewer) -> WorkingGroup:
    """Nobody joins or writes any more; members and the centre still read what it left."""
    require_manager(by, group.collaborative_id)
    group = require_open(group, by)
    reason = clean_line(reason, "The reason")
    refuse_names([reason], by=by)
    group.closed_on, group.closed_because = today, reason
    group.save(update_fields=["closed_on", "closed_because"])
    settle(Admission.objects.filter(group=group))
    record_event(EventKind.GROUP_CLOSED, by=by, subject=group)
    return group


def _cleaned(name: str, remit: str, by: Viewer) -> tuple[str, str]:
    name = clean_line(name, "The name", LONGEST_NAME)
    remit = clean_text(remit, "The remit", LONGEST_REMIT)
    refuse_names([name, remit], by=by)
    return name, remit


def _refuse_twice(name: str, by: Viewer) -> None:
    same = WorkingGroup.objects.filter(collaborative_id=by.collaborative_id, name__iexact=name, closed_on=None)
    if same.exists():
        raise GroupError(f"There is an open group «{name}» already. Give this one another name.")
