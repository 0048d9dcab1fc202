"""Results of all hospitals together, for every member and observer."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from feedback.selectors.pooled import pooled_page
from privacy.roles import Permission


@needs(Permission.POOLED_VIEW)
def pooled_results(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Pooled, rounded results of the latest release."""
    asked = {"release": request.GET.get("release", ""), "words": request.GET.get("words", "")}
    return render(
        request, "feedback/pooled_results.html", {"page": pooled_page(request.viewer, request.place, **asked)}
    )
