"""Whose lists an event may change. Too many are marked rather than too few; what never changes one is named here."""

from django.db.models import Q

from events.enums import EventKind
from events.models import Event
from privacy.roles import Capacity


# Saved every few seconds while somebody writes, and nobody's task.
NOBODYS = {
    EventKind.DRAFT_SAVED,
    EventKind.MINUTES_SAVED,
    EventKind.AGENDA_CHANGED,
    EventKind.TRAINING_WRITTEN,
    EventKind.TRAINING_MODULE_READ,
    EventKind.EXERCISE_SAVED,
    EventKind.AUDIT_CASE_SAVED,
    EventKind.MEETING_FILE_ADDED,
    EventKind.MEETING_FILE_REMOVED,
    EventKind.RECORDING_ADDED,
    EventKind.RECORDING_REMOVED,
    EventKind.CHECK_IN_CODE_CHANGED,
    EventKind.ANNOUNCEMENT_DRAFTED,
    EventKind.ANNOUNCEMENT_SAVED,
    EventKind.ANNOUNCEMENT_DISCARDED,
    EventKind.ANNOUNCEMENT_SENT,
    EventKind.ANNOUNCEMENT_READ,
    EventKind.ANNOUNCEMENT_REMINDED,
    EventKind.ANNOUNCEMENT_WITHDRAWN,
    EventKind.FEED_MADE,
    EventKind.FEED_REVOKED,
    EventKind.TOKEN_CREATED,
    EventKind.TOKEN_REVOKED,
    EventKind.COMMENT_WRITTEN,
    EventKind.COMMENT_DELETED,
    EventKind.TREND_NOTED,
    EventKind.TREND_NOTE_REMOVED,
}
# Work on a case: its own hospital's matter until it asks somebody.
ITS_HOSPITALS = {EventKind.CASE_SAVED, EventKind.CASE_COMPLETED, EventKind.CASE_REOPENED, EventKind.CASE_ASSIGNED}


def concerned(event: Event) -> Q | None:
    """Which lists of its programme; None for none."""
    if event.kind in NOBODYS:
        return None
    if event.participation_id is not None:
        there = Q(participation=event.participation_id)
        return there if event.kind in ITS_HOSPITALS else there | Q(capacity=Capacity.CENTRE)
    if event.capacity == Capacity.OBSERVER:
        return Q(user=event.actor_id) | Q(capacity=Capacity.CENTRE)
    return Q()
