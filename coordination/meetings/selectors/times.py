"""When people check in, and what clocks show."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from coordination.meetings.models import Meeting, MeetingRule


def window(meeting: Meeting, rule: MeetingRule) -> tuple[datetime, datetime]:
    """From when until when."""
    opens = meeting.starts_at - timedelta(minutes=rule.opens_minutes)
    return opens, meeting.ends_at + timedelta(minutes=rule.closes_minutes)


def shown_in(moment: datetime, zone: ZoneInfo) -> datetime:
    """As clocks there show it, without the zone: templates would turn it back into the server's."""
    return moment.astimezone(zone).replace(tzinfo=None)
