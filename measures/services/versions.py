"""What drafts of forms, measures and risk models have in common: opened, kept, submitted, returned, put away, published."""

from typing import TypeVar

from django.utils import timezone

from events.enums import EventKind
from events.services import record_event
from measures.definition.canonical import to_json
from measures.definition.spec import FormSpec, MeasureSpec, RiskModelSpec
from measures.enums import VersionStatus
from measures.errors import DraftClosedError, OwnDraftError
from measures.models import FormVersion, MeasureVersion, RiskModelVersion
from privacy.viewer import Viewer


Draft = TypeVar("Draft", FormVersion, MeasureVersion, RiskModelVersion)
Versioned = FormVersion | MeasureVersion | RiskModelVersion
OPEN = (VersionStatus.DRAFT, VersionStatus.REVIEW)
CLOSED = {
    VersionStatus.REVIEW: "This draft waits for review. Take it back before you change it.",
    VersionStatus.DISCARDED: "This draft was discarded. Take it up again before you change it.",
    VersionStatus.PUBLISHED: "This version is published and does not change any more. Make a new draft.",
    VersionStatus.RETIRED: "This version is retired and does not change any more. Make a new draft.",
}


def lock_version(version: Draft, by: Viewer, *allowed: VersionStatus) -> Draft:
    """The row as it is now, nobody else's until the transaction ends; refused in any other state."""
    rows = type(version).objects.select_for_update(of=("self",)).select_related(version.OF)
    locked: Draft = rows.get(pk=version.pk, collaborative_id=by.collaborative_id)
    if locked.status not in allowed:
        raise DraftClosedError(CLOSED.get(VersionStatus(locked.status), "Submit the draft for review first."))
    return locked


def begin(version: Draft, by: Viewer) -> None:
    """Make a new or discarded row an empty draft of this person's; the caller keeps it."""
    version.collaborative_id = by.collaborative_id or 0
    version.status, version.note, version.comment = VersionStatus.DRAFT, "", ""
    version.drafted_at, version.drafted_by_id = timezone.now(), by.user_id
    version.submitted_at = version.submitted_by = None
    version.editors, version.revision = [], version.revision if version.pk else 0


def keep(version: Draft, spec: FormSpec | MeasureSpec | RiskModelSpec, digest: str, by: Viewer, what: str) -> Draft:
    """Save the definition; whoever does so may not publish it."""
    version.spec, version.digest = to_json(spec), digest
    version.revision += 1
    if by.user_id not in version.editors:
        version.editors = [*version.editors, by.user_id]
    version.save()
    record(EventKind.DRAFT_SAVED, version, by, part=what)
    return version


def submit(version: Draft, note: str, by: Viewer) -> Draft:
    version.status, version.note, version.comment = VersionStatus.REVIEW, note.strip(), ""
    version.submitted_at, version.submitted_by_id = timezone.now(), by.user_id
    version.save()
    record(EventKind.DRAFT_SUBMITTED, version, by)
    return version


def give_back(version: Draft, comment: str, by: Viewer) -> Draft:
    version.status, version.comment = VersionStatus.DRAFT, comment.strip()
    version.submitted_at = version.submitted_by = None
    version.save()
    record(EventKind.DRAFT_RETURNED, version, by)
    return version


def put_away(version: Draft, by: Viewer) -> Draft:
    version.status = VersionStatus.DISCARDED
    version.save(update_fields=["status"])
    record(EventKind.DRAFT_DISCARDED, version, by)
    return version


def take_up(version: Draft, by: Viewer) -> Draft:
    """A discarded draft as it was."""
    version.status = VersionStatus.DRAFT
    version.submitted_at = version.submitted_by = None
    version.save()
    record(EventKind.DRAFT_SAVED, version, by)
    return version


def refuse_own(version: Versioned, by: Viewer) -> None:
    """Whoever wrote it or submitted it does not publish it; the database says so too."""
    if by.user_id in version.editors or by.user_id == version.submitted_by_id:
        raise OwnDraftError


def mark_published(version: Draft, note: str, by: Viewer) -> None:
    version.status, version.note, version.comment = VersionStatus.PUBLISHED, note.strip(), ""
    version.published_at, version.published_by_id = timezone.now(), by.user_id
    version.save()


def record(kind: EventKind, version: Versioned, by: Viewer, **details: object) -> None:
    record_event(kind, by=by, subject=version, details={**version.about, "number": version.number, **details})
