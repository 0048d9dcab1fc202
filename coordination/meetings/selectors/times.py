"""When people check in."""

from datetime import datetime, timedelta

from coordination.meetings.models import Meeting, MeetingRule


def window(meeting: Meeting, rule: MeetingRule) -> tuple[datetime, datetime]:
    """From when until when."""
    opens = meeting.starts_at - timedelta(minutes=rule.opens_minutes)
    return opens, meeting.ends_at + timedelta(minutes=rule.closes_minutes)
