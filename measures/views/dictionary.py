"""The data dictionary."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from measures.selectors.dictionary import dictionary_page, difference_page
from measures.selectors.language import LANGUAGE
from privacy.roles import Permission


@needs(Permission.DICTIONARY_VIEW)
def dictionary(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Every question of a form version; an anchor for each, so that the case form can point at it."""
    page = dictionary_page(
        request.viewer.collaborative_id,
        form=request.GET.get("form", ""),
        version=request.GET.get("version", ""),
        search=request.GET.get("q", "")[:60],
    )
    return render(request, "measures/dictionary.html", {"page": page})


@needs(Permission.DICTIONARY_VIEW)
def expressions(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The language of conditions and calculations, for those who read or write them."""
    return render(request, "measures/expressions.html", {"rows": LANGUAGE})


@needs(Permission.DICTIONARY_VIEW)
def difference(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    """What changed from one version of a form to another."""
    page = difference_page(request.viewer, form_slug, old=request.GET.get("old", ""), new=request.GET.get("new", ""))
    return render(request, "measures/difference.html", {"page": page})
