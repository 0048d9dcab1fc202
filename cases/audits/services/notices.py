"""Announce an audit to a hospital, and cancel one."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.audits.enums import UNDER_WAY, AuditState
from cases.audits.errors import (
    AbstractorError,
    AuditUnderWayError,
    HospitalLeftError,
    HospitalNamedError,
    PeriodError,
    ReasonMissingError,
)
from cases.audits.models import Audit
from cases.audits.services.steps import held, require_centre
from cases.audits.validators import LONGEST_REASON, MOST_NOTICE, MOST_SAMPLE
from cases.selectors.clock import today_of
from collaboratives.models import Grant, Participation
from collaboratives.selectors.naming import naming_problem
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.services import record_event
from measures.models import Form
from privacy.roles import ROLE_PERMISSIONS, Capacity, Permission, Role
from privacy.viewer import PermissionRefusedError, Viewer


LEFT = "The hospital left the collaborative."


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a hospital is told: which events, how many cases, how long before they are drawn, who abstracts them again."""

    participation: Participation
    form: Form
    first_day: date
    last_day: date
    sample_size: int
    notice_days: int
    abstractor_id: int
    note: str = ""


@transaction.atomic
def announce_audit(*, notice: Notice, by: Viewer) -> Audit:
    """Tell a hospital that a sample of its cases will be abstracted again.

    Raises
    ------
    AuditUnderWayError
        One of the same form is not finished at this hospital.
    """
    hospital = notice.participation
    require_centre(by, Permission.AUDIT_MANAGE, hospital.collaborative_id)
    if notice.form.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.AUDIT_MANAGE)
    if hospital.left_on:
        raise HospitalLeftError(hospital.site.name, hospital.left_on)
    today = today_of(hospital.collaborative)
    _refuse_numbers(notice, today)
    _refuse_abstractor(notice)
    try:
        with transaction.atomic():
            audit = _announced(notice, today, by)
    except IntegrityError as problem:  # the database keeps one under way for each hospital and form
        raise AuditUnderWayError(hospital.site.name) from problem
    details = {"draw_from": audit.draw_from.isoformat(), "sample_size": audit.sample_size}
    record_event(
        EventKind.AUDIT_ANNOUNCED, by=by, subject=audit, participation_id=audit.participation_id, details=details
    )
    return audit


def _announced(notice: Notice, today: date, by: Viewer) -> Audit:
    return Audit.objects.create(
        collaborative_id=by.collaborative_id,
        participation=notice.participation,
        form=notice.form,
        first_day=notice.first_day,
        last_day=notice.last_day,
        sample_size=notice.sample_size,
        note=notice.note.strip()[:LONGEST_REASON],
        abstractor_id=notice.abstractor_id,
        announced_by_id=by.user_id,
        draw_from=today + timedelta(days=notice.notice_days),
    )


def _refuse_numbers(notice: Notice, today: date) -> None:
    if notice.first_day > notice.last_day:
        raise PeriodError("The first day is after the last day. Change one of them.")
    if notice.last_day > today:
        raise PeriodError(
            f"Events up to {notice.last_day:%-d %B %Y} are not over. Choose a last day that is today or earlier."
        )
    if not 1 <= notice.sample_size <= MOST_SAMPLE:
        raise PeriodError(f"A sample has 1 to {MOST_SAMPLE} cases. Choose another number.")
    if not 0 <= notice.notice_days <= MOST_NOTICE:
        raise PeriodError(f"A hospital is given 0 to {MOST_NOTICE} days' notice. Choose another number.")


def _refuse_abstractor(notice: Notice) -> None:
    """Somebody of the centre whose role it is, and who does not work at the hospital."""
    now, here = timezone.now(), notice.participation
    grants = Grant.objects.filter(collaborative_id=here.collaborative_id, user_id=notice.abstractor_id)
    roles = [each for each in grants if each.ends_at is None or each.ends_at > now]
    able = any(
        each.capacity == Capacity.CENTRE and Permission.AUDIT_ABSTRACT in ROLE_PERMISSIONS[Role(each.role)]
        for each in roles
    )
    if not able:
        raise AbstractorError("This person is not a data validator of the centre. Choose one who is.")
    if any(each.participation_id == here.pk for each in roles):
        raise AbstractorError(f"This person works at {here.site.name} as well. Choose somebody who does not.")


@transaction.atomic
def cancel_audit(*, audit: Audit, reason: str, by: Viewer) -> Audit:
    """End an audit that has not been reported. What was entered is kept, and nothing of it is reported."""
    if not reason.strip():
        raise ReasonMissingError("The reason for cancelling")
    require_centre(by, Permission.AUDIT_MANAGE, audit.collaborative_id)
    if problem := naming_problem(reason, collaborative_id=audit.collaborative_id, reader=audit.participation_id):
        raise HospitalNamedError(problem)
    if audit.participation.left_on:
        audit = Audit.objects.select_for_update(of=("self",)).get(pk=audit.pk)
    else:
        audit = held(audit, at=UNDER_WAY, by=by, permission=Permission.AUDIT_MANAGE)
    _cancel(audit, reason.strip()[:LONGEST_REASON], by)
    return audit


@transaction.atomic
def cancel_audits_of(participation_id: int) -> int:
    """The worker's answer to a hospital that left: its audits under way are over. A second run finds none."""
    found = Audit.objects.select_for_update(of=("self",)).filter(participation_id=participation_id, state__in=UNDER_WAY)
    audits = list(found.select_related("collaborative").order_by("pk"))
    for audit in audits:
        _cancel(audit, LEFT, worker_viewer(audit.collaborative))
    return len(audits)


def _cancel(audit: Audit, reason: str, by: Viewer) -> None:
    if audit.state not in UNDER_WAY:
        return
    audit.state, audit.cancelled_at = AuditState.CANCELLED, timezone.now()
    audit.cancelled_by_id, audit.cancel_reason = by.user_id or None, reason
    audit.save(update_fields=["state", "cancelled_at", "cancelled_by", "cancel_reason"])
    record_event(EventKind.AUDIT_CANCELLED, by=by, subject=audit, participation_id=audit.participation_id)
