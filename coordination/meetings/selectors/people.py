"""Who was asked to a meeting, who came: a hospital its own people, the centre everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from coordination.meetings.definition.codes import code_of
from coordination.meetings.enums import MeetingState, Mode
from coordination.meetings.models import Attendance, Invitee, Meeting
from coordination.meetings.selectors.rules import rule_of
from coordination.meetings.selectors.times import window
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require


SHOWN = (
    *("public_id", "meeting_id", "user_id", "name", "role", "mode", "late", "counts", "why_not", "substitute_for"),
    *("participation__public_id", "participation__site__name"),
)
NAMED = (
    *("meeting_id", "role", "reply", "user__full_name", "user__public_id"),
    *("participation__public_id", "participation__site__name"),
)


@dataclass(frozen=True, kw_only=True)
class InviteeRow:
    """Somebody who was asked, and whether they are there."""

    key: str
    name: str
    role: str
    hospital: str
    reply: str
    answer: str
    attendance: Attendance | None


@dataclass(frozen=True, kw_only=True)
class PeopleTab:
    rows: tuple[InviteeRow, ...]
    others: tuple[Attendance, ...]
    in_room: int
    remote: int
    hospitals: int
    at_centre: bool
    may_check_in: bool
    checked_in: Attendance | None
    code: str
    window: str
    correct: str


def people_tab(viewer: Viewer, meeting: Meeting) -> PeopleTab:
    require(viewer, Permission.ATTENDANCE_VIEW)
    there = list(_attendances(viewer, meeting))
    by_person = {(each.user_id, each.participation_id): each for each in there if each.user_id}
    rows = [_row(each, by_person.get((each.user_id, each.participation_id))) for each in _invitees(viewer, meeting)]
    asked = {each.attendance.pk for each in rows if each.attendance}
    rule = rule_of(viewer)
    opens, closes = (each.astimezone(ZoneInfo(meeting.time_zone)) for each in window(meeting, rule))
    is_open = meeting.state == MeetingState.ANNOUNCED and opens <= timezone.now() <= closes
    manages = viewer.can(Permission.MEETING_MANAGE)
    return PeopleTab(
        rows=tuple(rows),
        others=tuple(each for each in there if each.pk not in asked),
        in_room=len([each for each in there if each.mode == Mode.ROOM]),
        remote=len([each for each in there if each.mode == Mode.REMOTE]),
        hospitals=len({each.participation_id for each in there if each.participation_id and each.counts}),
        at_centre=viewer.capacity is Capacity.CENTRE,
        may_check_in=viewer.capacity is Capacity.HOSPITAL and is_open,
        checked_in=by_person.get((viewer.user_id, viewer.participation_id)),
        code=code_of(settings.SECRET_KEY, meeting.public_id, meeting.code_turn) if manages else "",
        window=_window(opens, closes),
        correct=f"{reverse('meetings:meeting-list', args=[viewer.collaborative_slug])}attendances/" if manages else "",
    )


def _window(opens: datetime, closes: datetime) -> str:
    if timezone.now() < opens:
        return f"opens {opens:%-d %b %Y, %H:%M}"
    return f"closed since {closes:%-d %b %Y, %H:%M}" if closes < timezone.now() else f"open until {closes:%H:%M}"


def _own(viewer: Viewer) -> Q:
    return Q() if viewer.capacity is Capacity.CENTRE else Q(participation_id=viewer.participation_id or 0)


def _invitees(viewer: Viewer, meeting: Meeting) -> QuerySet[Invitee]:
    found = Invitee.objects.filter(_own(viewer), meeting=meeting).select_related("user", "participation__site")
    named = found.only(*NAMED)  # two hundred rows of four tables each: only what is shown
    return named.order_by(F("participation__site__name").asc(nulls_first=True), "user__full_name", "pk")


def _attendances(viewer: Viewer, meeting: Meeting) -> QuerySet[Attendance]:
    found = Attendance.objects.filter(_own(viewer), meeting=meeting, removed_at=None)
    shown = found.select_related("participation__site").only(*SHOWN)
    return shown.order_by("participation__site__name", "name", "pk")


def _row(invitee: Invitee, attendance: Attendance | None) -> InviteeRow:
    place = invitee.participation
    return InviteeRow(
        key=f"{invitee.user.public_id}.{place.public_id if place else ''}",
        name=invitee.user.full_name,
        role=Role(invitee.role).label,
        hospital=place.site.name if place else "Coordinating centre and observers",
        reply=invitee.reply,
        answer=invitee.get_reply_display(),
        attendance=attendance,
    )


@dataclass(frozen=True, kw_only=True)
class CheckInList:
    """The coordinator's list on the day: whoever was asked and is not there yet, narrowed by what is typed."""

    rows: tuple[InviteeRow, ...]
    invitees: tuple[Invitee, ...]
    waiting: int
    there: int
    hospitals: int


def check_in_list(viewer: Viewer, meeting: Meeting, query: str) -> CheckInList:
    require(viewer, Permission.MEETING_MANAGE)
    there = {(each.user_id, each.participation_id): each for each in _attendances(viewer, meeting)}
    waiting = [each for each in _invitees(viewer, meeting) if (each.user_id, each.participation_id) not in there]
    found = [each for each in waiting if _fits(each, query)] if query.strip() else waiting
    return CheckInList(
        rows=tuple(_row(each, None) for each in found),
        invitees=tuple(found),
        waiting=len(waiting),
        there=len(there),
        hospitals=len({hospital for _, hospital in there if hospital}),
    )


def _fits(invitee: Invitee, query: str) -> bool:
    """Every word typed begins a word of the name, the hospital or the role."""
    hospital = invitee.participation.site.name if invitee.participation else ""
    words = f"{invitee.user.full_name} {hospital} {Role(invitee.role).label}".casefold().split()
    return all(any(word.startswith(typed) for word in words) for typed in query.casefold().split())


def chosen(found: Sequence[Invitee], keys: Sequence[str]) -> list[Invitee]:
    """Those of a list that were ticked."""
    wanted = set(keys)
    return [each for each in found if _row(each, None).key in wanted]
