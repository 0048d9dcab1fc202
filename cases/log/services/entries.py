"""Sampled operations become cases; one that cannot be abstracted is substituted, with the reason."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cases.errors import CaseNumberTakenError
from cases.log.definition.sampling import stand_in
from cases.log.enums import EntryState, SubstitutionReason
from cases.log.errors import EntryStateError, ReasonMissingError
from cases.log.models import CaseLogEntry, Cycle, Draw, Substitution
from cases.log.selectors.rules import plan_of
from cases.log.services.drawing import entry_of
from cases.log.services.upload import hold_log, own_hospital
from cases.log.validators import LONGEST_REASON
from cases.models import Case
from cases.services.cases import start_case
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer


MOST_AT_ONCE = 200


@transaction.atomic
def begin_case(*, entry: CaseLogEntry, by: Viewer) -> Case:
    """The case of a sampled operation, with its number and date; the one that is there already if somebody was faster."""
    entry = _held(entry, by, Permission.CASE_EDIT)
    if entry.case_id is not None:
        return Case.objects.get(pk=entry.case_id)
    if entry.state != EntryState.SAMPLED:
        raise EntryStateError(
            f"{entry.log_number} is {entry.get_state_display().lower()}, and only sampled operations are abstracted."
        )
    try:
        case = start_case(form=entry.cycle.form, case_number=entry.log_number, event_date=entry.event_date, by=by)
    except CaseNumberTakenError as taken:
        case = Case.objects.get(participation_id=entry.participation_id, public_id=taken.public_id)
    entry.case, entry.updated_at = case, timezone.now()
    entry.save(update_fields=["case", "updated_at"])
    return case


@transaction.atomic
def begin_all(*, cycle: Cycle, by: Viewer) -> int:
    """Begin what is sampled and not begun, so that it is on the work list; at most two hundred at once."""
    hospital = own_hospital(by, Permission.CASE_EDIT)
    waiting = CaseLogEntry.objects.filter(
        participation=hospital, cycle=cycle, state=EntryState.SAMPLED, case=None
    ).order_by("event_date", "pk")[:MOST_AT_ONCE]
    return len([begin_case(entry=entry, by=by) for entry in waiting])


def _held(entry: CaseLogEntry, by: Viewer, permission: Permission) -> CaseLogEntry:
    if entry.participation_id != own_hospital(by, permission).pk:
        raise PermissionRefusedError(permission)
    found = CaseLogEntry.objects.select_for_update(of=("self",)).select_related("cycle__form", "case")
    return found.get(pk=entry.pk)


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why an operation cannot be abstracted."""

    reason: SubstitutionReason
    note: str = ""


@transaction.atomic
def substitute_entry(*, entry: CaseLogEntry, why: Why, by: Viewer) -> Substitution:
    """Take a sampled operation out and the next of its own kind in, by the draw's own lot. Both stay listed.

    Raises
    ------
    EntryStateError
        It is not sampled, or its case is complete, so it was abstracted after all.
    """
    hold_log(entry.participation_id, entry.cycle_id)
    entry = _held(entry, by, Permission.LOG_MANAGE)
    _refuse(entry, why)
    made = Substitution.objects.create(
        collaborative_id=entry.collaborative_id,
        participation_id=entry.participation_id,
        gone=entry,
        stand_in=_replaced(entry, why),
        reason=why.reason,
        note=why.note.strip()[:LONGEST_REASON],
        made_by_id=by.user_id,
    )
    details = {"reason": why.reason.value, "stand_in": made.stand_in_id}
    hospital = entry.participation_id
    record_event(EventKind.ENTRY_SUBSTITUTED, by=by, subject=made, participation_id=hospital, details=details)
    return made


def _replaced(entry: CaseLogEntry, why: Why) -> CaseLogEntry | None:
    """Who is in the sample instead; without anybody the sample is one smaller."""
    draws = Draw.objects.select_for_update(of=("self",)).select_related("rule")
    drawn = draws.get(participation_id=entry.participation_id, cycle_id=entry.cycle_id)
    comes = _next(entry, drawn)
    entry.state, entry.reason, entry.updated_at = EntryState.SUBSTITUTED, why.reason.value, timezone.now()
    entry.save(update_fields=["state", "reason", "updated_at"])
    if comes is None:
        drawn.sampled -= 1
        drawn.save(update_fields=["sampled"])
    return comes


def _refuse(entry: CaseLogEntry, why: Why) -> None:
    if entry.state != EntryState.SAMPLED:
        raise EntryStateError(
            f"{entry.log_number} is {entry.get_state_display().lower()}; only a sampled one is substituted."
        )
    if entry.case is not None and entry.case.is_counted:
        raise EntryStateError(
            f"Case {entry.log_number} is complete, so it was abstracted. Re-open it first if that is wrong."
        )
    if why.reason is SubstitutionReason.OTHER and not why.note.strip():
        raise ReasonMissingError("The note")


def _next(entry: CaseLogEntry, drawn: Draw) -> CaseLogEntry | None:
    """Who comes in its place, sampled from here on with the same weight."""
    waiting = CaseLogEntry.objects.select_for_update().filter(
        participation_id=entry.participation_id, cycle_id=entry.cycle_id, state=EntryState.NOT_SAMPLED
    )
    by_number = {each.log_number: each for each in waiting}
    candidates = [entry_of(each, drawn.rule) for each in by_number.values()]
    found = stand_in(plan_of(drawn.rule), entry_of(entry, drawn.rule), candidates, drawn.seed)
    if found is None:
        return None
    comes = by_number[found.number]
    comes.state, comes.reason, comes.updated_at = EntryState.SAMPLED, "", timezone.now()
    comes.save(update_fields=["state", "reason", "updated_at"])
    return comes
