"""The work list and the case form."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@needs(Permission.CASE_VIEW)
def case_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "cases/case_list.html", {})
