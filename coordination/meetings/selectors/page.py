"""The page of a meeting: before, during and after, tab by tab."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from coordination.meetings.definition.agenda import starts
from coordination.meetings.enums import MeetingState, Reply
from coordination.meetings.models import AgendaItem, Invitee, Meeting, MeetingFile, Recording
from coordination.meetings.selectors.times import shown_in
from coordination.meetings.selectors.visible import meeting_for
from measures.models import Measure
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer
from ui.parts import Tab


TABS = {
    "agenda": "Agenda",
    "people": "People",
    "poll": "Poll",
    "minutes": "Minutes",
    "actions": "Decisions and actions",
}


@dataclass(frozen=True, kw_only=True)
class AgendaLine:
    item: AgendaItem
    starts: datetime | None  # not told to whom a point before may be hidden
    files: Sequence[MeetingFile]
    measure: str
    first: bool
    last: bool


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What every tab of a meeting has above it."""

    meeting: Meeting
    starts: datetime
    ends: datetime
    tabs: tuple[Tab, ...]
    tab: str
    invitee: Invitee | None
    may_manage: bool
    may_join: bool
    may_reply: bool
    is_over: bool
    replies: str
    people: int

    @property
    def is_draft(self) -> bool:
        return self.meeting.state == MeetingState.DRAFT

    @property
    def is_cancelled(self) -> bool:
        return self.meeting.state == MeetingState.CANCELLED

    @property
    def one_day(self) -> bool:
        return self.starts.date() == self.ends.date()


@dataclass(frozen=True, kw_only=True)
class Agenda:
    lines: tuple[AgendaLine, ...]
    ends: datetime
    left_over: int
    files: tuple[MeetingFile, ...]
    recordings: tuple[Recording, ...]


def frame(viewer: Viewer, public_id: object, tab: str) -> Frame:
    meeting = meeting_for(viewer, public_id)
    zone, over = ZoneInfo(meeting.time_zone), meeting.ends_at <= timezone.now()
    asked = _asked(viewer, meeting)
    mine = Invitee.objects.filter(meeting=meeting, user_id=viewer.user_id, participation=viewer.participation_id)
    invitee = mine.first()
    open_tabs = _tabs(viewer, meeting)
    tab = tab if tab in open_tabs else "agenda"
    people = sum(asked.values())
    counts = {"people": str(people or "")}
    return Frame(
        meeting=meeting,
        starts=shown_in(meeting.starts_at, zone),
        ends=shown_in(meeting.ends_at, zone),
        tabs=tuple(
            Tab(label=label, url=f"?tab={name}", count=counts.get(name, ""), current=name == tab)
            for name, label in open_tabs.items()
        ),
        tab=tab,
        invitee=invitee,
        may_manage=viewer.can(Permission.MEETING_MANAGE),
        may_join=viewer.can(Permission.MEETING_JOIN),
        may_reply=bool(invitee) and meeting.state == MeetingState.ANNOUNCED and not over,
        is_over=over,
        replies=f"{asked[Reply.IN_PERSON]} in person, {asked[Reply.REMOTE]} remote, {asked[Reply.NO]} not coming, {asked[Reply.OPEN]} open",
        people=people,
    )


def _tabs(viewer: Viewer, meeting: Meeting) -> dict[str, str]:
    if not viewer.can(Permission.MEETING_JOIN):
        return {"agenda": TABS["agenda"]}
    shown = dict(TABS)
    if meeting.poll_opened_at is None and not viewer.can(Permission.MEETING_MANAGE):
        del shown["poll"]
    return shown


def _asked(viewer: Viewer, meeting: Meeting) -> dict[str, int]:
    """How many answered what: of the own hospital; for the centre of all."""
    asked = Invitee.objects.filter(meeting=meeting)
    if viewer.capacity is not Capacity.CENTRE:
        asked = asked.filter(participation=viewer.participation_id)
    return asked.aggregate(**{each.value: Count("user", distinct=True, filter=Q(reply=each)) for each in Reply})


def agenda(viewer: Viewer, meeting: Meeting, *, to_print: bool = False) -> Agenda:
    """Points with the time at which each begins. Observers read the public ones, without times and files."""
    items = list(AgendaItem.objects.filter(meeting=meeting, removed_at=None).select_related("measure"))
    files: list[MeetingFile] = []
    recordings: list[Recording] = []
    joins = viewer.can(Permission.MEETING_JOIN)
    if joins:
        files = list(meeting.files.filter(removed_at=None).defer("data"))
        recordings = [] if to_print else list(meeting.recordings.filter(removed_at=None))
    zone = ZoneInfo(meeting.time_zone)
    total = sum(each.minutes for each in items)
    first = shown_in(meeting.starts_at, zone)
    times = list(starts(first, [*(each.minutes for each in items), 0]))
    lines = [
        AgendaLine(
            item=each,
            starts=at if joins else None,
            files=[file for file in files if file.item_id == each.pk],
            measure=_measure_url(viewer, each.measure),
            first=each is items[0],
            last=each is items[-1],
        )
        for each, at in zip(items, times, strict=False)
        if joins or each.is_public
    ]
    length = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    return Agenda(
        lines=tuple(lines),
        ends=times[-1],
        left_over=length - total,
        files=tuple(each for each in files if each.item_id is None),
        recordings=tuple(recordings),
    )


def _measure_url(viewer: Viewer, measure: Measure | None) -> str:
    if measure is None or not viewer.can(Permission.MEASURE_VIEW):
        return ""
    return reverse("feedback:measure-detail", args=[viewer.collaborative_slug, measure.slug])


def earlier_meetings(viewer: Viewer, meeting: Meeting) -> list[Meeting]:
    """Meetings before it whose agenda can be copied, the latest first."""
    before = Meeting.objects.filter(collaborative_id=viewer.collaborative_id, starts_at__lt=meeting.starts_at)
    return list(before.filter(items__removed_at=None, items__isnull=False).distinct().order_by("-starts_at")[:5])
