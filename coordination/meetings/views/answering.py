"""Try something, say how it went, and go back to the meeting."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from collaboratives.errors import NoSuchTimeError
from collaboratives.http import ViewerRequest
from coordination.meetings.errors import MeetingError


UNPROCESSABLE = 422


def attempt(request: ViewerRequest, do: Callable[[], object], said: str = "") -> bool:
    """Whether it was done; the page that follows says which, in words."""
    try:
        do()
    except (MeetingError, NoSuchTimeError) as problem:
        messages.error(request, str(problem))
        return False
    if said:
        messages.success(request, said)
    return True


def to_meeting(slug: str, meeting_id: UUID, tab: str = "agenda", anchor: str = "") -> HttpResponse:
    address = reverse("meetings:meeting-detail", args=[slug, meeting_id])
    return redirect(f"{address}?tab={tab}{anchor}")


def refuse_form(request: ViewerRequest, errors: object) -> None:
    """A short form beside a list: its first problem in a message."""
    for name, problems in dict(errors).items():  # type: ignore[call-overload]  # an ErrorDict
        label = str(name).replace("_", " ").capitalize()
        messages.error(request, f"{label}: {problems[0]}")
        return
