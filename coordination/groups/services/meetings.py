"""Meetings of a group are meetings like all others; here it is said whose they are."""

from django.db import transaction
from django.utils import timezone

from coordination.groups.models import AgendaWish, GroupMeeting, WorkingGroup
from coordination.groups.services.asking import require_manager, require_open
from coordination.meetings.definition.plans import Wish
from coordination.meetings.models import Meeting
from coordination.meetings.services.new_meeting import set_up
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


@transaction.atomic
def plan_group_meeting(*, group: WorkingGroup, wish: Wish, by: Viewer) -> Meeting:
    """One meeting or a series, all of this group. What the chair wished for the agenda stood in the form."""
    require_manager(by, group.collaborative_id)
    group = require_open(group, by)
    first = set_up(wish, by=by)
    meetings = list(first.series.meetings.all()) if first.series else [first]
    GroupMeeting.objects.bulk_create(
        [GroupMeeting(collaborative_id=group.collaborative_id, group=group, meeting=each) for each in meetings]
    )
    AgendaWish.objects.filter(group=group, ended_at=None).update(ended_at=timezone.now())
    details = {"group": group.pk, "meetings": len(meetings)}
    record_event(EventKind.GROUP_MEETING_PLANNED, by=by, subject=first, details=details)
    return first
