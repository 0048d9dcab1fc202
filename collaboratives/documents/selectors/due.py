"""What waits for somebody: documents to read and confirm."""

from django.urls import reverse

from collaboratives.definition.due import Due
from collaboratives.documents.selectors.documents import document_rows
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


def due_for(viewer: Viewer) -> list[Due]:
    """For a hospital's people what they have not confirmed; for the centre what not everybody has, of its own."""
    centre = viewer.capacity is Capacity.CENTRE
    if not viewer.can(Permission.DOCUMENT_MANAGE if centre else Permission.DOCUMENT_VIEW):
        return []
    slug = viewer.collaborative_slug
    return [
        Due(
            kind="document",
            title=f"{row.document.title}: {row.readers - row.read} have not confirmed it"
            if centre
            else f"Read and confirm: {row.document.title}",
            url=reverse("documents:document-detail", args=[slug, row.document.public_id]),
            count=row.readers - row.read if centre else 1,
            since=row.version.uploaded_at.date(),
            key=f"document {row.document.public_id} {row.version.number}",
        )
        for row in document_rows(viewer)
        if row.document.must_acknowledge
        and not row.document.retired_at
        and (row.readers > row.read if centre else row.waits)
    ]
