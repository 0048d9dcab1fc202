"""Decisions and actions, noted as they are said."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from collaboratives.models import Participation
from coordination.meetings.enums import ActionState
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import ActionItem, Decision, Meeting
from coordination.meetings.services.asking import held, refuse_names, require_manager
from coordination.meetings.validators import LONGEST_WORDS, clean_line
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be done, by whom, until when. Neither owner nor hospital: the centre as a whole."""

    text: str
    hospital: Participation | None = None
    owner: User | None = None
    due_on: date | None = None


@transaction.atomic
def decide(*, meeting: Meeting, text: str, by: Viewer) -> Decision:
    meeting = held(meeting, by)
    text = clean_line(text, "The decision", LONGEST_WORDS)
    refuse_names([text], by=by)
    decision = Decision.objects.create(
        collaborative_id=meeting.collaborative_id, meeting=meeting, text=text, noted_by_id=by.user_id
    )
    record_event(EventKind.MEETING_DECIDED, by=by, subject=decision)
    return decision


@transaction.atomic
def remove_decision(*, decision: Decision, by: Viewer) -> None:
    """It was noted wrongly; the row stays in the history."""
    require_manager(by, decision.collaborative_id)
    if decision.removed_at is None:
        decision.removed_at = timezone.now()
        decision.save(update_fields=["removed_at"])
        record_event(EventKind.DECISION_REMOVED, by=by, subject=decision)


@transaction.atomic
def note_action(*, meeting: Meeting, task: Task, by: Viewer) -> ActionItem:
    """An action of the meeting. One of a hospital is told to nobody else, so it may name it; others name none."""
    meeting = held(meeting, by)
    text = clean_line(task.text, "What is to be done", LONGEST_WORDS)
    if task.hospital is None:
        refuse_names([text], by=by)
    action = ActionItem.objects.create(
        collaborative_id=meeting.collaborative_id,
        meeting=meeting,
        participation=task.hospital,
        owner=task.owner,
        text=text,
        due_on=task.due_on,
        noted_by_id=by.user_id,
    )
    hospital = task.hospital.pk if task.hospital else None
    record_event(EventKind.ACTION_NOTED, by=by, subject=action, participation_id=hospital)
    return action


def may_end(action: ActionItem, by: Viewer) -> bool:
    """The centre any; people of a hospital those of their hospital."""
    at_centre = by.capacity is Capacity.CENTRE and by.can(Permission.MEETING_MANAGE)
    return at_centre or action.owner_id == by.user_id or action.participation_id == (by.participation_id or 0)


@transaction.atomic
def end_action(*, action: ActionItem, state: ActionState, by: Viewer) -> ActionItem:
    """It is done or dropped, or open again."""
    require(by, Permission.MEETING_JOIN)
    action = ActionItem.objects.select_for_update().get(pk=action.pk)
    if not may_end(action, by):
        raise MeetingError("Only who has to do it, people of their hospital and the coordinator say that it is done.")
    if state == ActionState.DROPPED and by.capacity is not Capacity.CENTRE:
        raise MeetingError("The centre drops an action. Ask it, or say that it is done.")
    if action.state == state:
        return action
    is_open = state == ActionState.OPEN
    action.state = state
    action.ended_at, action.ended_by_id = (None, None) if is_open else (timezone.now(), by.user_id)
    action.save(update_fields=["state", "ended_at", "ended_by"])
    kind = EventKind.ACTION_REOPENED if is_open else EventKind.ACTION_ENDED
    record_event(kind, by=by, subject=action, participation_id=action.participation_id, details={"state": state})
    return action
