"""The data dictionary."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@needs(Permission.DICTIONARY_VIEW)
def dictionary(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "measures/dictionary.html", {})
