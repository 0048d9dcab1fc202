"""The meeting that comes next, for the home page of the centre."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, DateTimeField, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils import timezone

from collaboratives.selectors.kept import Given, Kept
from coordination.meetings.enums import MeetingState, Reply
from coordination.meetings.models import AgendaItem, Invitee, Meeting
from coordination.meetings.selectors.times import shown_in
from coordination.meetings.selectors.visible import meetings_in
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class NextMeeting:
    title: str
    url: str
    starts: datetime
    time_zone: str
    is_draft: bool
    items: int
    led: int
    invited: int
    replies: int


def next_meeting(viewer: Viewer) -> NextMeeting | None:
    """The next that is not over and not cancelled, with how far its agenda and its replies are; one statement."""
    require(viewer, Permission.MEETING_VIEW)
    plans = viewer.can(Permission.MEETING_MANAGE)
    found = _coming(drafts=plans).read(here=viewer.collaborative_id, now=timezone.now())
    if not found:
        return None
    meeting: Any = found[0]
    return NextMeeting(
        title=meeting.title,
        url=reverse("meetings:meeting-detail", args=[viewer.collaborative_slug, meeting.public_id]),
        starts=shown_in(meeting.starts_at, ZoneInfo(meeting.time_zone)),
        time_zone=meeting.time_zone,
        is_draft=meeting.state == MeetingState.DRAFT,
        items=meeting.items_there or 0,
        led=meeting.items_led or 0,
        invited=meeting.people_invited or 0,
        replies=meeting.people_replied or 0,
    )


@cache
def _coming(*, drafts: bool) -> Kept[Meeting]:
    return Kept(lambda: _counted(drafts=drafts))


def _counted(*, drafts: bool) -> QuerySet[Meeting]:
    here: Any = Given("here", BigIntegerField())
    now: Any = Given("now", DateTimeField())
    items = AgendaItem.objects.filter(meeting=OuterRef("pk"), removed_at=None)
    invited = Invitee.objects.filter(meeting=OuterRef("pk"))
    coming = meetings_in(here, drafts=drafts).filter(ends_at__gte=now).exclude(state=MeetingState.CANCELLED)
    counted: QuerySet[Meeting] = coming.annotate(
        items_there=_number(items, Count("pk")),
        items_led=_number(items, Count("pk", filter=~Q(lead=""))),
        people_invited=_number(invited, Count("user", distinct=True)),
        people_replied=_number(invited, Count("user", distinct=True, filter=~Q(reply=Reply.OPEN))),
    )
    return counted.defer("summary").order_by("starts_at", "pk")[:1]


def _number(rows: QuerySet[Any], of: Combinable) -> Subquery:
    return Subquery(rows.order_by().values("meeting").annotate(n=of).values("n"), output_field=IntegerField())
