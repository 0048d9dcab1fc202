"""Invitations, replies, and who is there."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs, open_to
from coordination.meetings.enums import Mode, Reply
from coordination.meetings.errors import CheckInError, MeetingError
from coordination.meetings.forms.parts import CodeForm, GuestForm, InviteForm, ReasonForm
from coordination.meetings.selectors.audience import audience, circles_of, hospital_choices
from coordination.meetings.selectors.people import check_in_list as waiting_list
from coordination.meetings.selectors.reply_links import reply_link
from coordination.meetings.selectors.visible import attendance_for, meeting_for
from coordination.meetings.services.checking_in import change_code, note_attendance, take_back
from coordination.meetings.services.checking_in import check_in as say_present
from coordination.meetings.services.guests import guest_of, note_found
from coordination.meetings.services.inviting import invite, reply_by_link
from coordination.meetings.services.inviting import reply as answer
from coordination.meetings.views.answering import UNPROCESSABLE, attempt, refuse_form, to_meeting
from privacy.roles import Capacity, Permission


@needs(Permission.MEETING_MANAGE)
def people_invite(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    """Choose, see how many that are, then send: the counts are on the page that sends."""
    meeting = meeting_for(request.viewer, meeting_id)
    form = InviteForm(
        request.POST or None,
        audience=audience(request.viewer),
        circles=circles_of(request.viewer, meeting),
        in_series=meeting.series_id is not None,
    )
    people = form.people if request.method == "POST" and form.is_valid() else []
    if people and request.POST.get("do") == "send":
        whole = form.cleaned_data.get("whole_series", False)
        said = f"{len({each.user_id for each in people})} people are invited. Their mails are on the way."
        if attempt(
            request, lambda: invite(meeting=meeting, people=people, whole_series=whole, by=request.viewer), said
        ):
            return to_meeting(collaborative_slug, meeting_id, "people")
    context = {"form": form, "meeting": meeting, "people": people, "counts": form.counts(people)}
    status = UNPROCESSABLE if request.method == "POST" and not people else 200
    return render(request, "meetings/people_invite.html", context, status=status)


@require_POST
@needs(Permission.MEETING_VIEW)
def reply(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting, given = meeting_for(request.viewer, meeting_id), _reply(request)
    attempt(request, lambda: answer(meeting=meeting, answer=given, by=request.viewer), "Your answer is noted.")
    back = request.POST.get("back", "")
    return (
        redirect("meetings:meeting-list", collaborative_slug)
        if back == "list"
        else to_meeting(collaborative_slug, meeting_id)
    )


def _reply(request: HttpRequest) -> Reply:
    given = request.POST.get("reply", "")
    return Reply(given) if given in Reply.values else Reply.OPEN


@open_to("anyone")
def reply_by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail, without signing in. Looking changes nothing: mail programs follow links by themselves."""
    link, asked = reply_link(token), request.GET.get("reply", "")
    context: dict[str, object] = {"asked": asked if asked in Reply.values else "", "done": False, "problem": ""}
    if request.method == "POST":
        given = _reply(request)
        try:
            reply_by_link(link=link, answer=given)
            context |= {"done": True, "asked": given, "asked_label": given.label}
        except MeetingError as problem:
            context["problem"] = str(problem)
    context |= {"link": link, "when": link.when, "choices": Reply.choices[1:]}
    return render(request, "meetings/reply.html", context, status=UNPROCESSABLE if context["problem"] else 200)


@needs(Permission.MEETING_JOIN)
def check_in(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    """By the code of the day. The centre notes people on its list instead."""
    meeting, form = meeting_for(request.viewer, meeting_id), CodeForm(request.POST or None)
    if request.viewer.capacity is not Capacity.HOSPITAL:
        return to_meeting(collaborative_slug, meeting_id, "people")
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            say_present(meeting=meeting, code=asked["code"], mode=Mode(asked["mode"]), by=request.viewer)
            messages.success(request, "You are checked in. It is in your hospital's record.")
            return to_meeting(collaborative_slug, meeting_id, "people")
        except CheckInError as problem:
            form.add_error("code", str(problem))
    context, status = {"form": form, "meeting": meeting}, UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "meetings/check_in.html", context, status=status)


@needs(Permission.MEETING_MANAGE)
def check_in_list(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    """Type the beginning of a name, press Enter: whoever is alone under it is there. Or tick several."""
    meeting = meeting_for(request.viewer, meeting_id)
    query = request.POST.get("q", request.GET.get("q", ""))
    if request.method == "POST":
        mode = Mode.REMOTE if request.POST.get("mode") == Mode.REMOTE else Mode.ROOM
        ticked = request.POST.getlist("who")
        done = attempt(request, lambda: _note(request, note_found(meeting, query, ticked, mode, by=request.viewer)))
        query = "" if done else query
    page = waiting_list(request.viewer, meeting, query)
    guest = GuestForm(hospitals=hospital_choices(request.viewer))
    context = {"page": page, "meeting": meeting, "query": query, "guest": guest}
    return render(request, "meetings/check_in_list.html", context)


def _note(request: ViewerRequest, names: list[str]) -> None:
    messages.success(request, f"There: {', '.join(names)}." if len(names) < 4 else f"{len(names)} people are there.")


@require_POST
@needs(Permission.MEETING_MANAGE)
def guest_add(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    """A substitute, or a guest."""
    meeting = meeting_for(request.viewer, meeting_id)
    form = GuestForm(request.POST, hospitals=hospital_choices(request.viewer))
    if form.is_valid():
        guest = guest_of(form.cleaned_data, by=request.viewer)
        said = f"{guest.name} is there."
        attempt(request, lambda: note_attendance(meeting=meeting, guests=[guest], by=request.viewer), said)
    else:
        refuse_form(request, form.errors)
    return redirect("meetings:check-in-list", collaborative_slug, meeting_id)


@require_POST
@needs(Permission.MEETING_MANAGE)
def code_change(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting = meeting_for(request.viewer, meeting_id)
    attempt(request, lambda: change_code(meeting=meeting, by=request.viewer), "The code before works no longer.")
    return to_meeting(collaborative_slug, meeting_id, "people")


@needs(Permission.MEETING_MANAGE)
def attendance_take_back(request: ViewerRequest, collaborative_slug: str, attendance_id: UUID) -> HttpResponse:
    attendance, form = attendance_for(request.viewer, attendance_id), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, said = form.cleaned_data["reason"], f"{attendance.name} is no longer noted as there."
        attempt(request, lambda: take_back(attendance=attendance, reason=reason, by=request.viewer), said)
        return to_meeting(collaborative_slug, attendance.meeting.public_id, "people")
    context, status = {"form": form, "attendance": attendance}, UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "meetings/attendance_take_back.html", context, status=status)
