"""The meeting that comes next, for the home page of the centre."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils import timezone

from coordination.meetings.enums import MeetingState, Reply
from coordination.meetings.models import AgendaItem, Invitee
from coordination.meetings.selectors.times import shown_in
from coordination.meetings.selectors.visible import meetings_of
from privacy.viewer import Viewer


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
    items = AgendaItem.objects.filter(meeting=OuterRef("pk"), removed_at=None)
    invited = Invitee.objects.filter(meeting=OuterRef("pk"))
    coming = meetings_of(viewer).filter(ends_at__gte=timezone.now()).exclude(state=MeetingState.CANCELLED)
    found = coming.annotate(
        items_there=_number(items, Count("pk")),
        items_led=_number(items, Count("pk", filter=~Q(lead=""))),
        people_invited=_number(invited, Count("user", distinct=True)),
        people_replied=_number(invited, Count("user", distinct=True, filter=~Q(reply=Reply.OPEN))),
    )
    meeting = found.defer("summary").order_by("starts_at", "pk").first()
    if meeting is None:
        return None
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


def _number(rows: QuerySet[Any], of: Combinable) -> Subquery:
    return Subquery(rows.order_by().values("meeting").annotate(n=of).values("n"), output_field=IntegerField())
