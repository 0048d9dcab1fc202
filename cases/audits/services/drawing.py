"""Draw the sample of an audit, once, after its notice."""

import secrets

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.audits.definition.draw import draw_sample, frame_digest
from cases.audits.enums import BLIND, ORDER, AuditState
from cases.audits.errors import AbstractorError, DrawnAlreadyError, EmptyFrameError, NoticeError
from cases.audits.models import Audit, AuditedCase, Original
from cases.audits.services.steps import held
from cases.enums import COUNTED
from cases.models import Case
from cases.questions.services.counts import count_questions
from cases.selectors.clock import today_of
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import Viewer


@transaction.atomic
def draw_audit(*, audit: Audit, by: Viewer) -> Audit:
    """Draw the cases, keep what the hospital entered in them as it is now, and hide the hospital from the abstractor.

    Raises
    ------
    NoticeError
        The notice is not over.
    DrawnAlreadyError
        A sample is drawn once.
    EmptyFrameError
        No case to draw from; the audit stays announced.
    """
    audit = held(audit, at=ORDER, by=by, permission=Permission.AUDIT_MANAGE)
    if audit.drawn_at:
        raise DrawnAlreadyError
    _refuse_early(audit, by)
    cases = _frame(audit)
    frame = list(cases.order_by().values_list("public_id", flat=True))
    if not frame:
        raise EmptyFrameError(audit.first_day, audit.last_day)
    audit.seed, audit.frame_size, audit.frame_digest = secrets.token_hex(16), len(frame), frame_digest(frame)
    sample = draw_sample(frame, audit.seed, audit.sample_size)
    _keep(audit, list(cases.filter(public_id__in=sample).order_by("case_number")))
    audit.state, audit.drawn_at, audit.drawn_by_id = AuditState.DRAWN, timezone.now(), by.user_id
    audit.save(update_fields=["seed", "frame_size", "frame_digest", "state", "drawn_at", "drawn_by"])
    details = {
        "seed": audit.seed,
        "frame_size": audit.frame_size,
        "frame_digest": audit.frame_digest,
        "drawn": len(sample),
    }
    record_event(EventKind.AUDIT_DRAWN, by=by, subject=audit, participation_id=audit.participation_id, details=details)
    return audit


def _frame(audit: Audit) -> QuerySet[Case]:
    """What can be drawn: complete and locked cases of the days of the notice."""
    return Case.objects.filter(
        participation_id=audit.participation_id,
        form_version__form_id=audit.form_id,
        event_date__range=(audit.first_day, audit.last_day),
        status__in=COUNTED,
    )


def _refuse_early(audit: Audit, by: Viewer) -> None:
    if today_of(audit.collaborative) < audit.draw_from:
        raise NoticeError(audit.draw_from)
    blind = Audit.objects.filter(
        participation_id=audit.participation_id, abstractor_id=by.user_id, state__in=BLIND
    ).exists()
    if blind:
        raise AbstractorError(
            "You abstract other cases of this hospital blind, so you see none to draw from. Somebody else draws the sample."
        )


def _keep(audit: Audit, cases: list[Case]) -> None:
    tenant = {"collaborative_id": audit.collaborative_id, "participation_id": audit.participation_id}
    drawn = AuditedCase.objects.bulk_create(
        AuditedCase(
            **tenant, audit=audit, case=case, case_number=case.case_number, form_version_id=case.form_version_id
        )
        for case in cases
    )
    Original.objects.bulk_create(
        Original(**tenant, audited_case=each, answers=case.answers, missing=case.missing)
        for each, case in zip(drawn, cases, strict=True)
    )
    for case in cases:
        count_questions(case)  # undoing an import leaves cases that have such a row
