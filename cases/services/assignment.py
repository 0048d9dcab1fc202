"""Give cases to a colleague of the same hospital, or to nobody; and take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.db import models, transaction

from cases.enums import CaseStatus
from cases.errors import NoCasesChosenError, NotAColleagueError, TooLateToUndoError, TooManyCasesError
from cases.models import Case
from collaboratives.models import Participation
from collaboratives.selectors.colleagues import Colleague, data_team
from events.enums import EventKind
from events.models import Event
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


MOST_CASES = 2000
UNDO_SALT, UNDO_SECONDS = "cases.assignment", 3600


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What giving cases away did; `undo` takes it back within the hour, empty when nothing changed."""

    chosen: int
    changed: int
    locked: int = 0
    to: str = ""
    undo: str = ""


def _hospital(by: Viewer) -> int:
    """Assigning is the hospital's own business: the centre sees who has a case, and changes nothing."""
    require(by, Permission.CASE_EDIT)
    if by.capacity is not Capacity.HOSPITAL or by.participation_id is None:
        raise PermissionRefusedError(Permission.CASE_EDIT)
    return by.participation_id


@transaction.atomic
def assign_cases(*, case_ids: Sequence[int], to: UUID | None, by: Viewer) -> Assignment:
    """Give these cases of the own hospital to somebody who may enter cases there, or to nobody.

    Locked cases stay with whom they are. Answers, revision and date of the last change stay: whoever has a case open must not meet a conflict.
    """
    hospital = _hospital(by)
    if not case_ids:
        raise NoCasesChosenError
    if len(case_ids) > MOST_CASES:
        raise TooManyCasesError(len(case_ids), MOST_CASES)
    whom = _colleague(by, hospital, to)
    held = Case.objects.select_for_update().filter(participation_id=hospital, pk__in=case_ids).order_by("pk")
    rows = list(held.values_list("pk", "assigned_to_id", "status"))
    before = {pk: holder for pk, holder, status in rows if status != CaseStatus.LOCKED}
    new_id = whom.user_id if whom else None
    moves = [(pk, old, new_id) for pk, old in before.items() if old != new_id]
    Case.objects.filter(participation_id=hospital, pk__in=[pk for pk, *_ in moves]).update(assigned_to_id=new_id)
    event = _record(moves, by) if moves else None
    return Assignment(
        chosen=len(rows),
        changed=len(moves),
        locked=len(rows) - len(before),
        to=whom.name if whom else "",
        undo=signing.dumps(event.pk, salt=UNDO_SALT) if event else "",
    )


def _colleague(by: Viewer, hospital: int, to: UUID | None) -> Colleague | None:
    if to is None:
        return None
    for each in data_team(by.collaborative_id, hospital):
        if each.public_id == to:
            return each
    raise NotAColleagueError


def _record(moves: Sequence[tuple[int, int | None, int | None]], by: Viewer) -> Event:
    """One event for all of them, about the case if it is one and otherwise about the hospital."""
    hospital = by.participation_id
    one: models.Model = Case(pk=moves[0][0]) if len(moves) == 1 else Participation(pk=hospital)
    return record_event(
        EventKind.CASE_ASSIGNED, by=by, subject=one, participation_id=hospital, details={"moves": moves}
    )


@transaction.atomic
def undo_assignment(*, token: str, by: Viewer) -> int:
    """Give each case back to whoever had it, unless somebody has given it on in the meantime.

    Raises
    ------
    TooLateToUndoError
        The hour is over, or it was not this person who assigned.
    """
    hospital = _hospital(by)
    try:
        event_id = signing.loads(token, salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as problem:
        raise TooLateToUndoError from problem
    own = Event.objects.filter(kind=EventKind.CASE_ASSIGNED, participation_id=hospital, actor_id=by.user_id)
    event = own.filter(pk=event_id).first()
    if event is None:
        raise TooLateToUndoError
    back: list[tuple[int, int | None, int | None]] = []
    now = _as_they_are(hospital, [pk for pk, *_ in event.details["moves"]])
    for old in {old for _, old, _ in event.details["moves"]}:
        theirs = [(pk, new, old) for pk, was, new in event.details["moves"] if was == old and now.get(pk) == (new,)]
        Case.objects.filter(participation_id=hospital, pk__in=[pk for pk, *_ in theirs]).update(assigned_to_id=old)
        back += theirs
    if back:
        _record(back, by)
    return len(back)


def _as_they_are(hospital: int, case_ids: Sequence[int]) -> dict[int, tuple[int | None]]:
    """Who has each case now that can still change; held, so that it stays so until it is written."""
    rows = Case.objects.select_for_update().filter(participation_id=hospital, pk__in=case_ids).order_by("pk")
    rows = rows.exclude(status=CaseStatus.LOCKED)
    return {pk: (holder,) for pk, holder in rows.values_list("pk", "assigned_to_id")}
