"""What every step of an audit asks first: whose turn it is, and whether the hospital still takes part."""

from collections.abc import Collection

from cases.audits.enums import AuditState
from cases.audits.errors import HospitalLeftError, StepRefusedError
from cases.audits.models import Audit
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


def require_centre(by: Viewer, permission: Permission, collaborative_id: int) -> None:
    require(by, permission)
    if by.capacity is not Capacity.CENTRE or collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(permission)


def held(audit: Audit, *, at: Collection[AuditState], by: Viewer, permission: Permission) -> Audit:
    """The audit, locked until the transaction ends, when it is at one of these steps.

    Raises
    ------
    HospitalLeftError
        The hospital left in the meantime; the worker cancels the audit.
    StepRefusedError
        The audit is at another step.
    """
    require_centre(by, permission, audit.collaborative_id)
    return hold(audit.pk, at=at)


def hold(audit_id: int, *, at: Collection[AuditState]) -> Audit:
    rows = Audit.objects.select_for_update(of=("self",)).select_related("collaborative", "participation__site", "form")
    audit = rows.get(pk=audit_id)
    refuse(audit, at)
    return audit


def refuse(audit: Audit, at: Collection[AuditState]) -> None:
    left_on = audit.participation.left_on
    if left_on and audit.reported_at is None:
        raise HospitalLeftError(audit.participation.site.name, left_on)
    if audit.state not in at:
        raise StepRefusedError(audit.get_state_display())
