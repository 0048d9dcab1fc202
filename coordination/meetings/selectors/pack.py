"""What is printed for a meeting: agenda, minutes to approve, what is still to be done."""

from dataclasses import dataclass

from collaboratives.models import Collaborative
from coordination.meetings.enums import MeetingState
from coordination.meetings.models import IssuedMinutes, Meeting
from coordination.meetings.selectors.outcomes import ActionsTab, actions_tab
from coordination.meetings.selectors.page import Agenda, Frame, agenda, frame
from privacy.roles import Permission
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Pack:
    frame: Frame
    agenda: Agenda
    actions: ActionsTab | None
    to_approve: tuple[Meeting, ...]


def meeting_pack(viewer: Viewer, programme: Collaborative, public_id: object) -> Pack:
    shown = frame(viewer, public_id, "agenda")
    joins = viewer.can(Permission.MEETING_JOIN)
    return Pack(
        frame=shown,
        agenda=agenda(viewer, shown.meeting, to_print=True),
        actions=actions_tab(viewer, shown.meeting, programme, to_print=True) if joins else None,
        to_approve=_to_approve(viewer, shown.meeting) if joins else (),
    )


def _to_approve(viewer: Viewer, meeting: Meeting) -> tuple[Meeting, ...]:
    """Earlier meetings whose minutes were sent and wait for approval."""
    waiting = IssuedMinutes.objects.filter(approved_at=None).values("meeting")
    settled = IssuedMinutes.objects.filter(approved_at__isnull=False).values("meeting")
    earlier = Meeting.objects.filter(
        collaborative_id=viewer.collaborative_id, state=MeetingState.ANNOUNCED, starts_at__lt=meeting.starts_at
    )
    return tuple(earlier.filter(pk__in=waiting).exclude(pk__in=settled).order_by("-starts_at")[:3])
