"""A hospital's bad news, before members see the release."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from feedback.selectors.notices import notice_page
from privacy.roles import Permission


@needs(Permission.NOTICE_VIEW)
def notice(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The own hospital's results of a scheduled release that read worse than the collaborative."""
    return render(request, "feedback/notice.html", {"page": notice_page(request.viewer, request.place)})
