"""Files of cases: upload, correct the columns, check, take over, discard.

A person uploads and decides; a worker checks and takes over, each in one transaction that may run again.
"""

import hashlib
from collections.abc import Mapping
from pathlib import PurePath

from django.db import transaction

from cases.enums import ImportState
from cases.errors import ImportRefusedError, ImportStateError
from cases.http import LARGEST_UPLOAD
from cases.models import CaseImport
from cases.services.columns import Choices
from events.enums import EventKind
from events.services import queue_job, record_event
from measures.models import Form
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


CHECK_JOB, COMMIT_JOB = "cases.check_import", "cases.commit_import"
LONGEST_FILE_NAME = 200


@transaction.atomic
def upload_import(*, form: Form, file_name: str, content: bytes, by: Viewer, queue: bool = True) -> CaseImport:
    """Keep an uploaded file and let a worker check it. Of a hospital's person it is that hospital's file."""
    require(by, Permission.CASE_IMPORT)
    if len(content) > LARGEST_UPLOAD:
        raise ImportRefusedError(*too_large())
    case_import = CaseImport.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id,
        form_slug=form.slug,
        file_name=PurePath(file_name.replace("\\", "/")).name[:LONGEST_FILE_NAME] or "cases.csv",
        content=content,
        content_digest=hashlib.sha256(content).hexdigest(),
        uploaded_by_id=by.user_id,
    )
    record_event(EventKind.IMPORT_UPLOADED, by=by, subject=case_import, participation_id=by.participation_id)
    if queue:
        _queue(CHECK_JOB, "Check", case_import, by)
    return case_import


def too_large() -> tuple[str, str]:
    megabytes = LARGEST_UPLOAD // 2**20
    return f"The file is larger than {megabytes} MB.", "Split it, for example by year, and upload the parts."


def _queue(kind: str, verb: str, case_import: CaseImport, by: Viewer) -> None:
    title = f"{verb} {case_import.file_name}"
    queue_job(kind, title=title[:200], subject=case_import, by=by, participation_id=case_import.participation_id)


def _locked(case_import: CaseImport, by: Viewer, *states: ImportState) -> CaseImport:
    """The row for this change, when the viewer may change it and it stands where the change is possible."""
    require(by, Permission.CASE_IMPORT)
    if case_import.participation_id != by.participation_id:
        raise PermissionRefusedError(Permission.CASE_IMPORT)
    fresh = CaseImport.objects.select_for_update().get(pk=case_import.pk)
    if fresh.state not in states:
        raise ImportStateError(f"This import is already: {fresh.get_state_display().lower()}. Look at its page again.")
    return fresh


@transaction.atomic
def choose_columns(*, case_import: CaseImport, choices: Choices, by: Viewer, queue: bool = True) -> CaseImport:
    """Say which column holds what, and check the file again under it."""
    case_import = _locked(case_import, by, ImportState.REFUSED, ImportState.CHECKED)
    case_import.mapping = choices.to_json()
    _to(case_import, ImportState.CHECKING, problem="")
    record_event(EventKind.IMPORT_UPLOADED, by=by, subject=case_import, participation_id=by.participation_id)
    if queue:
        _queue(CHECK_JOB, "Check", case_import, by)
    return case_import


@transaction.atomic
def commit_import(*, case_import: CaseImport, valid_only: bool, by: Viewer, queue: bool = True) -> CaseImport:
    """Take the checked rows over: all of them, or (`valid_only`) those without errors."""
    case_import = _locked(case_import, by, ImportState.CHECKED)
    counts = case_import.summary.get("actions", {})
    if counts.get("rejected") and not valid_only:
        message = f"{counts['rejected']:,} rows have errors, so none was imported."
        raise ImportStateError(f"{message} Correct them and upload the file again, or import the rows without errors.")
    case_import.committed_by_id = by.user_id
    _to(case_import, ImportState.COMMITTING)
    if queue:
        _queue(COMMIT_JOB, "Import", case_import, by)
    return case_import


@transaction.atomic
def discard_import(*, case_import: CaseImport, by: Viewer) -> CaseImport:
    """Do nothing with the file. Nothing had been changed by it."""
    case_import = _locked(case_import, by, ImportState.CHECKING, ImportState.REFUSED, ImportState.CHECKED)
    _to(case_import, ImportState.DISCARDED)
    record_event(EventKind.IMPORT_DISCARDED, by=by, subject=case_import, participation_id=by.participation_id)
    return case_import


def _to(case_import: CaseImport, state: ImportState, **changes: object) -> None:
    case_import.state = state
    for name, value in changes.items():
        setattr(case_import, name, value)
    case_import.save()


def choices_of(case_import: CaseImport) -> Choices:
    mapping: Mapping[str, object] = case_import.mapping
    return Choices.stored(mapping)
