"""How every file of this application leaves: authorised for this request, noted, never kept by a cache."""

from django.http import HttpResponse

from collaboratives.http import ViewerRequest
from events.enums import AccessAction
from events.services import record_access
from feedback.reports.services.files import File


def taken(request: ViewerRequest, file: File, *, subject: str, participation_id: int | None = None) -> HttpResponse:
    """The file as an attachment, and a line in the access log."""
    record_access(AccessAction.EXPORTED, by=request.viewer, subject=subject, participation_id=participation_id)
    return HttpResponse(
        file.content,
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )
