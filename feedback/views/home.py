"""Where a clinician and an observer land."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from feedback.reviews.selectors.own import waiting_work
from feedback.selectors.home import home_page
from feedback.selectors.notices import notice_note
from feedback.selectors.pooled import pooled_page
from privacy.roles import Permission


@needs(Permission.COMPARISON_VIEW)
def clinician_home(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Our common aim, what matters most for this hospital, and every measure."""
    page = home_page(request.viewer, request.place)
    context = {
        "page": page,
        "waiting": waiting_work(request.viewer, request.place, page.release),
        "private_notice": notice_note(request.viewer, request.place),
    }
    return render(request, "feedback/clinician_home.html", context)


@needs(Permission.POOLED_VIEW)
def observer_home(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Results of all hospitals together, in figures or in plain words."""
    page = pooled_page(request.viewer, request.place, words=request.GET.get("words", ""))
    return render(request, "feedback/pooled_results.html", {"page": page})
