"""The worker's comparison, once every drawn case is abstracted again. From here on the abstractor is blind no more."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cases.audits.definition.compare import Compared, compare, side_of
from cases.audits.enums import BLIND, AuditState
from cases.audits.models import Audit, AuditedCase, Disagreement
from cases.audits.validators import DAYS_TO_REVIEW
from cases.selectors.clock import today_of
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.services import record_event


def fields_of(audit: Audit) -> Iterator[tuple[AuditedCase, Compared]]:
    """Every compared field of every drawn case."""
    cases = audit.cases.select_related("original", "second", "form_version").order_by("case_number", "pk")
    for each in cases:
        version = each.form_version
        for field in compare(version.definition, each.original.read(version), each.second.read(version)):
            yield each, field


@transaction.atomic
def compare_audit(audit_id: int) -> None:
    """List the disagreements and let the hospital see them; a second run finds it done."""
    audit = Audit.objects.select_for_update(of=("self",)).select_related("collaborative").get(pk=audit_id)
    if audit.state not in BLIND or audit.cases.exclude(second__finished_at__isnull=False).exists():
        return
    fields = list(fields_of(audit))
    differing = [_disagreement(audit, each, field) for each, field in fields if not field.agrees]
    Disagreement.objects.bulk_create(differing)
    audit.state, audit.compared_at = AuditState.REVIEW, timezone.now()
    audit.compared, audit.agreeing_found = len(fields), len(fields) - len(differing)
    audit.review_until = today_of(audit.collaborative) + timedelta(days=DAYS_TO_REVIEW)
    if not differing:
        audit.state = AuditState.ADJUDICATION  # nothing to review, nothing to decide
    audit.save(update_fields=["state", "compared_at", "compared", "agreeing_found", "review_until"])
    by, details = worker_viewer(audit.collaborative), {"compared": len(fields), "disagreements": len(differing)}
    record_event(
        EventKind.AUDIT_COMPARED, by=by, subject=audit, participation_id=audit.participation_id, details=details
    )


def _disagreement(audit: Audit, audited: AuditedCase, field: Compared) -> Disagreement:
    return Disagreement(
        collaborative_id=audit.collaborative_id,
        participation_id=audit.participation_id,
        audit=audit,
        audited_case=audited,
        variable=field.variable.name,
        tier=field.variable.tier,
        original=side_of(field.original),
        second=side_of(field.second),
    )
