"""Measures as a hospital sees them."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@needs(Permission.MEASURE_VIEW)
def measure_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Every measure with its latest released result."""
    return render(request, "feedback/measure_list.html")
