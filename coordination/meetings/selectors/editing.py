"""What stands in the form of a meeting that is changed, and whose agenda a new one can take over."""

from zoneinfo import ZoneInfo

from coordination.meetings.models import Meeting
from privacy.roles import Permission
from privacy.viewer import Viewer, require


def plan_values(meeting: Meeting) -> dict[str, object]:
    """As clocks in the meeting's time zone show it."""
    zone = ZoneInfo(meeting.time_zone)
    starts, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
    return {
        "title": meeting.title,
        "kind": meeting.kind,
        "day": starts.date(),
        "last_day": ends.date() if ends.date() != starts.date() else None,
        "starts": f"{starts:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "time_zone": meeting.time_zone,
        "place": meeting.place,
        "remote_link": meeting.remote_link,
        "summary": meeting.summary,
    }


def latest_with_agenda(viewer: Viewer) -> list[Meeting]:
    """Meetings with an agenda, the latest first."""
    require(viewer, Permission.MEETING_MANAGE)
    found = Meeting.objects.filter(
        collaborative_id=viewer.collaborative_id, items__isnull=False, items__removed_at=None
    )
    return list(found.distinct().order_by("-starts_at")[:6])
