"""Calendar files: one meeting, and the address to which calendar programs subscribe."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from collaboratives.http import ViewerRequest, needs, open_to
from coordination.meetings.selectors.calendar import calendar_of, own_feed
from coordination.meetings.selectors.entries import meeting_file
from coordination.meetings.services.feeds import enter_with_feed, make_feed, revoke_feed
from privacy.roles import Permission


CALENDAR = "text/calendar; charset=utf-8"


@needs(Permission.MEETING_VIEW)
def meeting_calendar(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    file = meeting_file(request.viewer, meeting_id)
    disposition = f'attachment; filename="{file.name}"'
    return HttpResponse(file.content, content_type=CALENDAR, headers={"Content-Disposition": disposition})


@needs(Permission.MEETING_VIEW)
def feed_page(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "meetings/feed.html", {"feed": own_feed(request.viewer), "address": ""})


@require_POST
@needs(Permission.MEETING_VIEW)
def feed_make(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The address is on the answer and nowhere else."""
    address = make_feed(by=request.viewer)
    return render(request, "meetings/feed.html", {"feed": own_feed(request.viewer), "address": address})


@require_POST
@needs(Permission.MEETING_VIEW)
def feed_revoke(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    revoke_feed(by=request.viewer)
    messages.success(request, "The address works no longer. Calendars that subscribe to it stop being updated.")
    return redirect("meetings:feed-page", collaborative_slug)


@require_safe
@open_to("anyone")
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """For calendar programs, which cannot sign in: the address itself is the secret."""
    content = calendar_of(enter_with_feed(token))
    return HttpResponse(
        content, content_type=CALENDAR, headers={"Content-Disposition": 'inline; filename="calendar.ics"'}
    )
