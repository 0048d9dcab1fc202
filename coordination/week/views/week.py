"""What waits for me, and what happens when."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from coordination.week.selectors.calendar import calendar_page
from coordination.week.selectors.tasks import task_page
from privacy.roles import Permission


@needs(Permission.PROGRAMME_VIEW)
def task_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "week/task_list.html", {"page": task_page(request.viewer)})


@needs(Permission.PROGRAMME_VIEW)
def calendar_month(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "week/calendar.html", {"page": calendar_page(request.viewer, request.GET.dict())})
