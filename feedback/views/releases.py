"""Releases as the coordinating centre prepares them."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@needs(Permission.RELEASE_VIEW)
def release_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Every release of the collaborative with its state."""
    return render(request, "feedback/release_list.html")
