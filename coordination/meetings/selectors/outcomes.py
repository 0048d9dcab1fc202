"""What a meeting leaves: decisions, actions and those carried over, minutes, the poll."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_of
from coordination.meetings.enums import ActionState, MeetingState, Position
from coordination.meetings.models import (
    ActionItem,
    Decision,
    IssuedMinutes,
    Meeting,
    Minutes,
    PollAnswer,
    PollCount,
    PollQuestion,
)
from coordination.meetings.selectors.audience import Audience, audience
from coordination.meetings.selectors.times import shown_in
from measures.models import Measure
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class ActionLine:
    action: ActionItem
    owner: str
    meeting: str
    is_own: bool
    is_late: bool
    may_end: bool


@dataclass(frozen=True, kw_only=True)
class ActionsTab:
    decisions: tuple[Decision, ...]
    actions: tuple[ActionLine, ...]
    carried: tuple[ActionLine, ...]
    owners: Audience | None


def actions_tab(viewer: Viewer, meeting: Meeting, programme: Collaborative, *, to_print: bool = False) -> ActionsTab:
    """Those of the meeting, and what is still open from meetings before it."""
    may_add = viewer.can(Permission.MEETING_MANAGE) and not to_print
    today = today_of(programme)
    found = [_line(viewer, each, today) for each in _actions(viewer, meeting)]
    return ActionsTab(
        decisions=tuple(Decision.objects.filter(meeting=meeting, removed_at=None)),
        actions=tuple(each for each in found if each.action.meeting_id == meeting.pk),
        carried=tuple(each for each in found if each.action.meeting_id != meeting.pk),
        owners=audience(viewer) if may_add else None,
    )


def _actions(viewer: Viewer, meeting: Meeting) -> QuerySet[ActionItem]:
    earlier = Q(state=ActionState.OPEN, meeting__starts_at__lt=meeting.starts_at)
    found = ActionItem.objects.filter(Q(meeting=meeting) | earlier, collaborative_id=viewer.collaborative_id)
    if viewer.capacity is not Capacity.CENTRE:
        found = found.filter(Q(participation=None) | Q(participation_id=viewer.participation_id or 0))
    return found.select_related("owner", "participation__site", "meeting").order_by("due_on", "pk")


def _line(viewer: Viewer, action: ActionItem, today: date) -> ActionLine:
    place, person = action.participation, action.owner
    own = action.participation_id is not None and action.participation_id == viewer.participation_id
    names = [person.full_name if person else "", place.site.name if place else "Coordinating centre"]
    manages = viewer.can(Permission.MEETING_MANAGE)
    day = shown_in(action.meeting.starts_at, ZoneInfo(action.meeting.time_zone))
    return ActionLine(
        action=action,
        owner=", ".join(each for each in names if each),
        meeting=f"{action.meeting.title}, {day:%-d %b %Y}",
        is_own=own,
        is_late=action.state == ActionState.OPEN and action.due_on is not None and action.due_on < today,
        may_end=manages or own or action.owner_id == viewer.user_id,
    )


@dataclass(frozen=True, kw_only=True)
class MinutesTab:
    draft: Minutes | None
    issued: IssuedMinutes | None
    number: int
    is_approved: bool
    later: tuple[Meeting, ...]


def minutes_tab(viewer: Viewer, meeting: Meeting) -> MinutesTab:
    """What was sent last; for those who write them the draft, too."""
    sent = list(IssuedMinutes.objects.filter(meeting=meeting).select_related("approved_in"))
    issued, manages = sent[-1] if sent else None, viewer.can(Permission.MEETING_MANAGE)
    approved = bool(issued and issued.approved_at)
    draft = Minutes.objects.filter(meeting=meeting).select_related("saved_by").first() if manages else None
    later: QuerySet[Meeting] | tuple[Meeting, ...] = ()
    if manages and issued and not approved:
        later = Meeting.objects.filter(
            collaborative_id=viewer.collaborative_id, state=MeetingState.ANNOUNCED, starts_at__gt=meeting.starts_at
        )[:5]
    return MinutesTab(draft=draft, issued=issued, number=len(sent), is_approved=approved, later=tuple(later))


@dataclass(frozen=True, kw_only=True)
class PollLine:
    question: PollQuestion
    answer: str
    counts: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, kw_only=True)
class PollTab:
    lines: tuple[PollLine, ...]
    is_open: bool
    is_closed: bool
    may_answer: bool
    measures: tuple[Measure, ...]
    positions: tuple[tuple[str, str], ...]


def poll_tab(viewer: Viewer, meeting: Meeting) -> PollTab:
    """The questions with the own hospital's answers; what all thought, once it is closed and counted."""
    questions = list(PollQuestion.objects.filter(meeting=meeting).select_related("measure"))
    own = viewer.capacity is Capacity.HOSPITAL
    answers = (
        {
            each.question_id: each.position
            for each in PollAnswer.objects.filter(question__in=questions, participation_id=viewer.participation_id or 0)
        }
        if own and questions
        else {}
    )
    counts = {each.question_id: each for each in PollCount.objects.filter(question__in=questions)} if questions else {}
    can_ask = viewer.can(Permission.MEETING_MANAGE) and meeting.poll_opened_at is None
    return PollTab(
        lines=tuple(
            PollLine(question=each, answer=answers.get(each.pk, ""), counts=_told(counts.get(each.pk)))
            for each in questions
        ),
        is_open=meeting.poll_opened_at is not None and meeting.poll_closed_at is None,
        is_closed=meeting.poll_closed_at is not None,
        may_answer=own and meeting.poll_opened_at is not None and meeting.poll_closed_at is None,
        measures=measures_of(viewer) if can_ask else (),
        positions=tuple(Position.choices),
    )


def _told(count: PollCount | None) -> tuple[tuple[str, int | None], ...]:
    return tuple((each.label, getattr(count, each.value)) for each in Position) if count else ()


def measures_of(viewer: Viewer) -> tuple[Measure, ...]:
    """Published measures of the programme, by name."""
    return tuple(published_measures(viewer))


def published_measures(viewer: Viewer) -> QuerySet[Measure]:
    found = Measure.objects.filter(collaborative_id=viewer.collaborative_id, versions__status="published")
    return found.distinct().order_by("position", "slug")
