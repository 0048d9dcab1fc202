"""Files of cases: upload, say what is in them, correct cells, take over, undo, discard.

A person uploads and decides; a worker reads and writes, each time in one transaction that may run again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.enums import ImportState
from cases.errors import ImportRefusedError, ImportStateError
from cases.http import LARGEST_UPLOAD
from cases.models import CaseImport, ImportMapping
from cases.services.columns import Choices
from cases.services.entry import require_entry
from events.enums import EventKind
from events.services import queue_job, record_event
from measures.models import Form
from measures.selectors.definitions import form_of
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


CHECK_JOB, COMMIT_JOB, UNDO_JOB = "cases.check_import", "cases.commit_import", "cases.undo_import"
LONGEST_FILE_NAME = 200
UNDO_WINDOW = timedelta(days=30)  # longer than a month's feedback takes; the history of each case stays for ever
MOST_CORRECTIONS, LONGEST_CELL = 500, 1000
LONGEST_REASON = 500


@transaction.atomic
def upload_import(*, form: Form, file_name: str, content: bytes, by: Viewer, queue: bool = True) -> CaseImport:
    """Keep an uploaded file and let a worker check it. Of a hospital's person it is that hospital's file."""
    require(by, Permission.CASE_IMPORT)
    require_entry(by, form.pk)
    if len(content) > LARGEST_UPLOAD:
        raise ImportRefusedError(*too_large())
    case_import = CaseImport.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id,
        form_slug=form.slug,
        file_name=PurePath(file_name.replace("\\", "/")).name[:LONGEST_FILE_NAME] or "cases.csv",
        content=content,
        content_digest=hashlib.sha256(content).hexdigest(),
        mapping=_remembered(form, by),
        uploaded_by_id=by.user_id,
    )
    _told(EventKind.IMPORT_UPLOADED, case_import, by)
    if queue:
        _queue(CHECK_JOB, "Check", case_import, by)
    return case_import


def too_large() -> tuple[str, str]:
    megabytes = LARGEST_UPLOAD // 2**20
    return f"The file is larger than {megabytes} MB.", "Split it, for example by year, and upload the parts."


def _remembered(form: Form, by: Viewer) -> dict[str, object]:
    """How the last file of the same hospital for the same form was to be read."""
    found = _memory(form, by).first()
    return {**found.mapping, "remembered": True} if found else {}


def _memory(form: Form, by: Viewer) -> QuerySet[ImportMapping]:
    side = Q(participation_id=by.participation_id) if by.participation_id else Q(participation=None)
    return ImportMapping.objects.filter(side, collaborative_id=by.collaborative_id, form=form)


def _remember(case_import: CaseImport, choices: Choices, by: Viewer) -> None:
    form = form_of(case_import.collaborative_id, case_import.form_slug)
    if form is None:
        return
    memory = _memory(form, by).first() or ImportMapping(
        collaborative_id=by.collaborative_id, participation_id=by.participation_id, form=form
    )
    # What belongs to one file only is left out.
    memory.mapping = replace(choices, reasons={}, sheet="", constants={}).to_json()
    memory.updated_at, memory.updated_by_id = timezone.now(), by.user_id
    memory.save()


def _told(kind: EventKind, case_import: CaseImport, by: Viewer, **details: object) -> None:
    record_event(kind, by=by, subject=case_import, participation_id=by.participation_id, details=details)


def _queue(kind: str, verb: str, case_import: CaseImport, by: Viewer) -> None:
    title = f"{verb} {case_import.file_name}"
    queue_job(kind, title=title[:200], subject=case_import, by=by, participation_id=case_import.participation_id)


def _locked(case_import: CaseImport, by: Viewer, *states: ImportState) -> CaseImport:
    """The row for this change, when the viewer may change it and it stands where the change is possible."""
    require(by, Permission.CASE_IMPORT)
    if case_import.participation_id != by.participation_id:
        raise PermissionRefusedError(Permission.CASE_IMPORT)
    fresh = CaseImport.objects.defer("content").select_for_update().get(pk=case_import.pk)
    if fresh.state not in states:
        raise ImportStateError(f"This import is already: {fresh.get_state_display().lower()}. Look at its page again.")
    return fresh


@transaction.atomic
def choose_columns(*, case_import: CaseImport, choices: Choices, by: Viewer, queue: bool = True) -> CaseImport:
    """Say which column holds what, and check the file again under it. The next file is read the same way."""
    return _choose(_locked(case_import, by, ImportState.REFUSED, ImportState.CHECKED), choices, by, queue=queue)


@transaction.atomic
def choose_codes(
    *, case_import: CaseImport, codes: Mapping[str, Mapping[str, str]], by: Viewer, queue: bool = True
) -> CaseImport:
    """Say which texts of the file stand for which choice, and check it again. The next file is read the same way."""
    case_import = _locked(case_import, by, ImportState.REFUSED, ImportState.CHECKED)
    earlier = choices_of(case_import)
    merged = {**earlier.codes, **{name: {**earlier.codes.get(name, {}), **texts} for name, texts in codes.items()}}
    return _choose(case_import, replace(earlier, codes=merged), by, queue=queue)


def _choose(case_import: CaseImport, choices: Choices, by: Viewer, *, queue: bool) -> CaseImport:
    case_import.mapping = choices.to_json()
    _remember(case_import, choices, by)
    case_import.summary.pop("recheck", None)
    return _check_again(case_import, by, queue=queue)


def _check_again(case_import: CaseImport, by: Viewer, *, queue: bool, **details: object) -> CaseImport:
    _to(case_import, ImportState.CHECKING, problem="")
    _told(EventKind.IMPORT_UPLOADED, case_import, by, **details)
    if queue:
        _queue(CHECK_JOB, "Check", case_import, by)
    return case_import


@transaction.atomic
def correct_cells(
    *, case_import: CaseImport, corrections: Mapping[int, Mapping[str, str]], by: Viewer, queue: bool = True
) -> CaseImport:
    """Write other texts in place of cells, by line and column; only their rows are checked again. The file stays as it is."""
    case_import = _locked(case_import, by, ImportState.CHECKED)
    kept = dict(case_import.corrections)
    for line, texts in corrections.items():
        kept[str(line)] = {**kept.get(str(line), {}), **{name: text[:LONGEST_CELL] for name, text in texts.items()}}
    if len(kept) > MOST_CORRECTIONS:
        message = f"More than {MOST_CORRECTIONS} rows would be corrected here."
        raise ImportStateError(f"{message} Correct the file itself and upload it again.")
    case_import.corrections = kept
    keys = {each["name"] for each in case_import.summary["columns"] if each["target"] in {"case_number", "hospital"}}
    alone = not any(keys & texts.keys() for texts in corrections.values())  # else other rows may be touched
    case_import.summary["recheck"] = sorted(corrections) if alone else []
    return _check_again(case_import, by, queue=queue, corrected=len(corrections))


@transaction.atomic
def commit_import(
    *,
    case_import: CaseImport,
    valid_only: bool,
    by: Viewer,
    reasons: Mapping[str, str] | None = None,
    queue: bool = True,
) -> CaseImport:
    """Take the checked rows over: all of them, or (`valid_only`) those without errors. `reasons` answer whole warnings."""
    case_import = _locked(case_import, by, ImportState.CHECKED)
    if form := form_of(case_import.collaborative_id, case_import.form_slug):
        require_entry(by, form.pk)
    counts = case_import.summary.get("actions", {})
    if counts.get("rejected") and not valid_only:
        message = f"{counts['rejected']:,} rows have errors, so none was imported."
        raise ImportStateError(f"{message} Correct them and upload the file again, or import the rows without errors.")
    given = {rule: text.strip()[:LONGEST_REASON] for rule, text in (reasons or {}).items() if text.strip()}
    if given:
        case_import.mapping = replace(choices_of(case_import), reasons=given).to_json()
    case_import.committed_by_id = by.user_id
    _to(case_import, ImportState.COMMITTING)
    if queue:
        _queue(COMMIT_JOB, "Import", case_import, by)
    return case_import


@transaction.atomic
def undo_import(*, case_import: CaseImport, by: Viewer, queue: bool = True) -> CaseImport:
    """Take the cases of a file back: new ones go, changed ones are as before. Those that somebody changed since stay."""
    case_import = _locked(case_import, by, ImportState.COMMITTED)
    if not may_undo(case_import):
        raise ImportStateError(f"An import can be undone for {UNDO_WINDOW.days} days; this one is older.")
    case_import.undone_by_id = by.user_id
    _to(case_import, ImportState.UNDOING)
    if queue:
        _queue(UNDO_JOB, "Undo", case_import, by)
    return case_import


def may_undo(case_import: CaseImport) -> bool:
    done = case_import.committed_at
    return case_import.state == ImportState.COMMITTED and done is not None and timezone.now() <= done + UNDO_WINDOW


@transaction.atomic
def discard_import(*, case_import: CaseImport, by: Viewer) -> CaseImport:
    """Do nothing with the file. Nothing had been changed by it."""
    case_import = _locked(case_import, by, ImportState.CHECKING, ImportState.REFUSED, ImportState.CHECKED)
    _to(case_import, ImportState.DISCARDED)
    _told(EventKind.IMPORT_DISCARDED, case_import, by)
    return case_import


def _to(case_import: CaseImport, state: ImportState, *, problem: str | None = None) -> None:
    case_import.state = state
    if problem is not None:
        case_import.problem = problem
    names = ("state", "problem", "mapping", "corrections", "summary", "committed_by", "undone_by")
    case_import.save(update_fields=names)


def choices_of(case_import: CaseImport) -> Choices:
    mapping: Mapping[str, object] = case_import.mapping
    return Choices.stored(mapping)
