"""How every file of this application leaves: authorised for this request, noted, never kept by a cache."""

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse

from collaboratives.http import ViewerRequest
from events.enums import AccessAction
from events.services import record_access
from feedback.reports.services.files import File
from privacy.roles import Capacity


def taken(request: ViewerRequest, file: File, *, subject: str, participation_id: int | None = None) -> HttpResponse:
    """The file as an attachment, and a line in the access log: of this hospital, else of the viewer's own."""
    _noted(request, subject, participation_id)
    return HttpResponse(file.content, content_type=file.content_type, headers=_as(file.name))


def taken_by_and_by(
    request: ViewerRequest, name: str, pieces: Iterator[bytes], content_type: str, *, subject: str
) -> StreamingHttpResponse:
    """A file too large to be made before it is sent."""
    _noted(request, subject, None)
    return StreamingHttpResponse(pieces, content_type=content_type, headers=_as(name))


def _noted(request: ViewerRequest, subject: str, participation_id: int | None) -> None:
    """Observers can take nothing that is about a hospital, and the wall lets them write nothing."""
    viewer = request.viewer
    if viewer.capacity is not Capacity.OBSERVER:
        whose = participation_id or viewer.participation_id
        record_access(AccessAction.EXPORTED, by=viewer, subject=subject, participation_id=whose)


def _as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
