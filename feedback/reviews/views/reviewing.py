"""Who has reviewed a release."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from feedback.reviews.errors import ReviewError
from feedback.reviews.selectors.attested import reviewed_page
from feedback.reviews.services.attesting import attest
from feedback.selectors.releases import release_for
from privacy.roles import Permission


@require_POST
@needs(Permission.RELEASE_ATTEST)
def release_attest(request: ViewerRequest, collaborative_slug: str, release_id: UUID) -> HttpResponse:
    """Say that one has reviewed a release; back to where the button was."""
    release = release_for(request.viewer, release_id)
    try:
        attest(release=release, by=request.viewer)
    except ReviewError as problem:
        messages.info(request, str(problem))
    else:
        messages.success(request, f"You have reviewed {release.name}. Your hospital and the centre see it.")
    return redirect(back(request, reverse("home-collaborative", args=[collaborative_slug])))


def back(request: ViewerRequest, otherwise: str) -> str:
    """The address on the form, when it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else otherwise


@needs(Permission.RELEASE_VIEW)
def release_reviewed(request: ViewerRequest, collaborative_slug: str, release_id: UUID) -> HttpResponse:
    """Which hospitals have; for the page of a release one line of it."""
    page = reviewed_page(request.viewer, request.place, release_id, request.GET.get("hospital", ""))
    asked_for_line = bool(request.headers.get("HX-Request"))
    template = "reviews/partials/reviewed_line.html" if asked_for_line else "reviews/reviewed.html"
    return render(request, template, {"page": page})
