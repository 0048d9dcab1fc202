"""Meetings as dates of the calendar."""

from datetime import UTC, date, datetime, time, timedelta

from django.urls import reverse

from collaboratives.definition.due import DatedThing
from coordination.meetings.enums import MeetingState
from coordination.meetings.selectors.visible import meetings_of
from privacy.roles import Permission
from privacy.viewer import Viewer


DAY = timedelta(days=1)


def dates_for(viewer: Viewer, first: date, last: date) -> list[DatedThing]:
    """Meetings that were announced, from a day to another, cancelled ones marked; one statement."""
    if not viewer.can(Permission.MEETING_VIEW):
        return []
    begins, ends = (datetime.combine(day, time(), UTC) for day in (first - DAY, last + 2 * DAY))
    found = meetings_of(viewer).filter(starts_at__lt=ends, ends_at__gte=begins).exclude(state=MeetingState.DRAFT)
    return [
        DatedThing(
            kind="meeting",
            title=each.title,
            url=reverse("meetings:meeting-detail", args=[viewer.collaborative_slug, each.public_id]),
            starts=each.starts_at,
            ends=each.ends_at,
            place=each.place or ("Online" if each.remote_link else ""),
            cancelled=each.state == MeetingState.CANCELLED,
            uid=f"meeting-{each.public_id}@colloquy",
        )
        for each in found
    ]
