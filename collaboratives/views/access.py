from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors.access import access_page
from privacy.roles import Permission
from ui.parts import Pages


@needs(Permission.ACCESS_LOG_VIEW)
def access_log(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    number = request.GET.get("page", "1")
    page = access_page(request.viewer, int(number) if number.isdecimal() else 1)
    pages = Pages.of(page)
    return render(request, "collaboratives/access_log.html", {"rows": list(page), "pages": pages})
