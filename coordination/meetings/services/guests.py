"""People whom the coordinator notes: those found on the list, and those who came without being asked."""

from collections.abc import Mapping, Sequence

from collaboratives.models import Participation
from coordination.meetings.enums import Mode
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import Invitee, Meeting
from coordination.meetings.selectors.people import check_in_list, chosen
from coordination.meetings.services.checking_in import Guest, note_attendance
from privacy.roles import Permission, Role
from privacy.viewer import Viewer, require


def note_found(meeting: Meeting, query: str, ticked: Sequence[str], mode: Mode, *, by: Viewer) -> list[str]:
    """Note those who were ticked, or the one whom the typed words leave; their names.

    Raises
    ------
    MeetingError
        The words fit nobody, or several.
    """
    page = check_in_list(by, meeting, "" if ticked else query)
    people = chosen(page.invitees, ticked) if ticked else list(page.invitees)
    if not ticked and not query.strip():
        raise MeetingError("Type the beginning of a name, or tick who is there.")
    if not people:
        raise MeetingError(f"Nobody who was invited and is not there yet fits «{query}».")
    if not ticked and len({each.user_id for each in people}) > 1:
        raise MeetingError(f"«{query}» fits {len(people)} people. Type more, or tick the right one.")
    noted = note_attendance(meeting=meeting, guests=[_guest(each, mode) for each in people], by=by)
    return sorted({each.name for each in noted})


def _guest(invitee: Invitee, mode: Mode) -> Guest:
    return Guest(
        name=invitee.user.full_name,
        role=Role(invitee.role),
        mode=mode,
        participation=invitee.participation,
        user=invitee.user,
    )


def guest_of(asked: Mapping[str, str], *, by: Viewer) -> Guest:
    """Somebody who has no invitation, from what the coordinator wrote."""
    require(by, Permission.MEETING_MANAGE)
    members = Participation.objects.filter(collaborative_id=by.collaborative_id)
    hospital = members.filter(public_id=asked["hospital"]).first() if asked["hospital"] else None
    return Guest(
        name=asked["name"],
        role=Role(asked["role"]),
        mode=Mode(asked["mode"]),
        participation=hospital,
        substitute_for=asked["substitute_for"],
    )
