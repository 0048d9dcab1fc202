"""Files of cases."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@needs(Permission.CASE_IMPORT)
def import_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "cases/import_list.html", {})
