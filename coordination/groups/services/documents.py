"""Documents of a group: the chair and the centre bring them, the members read them."""

from django.db import transaction
from django.utils import timezone

from collaboratives.documents.definition.files import Accepted
from coordination.groups.errors import GroupError
from coordination.groups.models import GroupDocument, GroupDocumentVersion, WorkingGroup
from coordination.groups.services.asking import known_as, refuse_names, require_leader
from coordination.groups.validators import MOST_DOCUMENTS, clean_line
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


@transaction.atomic
def add_document(*, group: WorkingGroup, title: str, file: Accepted, by: Viewer) -> GroupDocument:
    """A new document with its first version."""
    group = require_leader(group, by)
    title = clean_line(title, "The title", 200)
    refuse_names([title, file.name], by=by)
    if group.documents.filter(retired_at=None).count() >= MOST_DOCUMENTS:
        raise GroupError(f"A group keeps at most {MOST_DOCUMENTS} documents. Take one out of use first.")
    document = GroupDocument.objects.create(
        collaborative_id=group.collaborative_id, group=group, title=title, created_by_id=by.user_id
    )
    _add(document, file, "", by)
    return document


@transaction.atomic
def add_version(*, document: GroupDocument, file: Accepted, note: str, by: Viewer) -> GroupDocumentVersion:
    require_leader(document.group, by)
    held = GroupDocument.objects.select_for_update(of=("self",)).select_related("group").get(pk=document.pk)
    if held.retired_at:
        raise GroupError("This document is out of use. Upload a new one.")
    refuse_names([note, file.name], by=by)
    return _add(held, file, " ".join(note.split()), by)


@transaction.atomic
def retire_document(*, document: GroupDocument, by: Viewer) -> None:
    """Nobody finds it from now on; its versions are kept."""
    require_leader(document.group, by)
    if GroupDocument.objects.filter(pk=document.pk, retired_at=None).update(retired_at=timezone.now()):
        details = {"group": document.group_id}
        record_event(
            EventKind.GROUP_DOCUMENT_RETIRED,
            by=by,
            subject=document,
            participation_id=by.participation_id,
            details=details,
        )


def _add(document: GroupDocument, file: Accepted, note: str, by: Viewer) -> GroupDocumentVersion:
    number = document.versions.count() + 1
    version = GroupDocumentVersion.objects.create(
        collaborative_id=document.collaborative_id,
        group=document.group,
        document=document,
        number=number,
        note=note,
        file_name=file.name,
        file_type=file.kind,
        size=file.size,
        digest=file.digest,
        file=file.content,
        uploaded_by_id=by.user_id,
        uploaded_as=known_as(document.group, by),
    )
    record_event(
        EventKind.GROUP_DOCUMENT_ADDED,
        by=by,
        subject=document,
        participation_id=by.participation_id,
        details={"group": document.group_id, "number": number},
    )
    return version
