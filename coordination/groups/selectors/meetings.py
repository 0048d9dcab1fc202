"""Meetings of a group with what they left, and what the group decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from coordination.groups.models import AgendaWish, GroupDecision, GroupMeeting
from coordination.groups.selectors.visible import Standing
from coordination.meetings.enums import MeetingKind, MeetingState
from coordination.meetings.models import Decision, IssuedMinutes, Meeting
from coordination.meetings.selectors.times import shown_in
from coordination.meetings.selectors.visible import meetings_of
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class MeetingRow:
    """A meeting of the group; `there` counts whom the viewer may know of: the centre all, a hospital its own."""

    meeting: Meeting
    starts: datetime
    ends: datetime
    url: str
    there: int
    has_minutes: bool


@dataclass(frozen=True, kw_only=True)
class DecisionRow:
    """Decided by the group itself, or at one of its meetings."""

    day: date
    text: str
    by: str
    url: str = ""
    decision: GroupDecision | None = None


@dataclass(frozen=True, kw_only=True)
class MeetingsTab:
    coming: tuple[MeetingRow, ...]
    past: tuple[MeetingRow, ...]
    decisions: tuple[DecisionRow, ...]
    wishes: tuple[AgendaWish, ...]
    at_centre: bool
    may_plan: bool


def meetings_tab(viewer: Viewer, standing: Standing, *, to_print: bool = False) -> MeetingsTab:
    rows = [_row(viewer, each) for each in _meetings(viewer, standing)]
    now = timezone.now()
    wished = standing.reads and not to_print
    wishes = AgendaWish.objects.filter(group=standing.group, ended_at=None) if wished else ()
    return MeetingsTab(
        coming=tuple(each for each in rows if each.meeting.ends_at >= now),
        past=tuple(reversed([each for each in rows if each.meeting.ends_at < now])),
        decisions=tuple(_decisions(viewer, standing, rows)),
        wishes=tuple(wishes),
        at_centre=standing.at_centre,
        may_plan=standing.manages and standing.is_open and viewer.can(Permission.MEETING_MANAGE),
    )


def _meetings(viewer: Viewer, standing: Standing) -> QuerySet[Meeting]:
    """What the viewer may see of them in any case: what is in preparation the centre alone."""
    mine = GroupMeeting.objects.filter(group=standing.group).values("meeting")
    found = meetings_of(viewer).filter(pk__in=mine).defer("summary").order_by("starts_at", "pk")
    side = Q() if viewer.capacity is Capacity.CENTRE else Q(attendances__participation=viewer.participation_id)
    found = found.annotate(there=Count("attendances", filter=side & Q(attendances__removed_at=None)))
    if viewer.can(Permission.MEETING_JOIN):
        found = found.annotate(has_minutes=Exists(IssuedMinutes.objects.filter(meeting=OuterRef("pk"))))
    return found


def _row(viewer: Viewer, meeting: Meeting) -> MeetingRow:
    zone = ZoneInfo(meeting.time_zone)
    return MeetingRow(
        meeting=meeting,
        starts=shown_in(meeting.starts_at, zone),
        ends=shown_in(meeting.ends_at, zone),
        url=reverse("meetings:meeting-detail", args=[viewer.collaborative_slug, meeting.public_id]),
        there=getattr(meeting, "there", 0),
        has_minutes=getattr(meeting, "has_minutes", False),
    )


def _decisions(viewer: Viewer, standing: Standing, rows: Sequence[MeetingRow]) -> Sequence[DecisionRow]:
    own = GroupDecision.objects.filter(group=standing.group, removed_at=None)
    found = [DecisionRow(day=each.decided_on, text=each.text, by=each.recorded_as, decision=each) for each in own]
    if viewer.can(Permission.MEETING_JOIN):
        held = {each.meeting.pk: each for each in rows if each.meeting.state != MeetingState.CANCELLED}
        noted = Decision.objects.filter(meeting__in=list(held), removed_at=None)
        found += [
            DecisionRow(
                day=held[each.meeting_id].starts.date(),
                text=each.text,
                by=f"at the meeting «{held[each.meeting_id].meeting.title}»",
                url=f"{held[each.meeting_id].url}?tab=actions",
            )
            for each in noted
        ]
    return sorted(found, key=lambda each: each.day, reverse=True)


def first_words(standing: Standing) -> dict[str, object]:
    """What stands in the form of the group's next meeting; each wish of the chair is a line of its agenda."""
    wishes = AgendaWish.objects.filter(group=standing.group, ended_at=None)
    agenda = "\n".join(f"15 {each.text}" for each in wishes)
    return {"title": standing.group.name, "kind": MeetingKind.GROUP, "agenda": agenda}
