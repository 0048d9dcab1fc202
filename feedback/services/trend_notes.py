"""Put words on a measure's trend, and take them off again."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.naming import naming_problem
from events.enums import EventKind
from events.services import record_event
from feedback.errors import HospitalNamedError
from feedback.models import HospitalNote, ProgrammeNote
from measures.models import Measure
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


@transaction.atomic
def add_note(*, measure: Measure, month: date, text: str, by: Viewer) -> HospitalNote | ProgrammeNote:
    """A hospital notes what it changed, for itself; the centre what changed for all."""
    require(by, Permission.TREND_NOTE)
    if measure.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.TREND_NOTE)
    note: HospitalNote | ProgrammeNote
    if by.capacity is Capacity.CENTRE:
        if problem := naming_problem(text, collaborative_id=measure.collaborative_id, reader=None):
            raise HospitalNamedError(problem)
        note = ProgrammeNote()
    elif by.participation_id is not None:
        note = HospitalNote(participation_id=by.participation_id)
    else:
        raise PermissionRefusedError(Permission.TREND_NOTE)
    note.collaborative_id, note.measure = by.collaborative_id, measure
    note.month, note.text, note.created_by_id = month.replace(day=1), text, by.user_id
    note.save(force_insert=True)
    record_event(EventKind.TREND_NOTED, by=by, subject=note, participation_id=by.participation_id)
    return note


@transaction.atomic
def remove_note(*, note: HospitalNote | ProgrammeNote, by: Viewer) -> None:
    """Take a note off the chart; the row stays."""
    require(by, Permission.TREND_NOTE)
    mine = (
        note.participation_id == by.participation_id
        if isinstance(note, HospitalNote)
        else by.capacity is Capacity.CENTRE and note.collaborative_id == by.collaborative_id
    )
    if not mine:
        raise PermissionRefusedError(Permission.TREND_NOTE)
    note.removed_at, note.removed_by_id = timezone.now(), by.user_id
    note.save(update_fields=["removed_at", "removed_by"])
    record_event(EventKind.TREND_NOTE_REMOVED, by=by, subject=note, participation_id=by.participation_id)
