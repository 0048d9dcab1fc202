"""Uploading documents, confirming that they were read, reminding those who have not."""

from datetime import timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from collaboratives.documents.definition.files import Accepted
from collaboratives.documents.errors import DocumentError
from collaboratives.documents.models import Acknowledgement, Document, DocumentVersion
from collaboratives.documents.selectors.audience import DocumentWords
from collaboratives.documents.selectors.documents import readers_of
from collaboratives.models import Participation
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify
from collaboratives.selectors.naming import naming_problem
from events.enums import EventKind
from events.models import Event
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


REMINDED_AT_MOST_EVERY = timedelta(hours=20)


@transaction.atomic
def add_document(*, words: DocumentWords, file: Accepted, by: Viewer) -> Document:
    """A new document with its first version."""
    require(by, Permission.DOCUMENT_MANAGE)
    if not words.roles or any(role.capacity is not Capacity.HOSPITAL for role in words.roles):
        raise DocumentError("Choose at least one role at a hospital: somebody has to be able to read it.")
    _refuse_names(f"{words.title} {words.about} {file.name}", words.participation, by)
    document = Document.objects.create(
        collaborative_id=by.collaborative_id,
        participation=words.participation,
        title=words.title.strip(),
        about=words.about.strip(),
        roles=[role.value for role in words.roles],
        must_acknowledge=words.must_acknowledge,
        created_by_id=by.user_id,
    )
    _add(document, file, "", by)
    return document


@transaction.atomic
def add_version(*, document: Document, file: Accepted, note: str, by: Viewer) -> DocumentVersion:
    """The next version; where it must be confirmed, everybody confirms it anew."""
    require(by, Permission.DOCUMENT_MANAGE)
    locked = Document.objects.select_for_update(of=("self",)).select_related("participation").get(pk=document.pk)
    if locked.retired_at:
        raise DocumentError("This document is out of use. Upload a new one.")
    _refuse_names(f"{note} {file.name}", locked.participation, by)
    return _add(locked, file, note, by)


def _refuse_names(text: str, participation: Participation | None, by: Viewer) -> None:
    """What every hospital reads names none of them; what one reads names no other."""
    reader = participation.pk if participation else None
    if problem := naming_problem(text, collaborative_id=by.collaborative_id, reader=reader):
        raise DocumentError(problem)


def _add(document: Document, file: Accepted, note: str, by: Viewer) -> DocumentVersion:
    version = DocumentVersion.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=document.participation_id,
        document=document,
        number=document.versions.count() + 1,
        note=note.strip(),
        file_name=file.name,
        file_type=file.kind,
        size=file.size,
        digest=file.digest,
        file=file.content,
        uploaded_by_id=by.user_id,
    )
    place = document.participation_id
    record_event(EventKind.DOCUMENT_UPLOADED, by=by, subject=document, participation_id=place)
    return version


@transaction.atomic
def retire_document(*, document: Document, by: Viewer) -> None:
    """Nobody reads or confirms it from now on; the centre still sees who had."""
    require(by, Permission.DOCUMENT_MANAGE)
    if Document.objects.filter(pk=document.pk, retired_at=None).update(retired_at=timezone.now()):
        place = document.participation_id
        record_event(EventKind.DOCUMENT_RETIRED, by=by, subject=document, participation_id=place)


@transaction.atomic
def acknowledge(*, version: DocumentVersion, by: Viewer) -> Acknowledgement:
    """Somebody at a hospital says that they have read it; saying it twice changes nothing."""
    require(by, Permission.DOCUMENT_CONFIRM)
    if by.participation_id is None:
        raise PermissionRefusedError(Permission.DOCUMENT_CONFIRM)
    if version.number != version.document.versions.count():
        raise DocumentError("There is a newer version by now. Read that one, and confirm it.")
    done, is_new = Acknowledgement.objects.get_or_create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id,
        version=version,
        reader_id=by.user_id,
    )
    if is_new:
        place = by.participation_id
        record_event(EventKind.DOCUMENT_ACKNOWLEDGED, by=by, subject=version, participation_id=place)
    return done


@transaction.atomic
def remind_readers(*, document: Document, by: Viewer) -> int:
    """A worker writes to everybody who has not confirmed the latest version; how many those are."""
    require(by, Permission.DOCUMENT_MANAGE)
    locked = Document.objects.select_for_update().get(pk=document.pk)
    now, version = timezone.now(), locked.versions.defer("file").first()
    if not locked.must_acknowledge or locked.retired_at or version is None:
        raise DocumentError("Nobody has to confirm this document.")
    if locked.reminded_at and locked.reminded_at > now - REMINDED_AT_MOST_EVERY:
        raise DocumentError("They were reminded less than a day ago. Wait until tomorrow.")
    waiting = [each for each in readers_of(locked, version) if each.acknowledged_at is None]
    if not waiting:
        raise DocumentError("Everybody has confirmed it.")
    locked.reminded_at = now
    locked.save(update_fields=["reminded_at"])
    record_event(EventKind.DOCUMENT_REMINDED, by=by, subject=locked, details={"day": now.date().isoformat()})
    return len(waiting)


def tell_of_upload(event: Event) -> None:
    """Whoever is to confirm it finds it among what is new in the product; a mail comes when the centre reminds."""
    found = _waiting(event.subject_id)
    if found is not None:
        _tell(*found, key=f"document-{found[1].public_id}", mail=False)


def tell_reminded(event: Event) -> None:
    """Those who still have not confirmed when it is told."""
    found = _waiting(event.subject_id)
    if found is not None:
        _tell(*found, key=f"document-{found[1].public_id}-{event.details['day']}", mail=True)


def _waiting(document_id: int) -> tuple[Document, DocumentVersion, list[int]] | None:
    """The document, its latest version and who has not confirmed that; None where nobody has to."""
    document = Document.objects.select_related("collaborative").get(pk=document_id)
    version = document.versions.defer("file").first()
    if version is None or document.retired_at or not document.must_acknowledge:
        return None
    waiting = [each.user_id for each in readers_of(document, version) if each.acknowledged_at is None]
    return document, version, waiting


def _tell(document: Document, version: DocumentVersion, people: list[int], *, key: str, mail: bool) -> None:
    notify(
        people,
        kind=NotificationKind.DOCUMENT,
        title=waiting_title(document),
        text=reminder_text(document, version),
        path=reverse("documents:document-detail", args=[document.collaborative.slug, document.public_id]),
        key=key,
        collaborative_id=document.collaborative_id,
        participation_id=document.participation_id,
        mail=mail,
    )


def waiting_title(document: Document) -> str:
    return f"To read and confirm: {document.title}"


def reminder_text(document: Document, version: DocumentVersion) -> str:
    """What the mail says."""
    context = {"title": document.title, "number": version.number, "collaborative": document.collaborative.name}
    return render_to_string("documents/mail/reminder.txt", context).strip()
