"""Forms as the browser runs them."""

from django.http import Http404, HttpResponse

from collaboratives.http import ViewerRequest, needs
from measures.selectors.programs import form_program
from privacy.roles import Permission


@needs(Permission.DICTIONARY_VIEW)
def program(request: ViewerRequest, collaborative_slug: str, digest: str) -> HttpResponse:
    """One form version as JSON. Its digest names it for ever, so that browsers ask once: it holds no patient's data."""
    text = form_program(request.viewer, digest)
    if text is None:
        raise Http404
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )
