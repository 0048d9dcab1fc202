"""Where each hospital thinks it stands, before it sees the data."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from coordination.meetings.enums import Position
from coordination.meetings.selectors.outcomes import measures_of
from coordination.meetings.selectors.visible import meeting_for, question_for
from coordination.meetings.services.polling import answer, close_poll, open_poll
from coordination.meetings.views.answering import attempt, to_meeting
from privacy.roles import Capacity, Permission


@require_POST
@needs(Permission.MEETING_MANAGE)
def poll_open(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting, slugs = meeting_for(request.viewer, meeting_id), set(request.POST.getlist("measure"))
    measures = [each for each in measures_of(request.viewer) if each.slug in slugs]
    said = "The poll is open. Hospitals answer on this page."
    attempt(request, lambda: open_poll(meeting=meeting, measures=measures, by=request.viewer), said)
    return to_meeting(collaborative_slug, meeting_id, "poll")


@require_POST
@needs(Permission.MEETING_MANAGE)
def poll_close(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting = meeting_for(request.viewer, meeting_id)
    said = "The poll is closed. The counts are here in a moment."
    attempt(request, lambda: close_poll(meeting=meeting, by=request.viewer), said)
    return to_meeting(collaborative_slug, meeting_id, "poll")


@require_POST
@needs(Permission.MEETING_JOIN)
def poll_answer(request: ViewerRequest, collaborative_slug: str, question_id: UUID) -> HttpResponse:
    question, given = question_for(request.viewer, question_id), request.POST.get("position", "")
    if request.viewer.capacity is not Capacity.HOSPITAL or given not in Position.values:
        messages.error(request, "A hospital answers, with one of the three.")
    else:
        said = f"{question.measure.name}: noted for your hospital."
        attempt(request, lambda: answer(question=question, position=Position(given), by=request.viewer), said)
    return to_meeting(collaborative_slug, question.meeting.public_id, "poll")
