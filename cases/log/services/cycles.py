"""Cut a year into cycles, and give one hospital more time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from cases.log.definition.calendar import EIGHT_DAYS, Span, eight_day_spans, last_day_over, month_spans
from cases.log.enums import ExtensionReason, Rhythm
from cases.log.errors import CycleOverlapError, LockDateError, ReasonMissingError
from cases.log.models import Cycle, LockExtension
from cases.log.selectors.lock_days import lock_day
from cases.log.validators import MOST_DAYS_AFTER
from collaboratives.models import Participation
from events.enums import EventKind
from events.services import record_event
from measures.models import Form
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


def _require_centre(by: Viewer) -> None:
    require(by, Permission.LOCK_MANAGE)
    if by.capacity is not Capacity.CENTRE:
        raise PermissionRefusedError(Permission.LOCK_MANAGE)


@transaction.atomic
def create_cycles(*, form: Form, rhythm: Rhythm, year: int, days_after: int, by: Viewer) -> list[Cycle]:
    """The cycles of a year, each with its lock date so many days after its last day.

    Raises
    ------
    CycleOverlapError
        Some of these days belong to a cycle already; nothing is created.
    """
    _require_centre(by)
    if form.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.LOCK_MANAGE)
    if not 0 <= days_after <= MOST_DAYS_AFTER:
        raise LockDateError(
            f"Cases can be locked 0 to {MOST_DAYS_AFTER} days after a cycle ends. Choose another number."
        )
    Form.objects.select_for_update().get(pk=form.pk)  # two people creating the same year come one after the other
    spans = _spans(form, rhythm, year)
    _refuse_overlap(form, spans)
    made = [_cycle(form, _name(rhythm, span, place), span, days_after, by) for place, span in enumerate(spans, 1)]
    for cycle in made:
        record_event(EventKind.CYCLE_CREATED, by=by, subject=cycle, details={"locks_on": cycle.locks_on.isoformat()})
    return made


def _cycle(form: Form, name: str, span: Span, days_after: int, by: Viewer) -> Cycle:
    return Cycle.objects.create(
        collaborative_id=form.collaborative_id,
        form=form,
        name=name,
        first_day=span.first,
        last_day=span.last,
        locks_on=span.last + timedelta(days=days_after),
        created_by_id=by.user_id,
    )


def _spans(form: Form, rhythm: Rhythm, year: int) -> list[Span]:
    first, until = date(year, 1, 1), date(year, 12, 31)
    if rhythm is not Rhythm.EIGHT_DAY:
        return list(month_spans(first, until, months=3 if rhythm is Rhythm.QUARTERLY else 1))
    # The last eight days of a year reach into the next, whose first cycle begins after them.
    reaching = Cycle.objects.filter(
        form=form, first_day__lt=first, last_day__gte=first, last_day__lt=first + EIGHT_DAYS
    )
    before = reaching.order_by("-last_day").values_list("last_day", flat=True).first()
    return list(eight_day_spans(before + timedelta(days=1) if before else first, until))


def _refuse_overlap(form: Form, spans: Sequence[Span]) -> None:
    there = Cycle.objects.filter(form=form, first_day__lte=spans[-1].last, last_day__gte=spans[0].first)
    if found := there.order_by("first_day").first():
        raise CycleOverlapError(found.name, found.first_day, found.last_day)


def _name(rhythm: Rhythm, span: Span, place: int) -> str:
    if rhythm is Rhythm.MONTHLY:
        return f"{span.first:%B %Y}"
    if rhythm is Rhythm.QUARTERLY:
        return f"{span.first.year}, quarter {place}"
    return f"{span.first.year}, cycle {place:02d}"


@dataclass(frozen=True, kw_only=True)
class Extension:
    """More time, and why."""

    locks_on: date
    reason: ExtensionReason
    note: str = ""


@transaction.atomic
def extend_lock(*, cycle: Cycle, participation: Participation, extension: Extension, by: Viewer) -> LockExtension:
    """Move the lock date of one cycle for one hospital, before that date is over.

    Raises
    ------
    LockDateError
        The date is not later than the one in force, or that one is over and the cases are locked.
    """
    _require_centre(by)
    if {cycle.collaborative_id, participation.collaborative_id} != {by.collaborative_id}:
        raise PermissionRefusedError(Permission.LOCK_MANAGE)
    Participation.objects.select_for_update(of=("self",)).get(pk=participation.pk)
    _refuse_day(cycle, participation, extension)
    made = LockExtension.objects.create(
        collaborative_id=by.collaborative_id,
        participation=participation,
        cycle=cycle,
        locks_on=extension.locks_on,
        reason=extension.reason,
        note=extension.note.strip(),
        decided_by_id=by.user_id,
    )
    details = {"cycle": cycle.pk, "locks_on": extension.locks_on.isoformat(), "reason": extension.reason}
    record_event(EventKind.LOCK_EXTENDED, by=by, subject=made, participation_id=participation.pk, details=details)
    return made


def _refuse_day(cycle: Cycle, participation: Participation, extension: Extension) -> None:
    if extension.reason is ExtensionReason.OTHER and not extension.note.strip():
        raise ReasonMissingError("The note")
    now_on = lock_day(cycle, participation.pk)
    if now_on <= last_day_over(timezone.now(), cycle.collaborative.time_zone):
        raise LockDateError(
            f"{cycle.name} was locked for this hospital after {now_on:%-d %B %Y}. The hospital asks to unlock single cases."
        )
    if extension.locks_on <= now_on:
        raise LockDateError(f"The lock date is {now_on:%-d %B %Y} now. More time means a later date.")
