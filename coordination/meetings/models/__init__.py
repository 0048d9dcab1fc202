from coordination.meetings.models.meeting import (
    AgendaItem,
    Meeting,
    MeetingFile,
    MeetingRule,
    Recording,
    Series,
)
from coordination.meetings.models.outcome import (
    ActionItem,
    Decision,
    IssuedMinutes,
    Minutes,
    PollAnswer,
    PollCount,
    PollQuestion,
)
from coordination.meetings.models.people import Attendance, CalendarFeed, Invitee, MeetingMail


__all__ = [
    "ActionItem",
    "AgendaItem",
    "Attendance",
    "CalendarFeed",
    "Decision",
    "Invitee",
    "IssuedMinutes",
    "Meeting",
    "MeetingFile",
    "MeetingMail",
    "MeetingRule",
    "Minutes",
    "PollAnswer",
    "PollCount",
    "PollQuestion",
    "Recording",
    "Series",
]
