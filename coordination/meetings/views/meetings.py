"""The list, a new meeting, its page, changes and the end of one."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors.clock import today_of
from coordination.meetings.errors import MeetingError
from coordination.meetings.forms.meeting import NewMeetingForm, PlanForm, first_values
from coordination.meetings.forms.parts import CancelForm
from coordination.meetings.selectors.editing import latest_with_agenda, plan_values
from coordination.meetings.selectors.list_page import meeting_list as list_page
from coordination.meetings.selectors.pack import meeting_pack
from coordination.meetings.selectors.page import frame
from coordination.meetings.selectors.rules import rule_of
from coordination.meetings.selectors.tabs import tab_content
from coordination.meetings.selectors.visible import meeting_for
from coordination.meetings.services.new_meeting import set_up
from coordination.meetings.services.planning import cancel_meeting, change_meeting
from coordination.meetings.views.answering import UNPROCESSABLE, attempt, to_meeting
from privacy.roles import Permission


SOON = timedelta(days=28)


@needs(Permission.MEETING_VIEW)
def meeting_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    number = request.GET.get("page", "1")
    page = list_page(request.viewer, show=request.GET.get("show", ""), number=int(number) if number.isdecimal() else 1)
    return render(request, "meetings/meeting_list.html", {"page": page})


@needs(Permission.MEETING_MANAGE)
def meeting_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Everything about a meeting on one page, so that it is set up in one go."""
    programme, earlier = request.place.collaborative, latest_with_agenda(request.viewer)
    start = first_values(today_of(programme) + SOON, programme.time_zone, rule_of(request.viewer).meetings_a_year)
    form = NewMeetingForm(request.POST or None, earlier=earlier, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            meeting = set_up(form.wish, by=request.viewer)
        except MeetingError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "The meeting is in preparation. Members see it when you invite them.")
            return to_meeting(collaborative_slug, meeting.public_id)
    return render(request, "meetings/meeting_new.html", {"form": form}, status=_status(request, form))


def _status(request: ViewerRequest, form: PlanForm | CancelForm) -> int:
    return UNPROCESSABLE if request.method == "POST" or form.errors else 200


@needs(Permission.MEETING_VIEW)
def meeting_detail(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    page = frame(request.viewer, meeting_id, request.GET.get("tab", ""))
    content = tab_content(request.viewer, request.place.collaborative, page)
    return render(request, f"meetings/meeting_{page.tab}.html", {"page": page, **content})


@needs(Permission.MEETING_MANAGE)
def meeting_edit(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting = meeting_for(request.viewer, meeting_id)
    form = PlanForm(request.POST or None, initial=plan_values(meeting))
    if request.method == "POST" and form.is_valid():
        try:
            change_meeting(meeting=meeting, plan=form.plan, by=request.viewer)
        except MeetingError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Changed. Calendars of those invited are told.")
            return to_meeting(collaborative_slug, meeting_id)
    context = {"form": form, "meeting": meeting}
    return render(request, "meetings/meeting_edit.html", context, status=_status(request, form))


@needs(Permission.MEETING_MANAGE)
def meeting_cancel(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting, form = meeting_for(request.viewer, meeting_id), CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        whole, reason = asked["whole_series"], asked["reason"]
        attempt(
            request,
            lambda: cancel_meeting(meeting=meeting, reason=reason, whole_series=whole, by=request.viewer),
            "Cancelled. Those invited are told, and their calendars.",
        )
        return redirect("meetings:meeting-detail", collaborative_slug, meeting_id)
    context = {"form": form, "meeting": meeting}
    return render(request, "meetings/meeting_cancel.html", context, status=_status(request, form))


@needs(Permission.MEETING_VIEW)
def meeting_print(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    """The sheet for the room."""
    pack = meeting_pack(request.viewer, request.place.collaborative, meeting_id)
    return render(request, "meetings/meeting_print.html", {"pack": pack, "page": pack.frame})
