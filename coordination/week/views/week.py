"""What waits for me, and what happens when."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from coordination.week.selectors.calendar import calendar_file_of, calendar_page
from coordination.week.selectors.tasks import task_page
from privacy.roles import Permission


CALENDAR = "text/calendar; charset=utf-8"


@needs(Permission.PROGRAMME_VIEW)
def task_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "week/task_list.html", {"page": task_page(request.viewer)})


@needs(Permission.PROGRAMME_VIEW)
def calendar_month(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(
        request,
        "week/calendar.html",
        {"page": calendar_page(request.viewer, request.place.collaborative, request.GET.dict())},
    )


@needs(Permission.PROGRAMME_VIEW)
def calendar_file(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The month as the page shows it, by the same filter, to open in a calendar program."""
    file = calendar_file_of(request.viewer, request.place.collaborative, request.GET.dict())
    disposition = f'attachment; filename="{file.name}"'
    return HttpResponse(file.content, content_type=CALENDAR, headers={"Content-Disposition": disposition})
