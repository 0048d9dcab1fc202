"""Where a clinician, the coordinating centre and an observer land."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from feedback.reviews.selectors.contests import open_contests
from feedback.reviews.selectors.own import waiting_work
from feedback.selectors.centre_home import centre_page
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


@needs(Permission.UNBLINDED_VIEW)
def centre_home(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Where help is needed today."""
    page = centre_page(request.viewer, request.place.collaborative)
    context = {"page": page, "contests": open_contests(request.viewer)}
    return render(request, "feedback/centre_home.html", context)


@needs(Permission.POOLED_VIEW)
def observer_home(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Results of all hospitals together, in figures or in plain words."""
    page = pooled_page(request.viewer, request.place, words=request.GET.get("words", ""))
    return render(request, "feedback/pooled_results.html", {"page": page})
