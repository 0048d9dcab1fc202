"""A meeting of a group is planned in the form of every meeting."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors.clock import today_of
from coordination.groups.errors import GroupError
from coordination.groups.selectors.meetings import first_words
from coordination.groups.selectors.visible import Standing, standing_for
from coordination.groups.services.meetings import plan_group_meeting
from coordination.groups.views.answering import UNPROCESSABLE
from coordination.meetings.errors import MeetingError
from coordination.meetings.forms.meeting import NewMeetingForm, first_values
from coordination.meetings.selectors.editing import latest_with_agenda
from coordination.meetings.selectors.rules import rule_of
from coordination.meetings.views.meetings import SOON
from privacy.roles import Permission
from ui.parts import Crumb


@needs(Permission.GROUP_MANAGE)
def meeting_new(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    """With the group's name and kind in it, and the wishes of its chair as an agenda."""
    standing = standing_for(request.viewer, group_id)
    form = _form(request, standing)
    if request.method == "POST" and form.is_valid():
        try:
            meeting = plan_group_meeting(group=standing.group, wish=form.wish, by=request.viewer)
        except (GroupError, MeetingError) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "The meeting is in preparation. Invite the members of the group.")
            return redirect("meetings:people-invite", collaborative_slug, meeting.public_id)
    origin = Crumb(standing.group.name, reverse("groups:group-detail", args=[collaborative_slug, group_id]))
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "meetings/meeting_new.html", {"form": form, "origin": origin}, status=status)


def _form(request: ViewerRequest, standing: Standing) -> NewMeetingForm:
    programme = request.place.collaborative
    count = rule_of(request.viewer).meetings_a_year
    start = first_values(today_of(programme) + SOON, programme.time_zone, count) | first_words(standing)
    return NewMeetingForm(request.POST or None, earlier=latest_with_agenda(request.viewer), initial=start)
