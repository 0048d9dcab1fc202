"""Meetings that a viewer may open, and what belongs to them; anything else is 404."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from coordination.meetings.enums import MeetingState
from coordination.meetings.models import (
    ActionItem,
    AgendaItem,
    Attendance,
    Decision,
    Meeting,
    MeetingFile,
    PollQuestion,
    Recording,
)
from privacy.roles import Permission
from privacy.viewer import Viewer, require


M = TypeVar("M", bound=Model)


def meetings_of(viewer: Viewer) -> QuerySet[Meeting]:
    """Members and observers see what was announced; those who plan see drafts too."""
    require(viewer, Permission.MEETING_VIEW)
    return meetings_in(viewer.collaborative_id, drafts=viewer.can(Permission.MEETING_MANAGE))


def meetings_in(collaborative_id: int, *, drafts: bool) -> QuerySet[Meeting]:
    found = Meeting.objects.filter(collaborative_id=collaborative_id)
    return found if drafts else found.exclude(state=MeetingState.DRAFT)


def meeting_for(viewer: Viewer, public_id: Any) -> Meeting:  # noqa: ANN401 -- a UUID from an address
    return _one(meetings_of(viewer).select_related("series"), public_id)


def item_for(viewer: Viewer, public_id: UUID) -> AgendaItem:
    items = AgendaItem.objects.filter(removed_at=None, meeting__in=meetings_of(viewer))
    return _one(items.select_related("meeting", "measure"), public_id)


def file_for(viewer: Viewer, public_id: UUID) -> MeetingFile:
    """A file with its content. Observers have no right to the table."""
    require(viewer, Permission.MEETING_JOIN)
    files = MeetingFile.objects.filter(removed_at=None, meeting__in=meetings_of(viewer))
    return _one(files.select_related("meeting"), public_id)


def files_of(item: AgendaItem) -> list[MeetingFile]:
    return list(item.files.filter(removed_at=None).defer("data"))


def recording_for(viewer: Viewer, public_id: UUID) -> Recording:
    found = Recording.objects.filter(removed_at=None, meeting__in=meetings_of(viewer))
    return _one(found.select_related("meeting"), public_id)


def attendance_for(viewer: Viewer, public_id: UUID) -> Attendance:
    require(viewer, Permission.ATTENDANCE_VIEW)
    found = Attendance.objects.filter(collaborative_id=viewer.collaborative_id)
    return _one(found.select_related("meeting"), public_id)


def decision_for(viewer: Viewer, public_id: UUID) -> Decision:
    found = Decision.objects.filter(removed_at=None, collaborative_id=viewer.collaborative_id)
    return _one(found.select_related("meeting"), public_id)


def action_for(viewer: Viewer, public_id: UUID) -> ActionItem:
    """An action of all, or one of the own hospital."""
    found = ActionItem.objects.filter(meeting__in=meetings_of(viewer))
    if viewer.participation_id:
        found = found.filter(Q(participation=None) | Q(participation_id=viewer.participation_id))
    return _one(found.select_related("meeting"), public_id)


def question_for(viewer: Viewer, public_id: UUID) -> PollQuestion:
    found = PollQuestion.objects.filter(meeting__in=meetings_of(viewer))
    return _one(found.select_related("meeting", "measure"), public_id)


def _one(found: QuerySet[M], public_id: Any) -> M:  # noqa: ANN401 -- a UUID from an address
    row = found.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row
