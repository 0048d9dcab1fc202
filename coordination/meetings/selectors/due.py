"""What waits for somebody: an invitation to answer, an action to do, a poll, minutes to send."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from collaboratives.definition.due import Due
from coordination.meetings.enums import ActionState, MeetingState, Reply
from coordination.meetings.models import ActionItem, Invitee, IssuedMinutes, Meeting
from coordination.meetings.selectors.times import shown_in
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


def due_for(viewer: Viewer) -> list[Due]:
    """For a person: replies and actions. For those who plan: minutes not sent yet, too."""
    if not viewer.can(Permission.MEETING_VIEW):
        return []
    return [*_replies(viewer), *_actions(viewer), *_minutes(viewer)]


def _address(viewer: Viewer, meeting: Meeting, tab: str = "") -> str:
    address = reverse("meetings:meeting-detail", args=[viewer.collaborative_slug, meeting.public_id])
    return f"{address}?tab={tab}" if tab else address


def _replies(viewer: Viewer) -> list[Due]:
    open_ones = Invitee.objects.filter(
        user_id=viewer.user_id,
        participation=viewer.participation_id,
        reply=Reply.OPEN,
        meeting__collaborative_id=viewer.collaborative_id,
        meeting__state=MeetingState.ANNOUNCED,
        meeting__ends_at__gt=timezone.now(),
    )
    return [
        Due(
            kind="meeting_reply",
            title=f"Say whether you come: {each.meeting.title}",
            url=_address(viewer, each.meeting),
            due_on=shown_in(each.meeting.starts_at, ZoneInfo(each.meeting.time_zone)).date(),
            since=each.invited_at.date(),
        )
        for each in open_ones.select_related("meeting").order_by("meeting__starts_at")
    ]


def _actions(viewer: Viewer) -> list[Due]:
    """The viewer's own, and those of their hospital, or of the centre where no person is named."""
    if not viewer.can(Permission.MEETING_JOIN):
        return []
    here = Q(owner_id=viewer.user_id) | Q(owner=None, participation=viewer.participation_id)
    if viewer.capacity is Capacity.CENTRE and viewer.can(Permission.MEETING_MANAGE):
        here |= Q(due_on__lt=timezone.now().date())  # what is overdue anywhere is the coordinator's to ask about
    found = ActionItem.objects.filter(here, collaborative_id=viewer.collaborative_id, state=ActionState.OPEN)
    return [
        Due(
            kind="meeting_action",
            title=each.text,
            url=_address(viewer, each.meeting, "actions"),
            due_on=each.due_on,
            since=each.noted_at.date(),
            hospital=each.participation.public_id if each.participation else None,
        )
        for each in found.select_related("meeting", "participation").order_by("due_on", "pk")
    ]


def _minutes(viewer: Viewer) -> list[Due]:
    if not viewer.can(Permission.MEETING_MANAGE):
        return []
    now = timezone.now()
    over = Meeting.objects.filter(
        ~Exists(IssuedMinutes.objects.filter(meeting=OuterRef("pk"))),
        collaborative_id=viewer.collaborative_id,
        state=MeetingState.ANNOUNCED,
        ends_at__lt=now,
        ends_at__gt=now - timedelta(days=90),
    )
    return [
        Due(
            kind="meeting_minutes",
            title=f"Send the minutes: {each.title}",
            url=_address(viewer, each, "minutes"),
            due_on=(each.ends_at + timedelta(days=14)).date(),
            since=each.ends_at.date(),
        )
        for each in over
    ]
