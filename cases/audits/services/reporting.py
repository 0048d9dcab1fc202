"""Ask the worker for the report of an audit, and afterwards for the corrections."""

from django.db import transaction

from cases.audits.enums import AuditState
from cases.audits.errors import StillOpenError
from cases.audits.models import Audit
from cases.audits.services.review import undecided
from cases.audits.services.steps import held
from events.models import Job
from events.services import queue_job
from privacy.roles import Permission
from privacy.viewer import Viewer


REPORT, CORRECT = "audits.report", "audits.correct"


@transaction.atomic
def report_audit(*, audit: Audit, by: Viewer) -> Job:
    """Fix the figures and show the report to the hospital; nothing of it changes afterwards.

    Raises
    ------
    StillOpenError
        Something contested is not decided.
    """
    audit = held(audit, at=(AuditState.ADJUDICATION,), by=by, permission=Permission.AUDIT_MANAGE)
    if count := undecided(audit):
        raise StillOpenError(
            f"{count} contested disagreement{'s wait' if count > 1 else ' waits'} for a decision. Decide first."
        )
    return _queue(audit, REPORT, "Report of a data validation audit", by)


@transaction.atomic
def order_corrections(*, audit: Audit, by: Viewer) -> Job:
    """Let the worker put the values that turned out right into the hospital's cases. The report stays as it is."""
    audit = held(audit, at=(AuditState.REPORTED,), by=by, permission=Permission.AUDIT_MANAGE)
    return _queue(audit, CORRECT, "Corrections after a data validation audit", by)


def _queue(audit: Audit, kind: str, title: str, by: Viewer) -> Job:
    waiting = Job.objects.filter(
        collaborative_id=audit.collaborative_id, kind=kind, subject_id=audit.pk, finished_at=None
    )
    return waiting.first() or queue_job(
        kind, title=title, subject=audit, by=by, participation_id=audit.participation_id
    )
