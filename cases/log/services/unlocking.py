"""A hospital asks to unlock a case, the centre decides, the worker does it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.log.enums import Decision
from cases.log.errors import (
    AskedAlreadyError,
    DecidedAlreadyError,
    HospitalNamedError,
    LockDateError,
    NotLockedError,
    ReasonMissingError,
)
from cases.log.models import UnlockRequest
from cases.log.validators import LONGEST_REASON
from cases.models import Case
from cases.selectors.clock import today_of
from cases.services.locking import unlock_case
from collaboratives.selectors.naming import naming_problem
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


DAYS_TO_CORRECT = timedelta(days=7)


@transaction.atomic
def ask_unlock(*, case: Case, reason: str, by: Viewer) -> UnlockRequest:
    """Ask the centre to unlock a case of the own hospital, with the reason."""
    require(by, Permission.UNLOCK_ASK)
    if by.capacity is not Capacity.HOSPITAL or case.participation_id != by.participation_id:
        raise PermissionRefusedError(Permission.UNLOCK_ASK)
    if not reason.strip():
        raise ReasonMissingError("The reason")
    case = Case.objects.get(pk=case.pk)
    if not case.is_locked:
        raise NotLockedError
    try:
        with transaction.atomic():
            asked = UnlockRequest.objects.create(
                collaborative_id=case.collaborative_id,
                participation_id=case.participation_id,
                case=case,
                reason=reason.strip()[:LONGEST_REASON],
                asked_by_id=by.user_id,
            )
    except IntegrityError as problem:  # the database keeps one open request a case
        raise AskedAlreadyError from problem
    record_event(EventKind.UNLOCK_ASKED, by=by, subject=asked, participation_id=asked.participation_id)
    return asked


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the centre decided; without a date a granted case is locked again after a week."""

    decision: Decision
    note: str = ""
    relocks_on: date | None = None


@transaction.atomic
def decide_unlock(*, request: UnlockRequest, verdict: Verdict, by: Viewer) -> UnlockRequest:
    """Grant or refuse. The case itself is unlocked by the worker, who reacts to the event.

    Raises
    ------
    DecidedAlreadyError
        Somebody else was faster; their decision stands.
    """
    require(by, Permission.LOCK_MANAGE)
    if by.capacity is not Capacity.CENTRE or request.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.LOCK_MANAGE)
    request = UnlockRequest.objects.select_for_update(of=("self",)).select_related("collaborative").get(pk=request.pk)
    if request.decision:
        raise DecidedAlreadyError(Decision(request.decision).label.lower())
    if verdict.decision is Decision.REFUSED and not verdict.note.strip():
        raise ReasonMissingError("The reason for refusing")
    if problem := naming_problem(
        verdict.note, collaborative_id=request.collaborative_id, reader=request.participation_id
    ):
        raise HospitalNamedError(problem)
    request.relocks_on = _relocks_on(request, verdict)
    request.decision, request.note = verdict.decision, verdict.note.strip()[:LONGEST_REASON]
    request.decided_at, request.decided_by_id = timezone.now(), by.user_id
    request.save(update_fields=["decision", "note", "decided_at", "decided_by", "relocks_on"])
    details = {"decision": request.decision}
    hospital = request.participation_id
    record_event(EventKind.UNLOCK_DECIDED, by=by, subject=request, participation_id=hospital, details=details)
    return request


def _relocks_on(request: UnlockRequest, verdict: Verdict) -> date | None:
    if verdict.decision is Decision.REFUSED:
        return None
    today = today_of(request.collaborative)
    if verdict.relocks_on and verdict.relocks_on < today:
        raise LockDateError("The last day to correct is over already. Choose today or a later day.")
    return verdict.relocks_on or today + DAYS_TO_CORRECT


@transaction.atomic
def carry_out(request_id: int) -> None:
    """Unlock what was granted, in the name of whoever granted it; a second run finds it done."""
    request = UnlockRequest.objects.select_for_update(of=("self",)).select_related("case").get(pk=request_id)
    if request.decision != Decision.GRANTED or request.unlocked_at:
        return
    unlock_case(case=request.case, reason=request.reason, decided_by_id=request.decided_by_id or 0)
    request.unlocked_at = timezone.now()
    request.save(update_fields=["unlocked_at"])
