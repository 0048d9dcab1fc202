"""Who may, asked again for the row that is changed."""

from collections.abc import Iterable

from collaboratives.selectors.naming import naming_problem
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import Meeting
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


def require_manager(by: Viewer, collaborative_id: int) -> None:
    require(by, Permission.MEETING_MANAGE)
    if by.capacity is not Capacity.CENTRE or collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.MEETING_MANAGE)


def require_hospital(by: Viewer, collaborative_id: int) -> int:
    """The hospital for which this person speaks at a meeting."""
    require(by, Permission.MEETING_JOIN)
    if by.capacity is not Capacity.HOSPITAL or by.participation_id is None or collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.MEETING_JOIN)
    return by.participation_id


def held(meeting: Meeting, by: Viewer) -> Meeting:
    """The meeting, locked for this transaction, for those who plan it."""
    require_manager(by, meeting.collaborative_id)
    return Meeting.objects.select_for_update(of=("self",)).select_related("series", "collaborative").get(pk=meeting.pk)


def refuse_names(texts: Iterable[str], *, by: Viewer) -> None:
    """What every member, their calendars and their mails read names no hospital."""
    if problem := naming_problem(" | ".join(texts), collaborative_id=by.collaborative_id, reader=None):
        raise MeetingError(problem.replace("another hospital reads", "every member reads"))
