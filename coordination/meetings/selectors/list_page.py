"""The list of meetings: coming, past, mine."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from coordination.meetings.enums import MeetingState, Reply
from coordination.meetings.models import Invitee, IssuedMinutes, Meeting
from coordination.meetings.selectors.times import shown_in
from coordination.meetings.selectors.visible import meetings_of
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.parts import Pages, Tab


PER_PAGE = 25
SHORT = {Reply.IN_PERSON: "in person", Reply.REMOTE: "remote", Reply.NO: "no", Reply.OPEN: "open"}
SHOWN = {"coming": "Coming", "past": "Past", "mine": "My invitations"}


@dataclass(frozen=True, kw_only=True)
class MeetingRow:
    meeting: Meeting
    starts: datetime
    ends: datetime
    url: str
    reply: str
    replies: str
    has_minutes: bool


@dataclass(frozen=True, kw_only=True)
class MeetingList:
    tabs: tuple[Tab, ...]
    show: str
    rows: tuple[MeetingRow, ...]
    pages: Pages
    may_manage: bool
    may_see_attendance: bool


def meeting_list(viewer: Viewer, *, show: str, number: int) -> MeetingList:
    show = show if show in SHOWN else "coming"
    page = Paginator(_found(viewer, show), PER_PAGE).get_page(number)
    asked = {each.meeting_id: each for each in _asked(viewer, [each.pk for each in page])}
    counts = _counts(viewer, [each.pk for each in page])
    return MeetingList(
        tabs=tuple(Tab(label=label, url=f"?show={name}", current=name == show) for name, label in SHOWN.items()),
        show=show,
        rows=tuple(_row(viewer, each, asked.get(each.pk), counts.get(each.pk, "")) for each in page),
        pages=Pages.of(page),
        may_manage=viewer.can(Permission.MEETING_MANAGE),
        may_see_attendance=viewer.can(Permission.ATTENDANCE_VIEW),
    )


def _found(viewer: Viewer, show: str) -> QuerySet[Meeting]:
    found, now = meetings_of(viewer).defer("summary"), timezone.now()
    if viewer.can(Permission.MEETING_JOIN):
        found = found.annotate(has_minutes=Exists(IssuedMinutes.objects.filter(meeting=OuterRef("pk"))))
    if show == "past":
        return found.filter(ends_at__lt=now).order_by("-starts_at", "-pk")
    coming = found.filter(ends_at__gte=now).order_by("starts_at", "pk")
    if show == "mine":
        mine = Invitee.objects.filter(user_id=viewer.user_id, participation=viewer.participation_id)
        return coming.filter(pk__in=mine.values("meeting"))
    return coming


def _asked(viewer: Viewer, keys: list[int]) -> QuerySet[Invitee]:
    return Invitee.objects.filter(meeting__in=keys, user_id=viewer.user_id, participation=viewer.participation_id)


def _counts(viewer: Viewer, keys: list[int]) -> dict[int, str]:
    """For those who plan: how many answered what."""
    if not viewer.can(Permission.MEETING_MANAGE):
        return {}
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Invitee.objects.filter(meeting__in=keys).values_list("meeting", "reply")
    for meeting, given, number in rows.annotate(number=Count("user", distinct=True)):
        counted[meeting][given] = number
    return {
        meeting: ", ".join(f"{found.get(reply, 0)} {words}" for reply, words in SHORT.items())
        for meeting, found in counted.items()
    }


def _row(viewer: Viewer, meeting: Meeting, asked: Invitee | None, replies: str) -> MeetingRow:
    zone = ZoneInfo(meeting.time_zone)
    announced = meeting.state == MeetingState.ANNOUNCED
    return MeetingRow(
        meeting=meeting,
        starts=shown_in(meeting.starts_at, zone),
        ends=shown_in(meeting.ends_at, zone),
        url=reverse("meetings:meeting-detail", args=[viewer.collaborative_slug, meeting.public_id]),
        reply=asked.get_reply_display() if asked and announced else "",
        replies=replies,
        has_minutes=getattr(meeting, "has_minutes", False),
    )
