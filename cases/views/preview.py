"""A draft of a form as abstractors would meet it. Nothing is saved."""

from django.http import HttpResponse
from django.shortcuts import render

from cases.forms.form_preview import preview_page
from cases.selectors.clock import today_of
from collaboratives.http import ViewerRequest, needs
from measures.selectors.drafts import draft_for
from privacy.roles import Permission


@needs(Permission.DEFINITION_EDIT)
def form_preview(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    """POST shows what follows from the answers: what is asked, calculated and found. It keeps none of them."""
    version, collaborative = draft_for(request.viewer, form_slug), request.place.collaborative
    page = preview_page(version, collaborative, request.POST or None, today_of(collaborative))
    return render(request, "cases/form_preview.html", {"page": page, "version": version})
