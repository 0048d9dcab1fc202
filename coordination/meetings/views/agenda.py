"""The agenda: points, their order, files, recordings."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from coordination.meetings.errors import MeetingError
from coordination.meetings.forms.parts import FileForm, ItemForm, RecordingForm
from coordination.meetings.selectors.outcomes import measures_of
from coordination.meetings.selectors.page import earlier_meetings
from coordination.meetings.selectors.visible import file_for, files_of, item_for, meeting_for, recording_for
from coordination.meetings.services.agenda import (
    add_file,
    add_item,
    add_recording,
    change_item,
    copy_agenda,
    move_item,
    remove_file,
    remove_item,
    remove_recording,
)
from coordination.meetings.views.answering import UNPROCESSABLE, attempt, refuse_form, to_meeting
from privacy.roles import Permission


NEW_ITEM = "#new-item"


@require_POST
@needs(Permission.MEETING_MANAGE)
def item_add(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting = meeting_for(request.viewer, meeting_id)
    form = ItemForm(request.POST, measures=measures_of(request.viewer))
    if form.is_valid():
        attempt(request, lambda: add_item(meeting=meeting, text=form.text, by=request.viewer))
    else:
        refuse_form(request, form.errors)
    return to_meeting(collaborative_slug, meeting_id, anchor=NEW_ITEM)


@require_POST
@needs(Permission.MEETING_MANAGE)
def agenda_copy(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    """The agenda of the meeting before this one."""
    meeting = meeting_for(request.viewer, meeting_id)
    source = next(iter(earlier_meetings(request.viewer, meeting)), None)
    if source:
        said = f"The agenda of «{source.title}» was copied."
        attempt(request, lambda: copy_agenda(meeting=meeting, source=source, by=request.viewer), said)
    return to_meeting(collaborative_slug, meeting_id)


@needs(Permission.MEETING_MANAGE)
def item_edit(request: ViewerRequest, collaborative_slug: str, item_id: UUID) -> HttpResponse:
    item = item_for(request.viewer, item_id)
    values = {name: getattr(item, name) for name in ("minutes", "title", "lead", "link", "is_public")}
    values["measure"] = item.measure.slug if item.measure else ""
    form = ItemForm(request.POST or None, measures=measures_of(request.viewer), initial=values)
    if request.method == "POST" and form.is_valid():
        try:
            change_item(item=item, text=form.text, by=request.viewer)
            return to_meeting(collaborative_slug, item.meeting.public_id)
        except MeetingError as problem:
            form.add_error(None, str(problem))
    context = {"form": form, "item": item, "meeting": item.meeting, "file_form": FileForm(), "files": files_of(item)}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "meetings/item_edit.html", context, status=status)


@require_POST
@needs(Permission.MEETING_MANAGE)
def item_move(request: ViewerRequest, collaborative_slug: str, item_id: UUID) -> HttpResponse:
    """Up or down by a button; the page comes back to the same point, so that it can be pressed again."""
    item, up = item_for(request.viewer, item_id), request.POST.get("do") == "up"
    attempt(request, lambda: move_item(item=item, up=up, by=request.viewer))
    return to_meeting(collaborative_slug, item.meeting.public_id, anchor=f"#item-{item_id}")


@require_POST
@needs(Permission.MEETING_MANAGE)
def item_remove(request: ViewerRequest, collaborative_slug: str, item_id: UUID) -> HttpResponse:
    item = item_for(request.viewer, item_id)
    attempt(request, lambda: remove_item(item=item, by=request.viewer), f"«{item.title}» is off the agenda.")
    return to_meeting(collaborative_slug, item.meeting.public_id)


@require_POST
@needs(Permission.MEETING_MANAGE)
def file_add(request: ViewerRequest, collaborative_slug: str, item_id: UUID) -> HttpResponse:
    item, form = item_for(request.viewer, item_id), FileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        attempt(
            request,
            lambda: add_file(meeting=item.meeting, item=item, name=file.name, data=file.read(), by=request.viewer),
            f"{file.name} was added.",
        )
    else:
        refuse_form(request, form.errors)
    return to_meeting(collaborative_slug, item.meeting.public_id)


@needs(Permission.MEETING_JOIN)
def file_download(request: ViewerRequest, collaborative_slug: str, file_id: UUID) -> HttpResponse:
    """Always an attachment, never shown by the browser under our address."""
    file = file_for(request.viewer, file_id)
    response = HttpResponse(bytes(file.data or b""), content_type=file.media_type)
    name = "".join(each for each in file.name if each.isalnum() or each in " ._-()").encode("ascii", "replace").decode()
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@needs(Permission.MEETING_MANAGE)
def file_remove(request: ViewerRequest, collaborative_slug: str, file_id: UUID) -> HttpResponse:
    file = file_for(request.viewer, file_id)
    attempt(request, lambda: remove_file(file=file, by=request.viewer), f"{file.name} was taken away.")
    return to_meeting(collaborative_slug, file.meeting.public_id)


@require_POST
@needs(Permission.MEETING_MANAGE)
def recording_add(request: ViewerRequest, collaborative_slug: str, meeting_id: UUID) -> HttpResponse:
    meeting, form = meeting_for(request.viewer, meeting_id), RecordingForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        attempt(
            request,
            lambda: add_recording(meeting=meeting, label=asked["label"], link=asked["link"], by=request.viewer),
            "The recording is linked.",
        )
    else:
        refuse_form(request, form.errors)
    return to_meeting(collaborative_slug, meeting_id)


@require_POST
@needs(Permission.MEETING_MANAGE)
def recording_remove(request: ViewerRequest, collaborative_slug: str, recording_id: UUID) -> HttpResponse:
    recording = recording_for(request.viewer, recording_id)
    attempt(request, lambda: remove_recording(recording=recording, by=request.viewer), "The link was taken away.")
    return to_meeting(collaborative_slug, recording.meeting.public_id)
