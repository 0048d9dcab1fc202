"""The hospital accepts or contests each disagreement; a third person of the centre decides what is contested."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from cases.audits.enums import Answer, AuditState, Verdict
from cases.audits.errors import ReasonMissingError, SamePersonError, StepRefusedError, StillOpenError
from cases.audits.models import Audit, Disagreement, Response, Ruling
from cases.audits.services.steps import held, refuse
from cases.audits.validators import LONGEST_REASON
from cases.selectors.clock import today_of
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the hospital says of one disagreement."""

    answer: Answer
    reason: str = ""


@transaction.atomic
def answer_disagreement(*, disagreement: Disagreement, reply: Reply, by: Viewer) -> Response:
    """Accept the second value, or contest it with a reason. Said once.

    Raises
    ------
    StepRefusedError
        The review is over, or a colleague has answered this one.
    """
    audit = _reviewed(disagreement.audit, by)
    if reply.answer is Answer.CONTESTED and not reply.reason.strip():
        raise ReasonMissingError("The reason for contesting")
    try:
        with transaction.atomic():
            response = _respond(disagreement, reply, by)
    except IntegrityError as problem:
        raise StepRefusedError("answered by a colleague") from problem
    record_event(EventKind.AUDIT_ANSWERED, by=by, subject=audit, participation_id=audit.participation_id)
    return response


def _reviewed(audit: Audit, by: Viewer) -> Audit:
    require(by, Permission.AUDIT_REVIEW)
    if by.capacity is not Capacity.HOSPITAL or audit.participation_id != by.participation_id:
        raise PermissionRefusedError(Permission.AUDIT_REVIEW)
    audit = Audit.objects.select_related("participation__site").get(pk=audit.pk)
    refuse(audit, (AuditState.REVIEW,))
    return audit


def _respond(disagreement: Disagreement, reply: Reply, by: Viewer) -> Response:
    return Response.objects.create(
        disagreement=disagreement,
        collaborative_id=disagreement.collaborative_id,
        participation_id=disagreement.participation_id,
        answer=reply.answer,
        reason=reply.reason.strip()[:LONGEST_REASON],
        given_by_id=by.user_id,
    )


@transaction.atomic
def accept_rest(*, audit: Audit, by: Viewer) -> int:
    """Accept every disagreement that nobody has answered."""
    audit = _reviewed(audit, by)
    waiting = list(audit.disagreements.filter(response=None).order_by("pk"))
    for each in waiting:
        _respond(each, Reply(answer=Answer.ACCEPTED), by)
    if waiting:
        record_event(EventKind.AUDIT_ANSWERED, by=by, subject=audit, participation_id=audit.participation_id)
    return len(waiting)


@transaction.atomic
def close_review(audit_id: int) -> None:
    """The worker's half: when the last disagreement is answered, it is the adjudicator's turn."""
    audit = Audit.objects.select_for_update(of=("self",)).select_related("collaborative").get(pk=audit_id)
    if audit.state == AuditState.REVIEW and not audit.disagreements.filter(response=None).exists():
        _to_adjudication(audit, worker_viewer(audit.collaborative))


def _to_adjudication(audit: Audit, by: Viewer) -> None:
    audit.state = AuditState.ADJUDICATION
    audit.save(update_fields=["state"])
    record_event(EventKind.AUDIT_REVIEWED, by=by, subject=audit, participation_id=audit.participation_id)


@transaction.atomic
def end_review(*, audit: Audit, by: Viewer) -> Audit:
    """Go on without the hospital, once its time is over: what it has not answered stands as found."""
    audit = held(audit, at=(AuditState.REVIEW,), by=by, permission=Permission.AUDIT_MANAGE)
    until = audit.review_until
    if until and today_of(audit.collaborative) <= until:
        raise StillOpenError(f"The hospital has until {until:%-d %B %Y} to answer. End the review after that day.")
    _to_adjudication(audit, by)
    return audit


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the adjudicator says of one contested disagreement."""

    verdict: Verdict
    reason: str


@transaction.atomic
def rule(*, disagreement: Disagreement, decision: Decision, by: Viewer) -> Ruling:
    """Decide which value is right. Final.

    Raises
    ------
    SamePersonError
        Whoever abstracted again does not decide; the database refuses it as well.
    """
    audit = held(disagreement.audit, at=(AuditState.ADJUDICATION,), by=by, permission=Permission.AUDIT_ADJUDICATE)
    if audit.abstractor_id == by.user_id:
        raise SamePersonError
    if not decision.reason.strip():
        raise ReasonMissingError("The reason for the decision")
    if not Response.objects.filter(disagreement=disagreement, answer=Answer.CONTESTED).exists():
        raise StillOpenError("The hospital has not contested this one, so there is nothing to decide.")
    if Ruling.objects.filter(disagreement=disagreement).exists():
        raise StillOpenError("This one is decided already, and a decision is final.")
    ruling = Ruling.objects.create(
        disagreement=disagreement,
        collaborative_id=audit.collaborative_id,
        participation_id=audit.participation_id,
        verdict=decision.verdict,
        reason=decision.reason.strip()[:LONGEST_REASON],
        decided_by_id=by.user_id,
    )
    record_event(EventKind.AUDIT_RULED, by=by, subject=audit, participation_id=audit.participation_id)
    return ruling


def undecided(audit: Audit) -> int:
    """Contested disagreements that wait for the adjudicator."""
    return audit.disagreements.filter(response__answer=Answer.CONTESTED, ruling=None).count()
