"""Definitions as files: one version of a form in several formats, or all of the collaborative as one file."""

from django.http import Http404, HttpResponse

from collaboratives.http import ViewerRequest, needs
from measures.selectors.files import FORMATS, File, definition_file, form_file
from privacy.roles import Permission


@needs(Permission.DICTIONARY_VIEW)
def form_version(
    request: ViewerRequest, collaborative_slug: str, form_slug: str, version: int, file_format: str
) -> HttpResponse:
    """Drafts are for those who may edit them."""
    if file_format not in FORMATS:
        raise Http404("There is no such format.")
    return attached(form_file(request.viewer, form_slug, version, file_format))


@needs(Permission.DEFINITION_EDIT)
def definition(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """What is published, as the file that load_definition reads."""
    return attached(definition_file(request.viewer))


def attached(file: File) -> HttpResponse:
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
