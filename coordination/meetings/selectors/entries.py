"""Meetings as calendar entries, with what a mail or a file of them may say: title, time, place, link. Nothing else."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from coordination.meetings.definition.entries import Entry, Rule, message
from coordination.meetings.enums import MeetingState
from coordination.meetings.models import Meeting, Series
from coordination.meetings.selectors.visible import meeting_for
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class CalendarFile:
    name: str
    content: bytes


def address_of(meeting: Meeting, slug: str) -> str:
    return f"{settings.BASE_URL}{reverse('meetings:meeting-detail', args=[slug, meeting.public_id])}"


def entry_of(meeting: Meeting, slug: str) -> Entry:
    ruled = bool(meeting.series and meeting.series.is_ruled)
    url = address_of(meeting, slug)
    return Entry(
        uid=meeting.uid,
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        time_zone=meeting.time_zone,
        sequence=meeting.sequence,
        stamp=timezone.now(),
        url=url,
        place=meeting.place or ("Online" if meeting.remote_link else ""),
        words="\n".join(each for each in (_joining(meeting), f"Agenda and replies: {url}") if each),
        planned_at=meeting.planned_at if ruled else None,
        cancelled=meeting.state == MeetingState.CANCELLED,
    )


def _joining(meeting: Meeting) -> str:
    return f"Join: {meeting.remote_link}" if meeting.remote_link else ""


def rule_of_series(series: Series) -> Rule:
    return Rule(
        starts_at=series.starts_at,
        ends_at=series.starts_at + timedelta(minutes=series.minutes),
        months=int(series.repeat),
        count=series.count,
    )


def series_entries(series: Series, slug: str) -> list[Entry]:
    """Every date that the rule has, in its order, as it is today."""
    meetings = series.meetings.select_related("series").order_by("planned_at")
    return [entry_of(each, slug) for each in meetings]


def meeting_file(viewer: Viewer, public_id: object) -> CalendarFile:
    """One meeting, to open in a calendar program."""
    meeting = meeting_for(viewer, public_id)
    if meeting.state == MeetingState.DRAFT:
        raise Http404
    entry = entry_of(meeting, viewer.collaborative_slug)
    return CalendarFile(name=f"meeting-{entry.starts_at:%Y-%m-%d}.ics", content=message([entry], method="PUBLISH"))
