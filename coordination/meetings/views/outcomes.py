"""Decisions, actions and minutes."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from coordination.meetings.enums import ActionState
from coordination.meetings.errors import MeetingError
from coordination.meetings.forms.parts import ActionForm
from coordination.meetings.selectors.visible import action_for, decision_for, meeting_for
from coordination.meetings.services.minutes import approve_minutes, save_minutes, send_minutes
from coordination.meetings.services.outcomes import decide, end_action, note_action, remove_decision
from coordination.meetings.services.owners import task_of
from coordination.meetings.views.answering import attempt, refuse_form, to_meeting
from privacy.roles import Permission


CONFLICT = 409


@require_POST
@needs(Permission.MEETING_MANAGE)
def decision_add(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting, text = meeting_for(request.viewer, meeting_id), request.POST.get("text", "")
    attempt(request, lambda: decide(meeting=meeting, text=text, by=request.viewer))
    return to_meeting(collaborative_slug, meeting_id, "actions", "#decision-text")


@require_POST
@needs(Permission.MEETING_MANAGE)
def decision_remove(request: ViewerRequest, collaborative_slug: str, decision_id: UUID) -> HttpResponse:
    decision = decision_for(request.viewer, decision_id)
    attempt(request, lambda: remove_decision(decision=decision, by=request.viewer), "The decision was taken away.")
    return to_meeting(collaborative_slug, decision.meeting.public_id, "actions")


@require_POST
@needs(Permission.MEETING_MANAGE)
def action_add(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting, form = meeting_for(request.viewer, meeting_id), ActionForm(request.POST)
    if form.is_valid():
        attempt(
            request,
            lambda: note_action(meeting=meeting, task=task_of(form.cleaned_data, by=request.viewer), by=request.viewer),
        )
    else:
        refuse_form(request, form.errors)
    return to_meeting(collaborative_slug, meeting_id, "actions", "#action-text")


@require_POST
@needs(Permission.MEETING_JOIN)
def action_state(request: ViewerRequest, collaborative_slug: str, action_id: UUID) -> HttpResponse:
    action, given = action_for(request.viewer, action_id), request.POST.get("state", "")
    state = ActionState(given) if given in ActionState.values else ActionState.DONE
    attempt(request, lambda: end_action(action=action, state=state, by=request.viewer))
    shown = request.POST.get("meeting", "")
    here = UUID(shown) if len(shown) == len(str(action_id)) else action.meeting.public_id
    return to_meeting(collaborative_slug, here, "actions", "#actions")


@require_POST
@needs(Permission.MEETING_MANAGE)
def minutes_save(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    """By itself while somebody writes (a script asks for JSON), or by the button."""
    meeting, number = meeting_for(request.viewer, meeting_id), request.POST.get("revision", "0")
    text, revision = request.POST.get("text", ""), int(number) if number.isdecimal() else 0
    if "application/json" not in request.headers.get("Accept", ""):
        save = lambda: save_minutes(meeting=meeting, text=text, revision=revision, by=request.viewer)  # noqa: E731 -- one line
        attempt(request, save, "The draft is saved.")
        return to_meeting(collaborative_slug, meeting_id, "minutes")
    try:
        draft = save_minutes(meeting=meeting, text=text, revision=revision, by=request.viewer)
    except MeetingError as problem:
        return JsonResponse({"problem": str(problem)}, status=CONFLICT)
    return JsonResponse(
        {"revision": draft.revision, "saved": f"{draft.saved_at.astimezone(ZoneInfo(meeting.time_zone)):%H:%M:%S}"}
    )


@require_POST
@needs(Permission.MEETING_MANAGE)
def minutes_send(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting, named = meeting_for(request.viewer, meeting_id), "named" in request.POST
    said = "The minutes are sent to everybody who was there. Members read them here."
    attempt(request, lambda: send_minutes(meeting=meeting, named=named, by=request.viewer), said)
    return to_meeting(collaborative_slug, meeting_id, "minutes")


@require_POST
@needs(Permission.MEETING_MANAGE)
def minutes_approve(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting, chosen = meeting_for(request.viewer, meeting_id), request.POST.get("approved_in", "")
    later = meeting_for(request.viewer, chosen) if chosen else None
    said = "The minutes are approved. Nothing changes them any more."
    attempt(request, lambda: approve_minutes(meeting=meeting, approved_in=later, by=request.viewer), said)
    return to_meeting(collaborative_slug, meeting_id, "minutes")
