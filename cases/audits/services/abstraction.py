"""The second abstraction: the same form and the same checks, in a table of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from cases.audits.enums import BLIND, AuditState
from cases.audits.errors import ProblemsError, StepRefusedError
from cases.audits.models import Audit, AuditedCase, SecondAbstraction
from cases.audits.services.steps import held
from cases.audits.validators import LONGEST_REASON
from cases.selectors.clock import today_of
from cases.services.case_progress import needs_attention
from cases.services.changes import Answer
from collaboratives.models import Collaborative
from events.enums import EventKind
from events.services import record_event
from measures.definition.answers import Answers, to_json
from measures.definition.check import Finding, calculate, check, clear
from measures.models import FormVersion
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Answers as the abstractor found them in the chart (None takes one back), and reasons for unusual ones."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def save_second(*, audited: AuditedCase, entry: Entry, by: Viewer) -> SecondAbstraction:
    """Keep a draft, whatever is wrong in it."""
    audit, second = _opened(audited, by)
    spec, answers = audited.form_version.definition, second.read(audited.form_version)
    for name, answer in entry.answers.items():
        if name in spec.by_name:
            answers = answers.with_answer(name, answer)
    _store(second, calculate(spec, answers))
    reasons = {**second.reasons, **entry.reasons}
    second.reasons = {rule: text.strip()[:LONGEST_REASON] for rule, text in reasons.items() if text.strip()}
    second.revision += 1
    second.saved_at = timezone.now()
    second.save()
    record_event(EventKind.AUDIT_CASE_SAVED, by=by, subject=audited, participation_id=audit.participation_id)
    return second


def _opened(audited: AuditedCase, by: Viewer) -> tuple[Audit, SecondAbstraction]:
    """The audit at its second abstraction, and this case's, begun now if it was not."""
    audit = held(audited.audit, at=BLIND, by=by, permission=Permission.AUDIT_ABSTRACT)
    if audit.abstractor_id != by.user_id:
        raise PermissionRefusedError(Permission.AUDIT_ABSTRACT)
    if audit.state == AuditState.DRAWN:
        audit.state = AuditState.ABSTRACTING
        audit.save(update_fields=["state"])
    second = SecondAbstraction.objects.filter(audited_case=audited).first() or SecondAbstraction(
        collaborative_id=audit.collaborative_id,
        participation_id=audit.participation_id,
        audited_case=audited,
        abstracted_by_id=by.user_id,
    )
    if second.finished_at:
        raise StepRefusedError("finished second abstraction")
    return audit, second


def _store(second: SecondAbstraction, answers: Answers) -> None:
    stored = to_json(answers)
    second.answers, second.missing = stored.answers, stored.missing


@transaction.atomic
def finish_second(*, audited: AuditedCase, by: Viewer) -> SecondAbstraction:
    """Declare the case abstracted. After the last one the worker compares all with what the hospital entered.

    Raises
    ------
    ProblemsError
        Answers are missing, wrong, or unusual without a reason.
    """
    audit, second = _opened(audited, by)
    if problems := open_findings(audited.form_version, second, audit.collaborative):
        raise ProblemsError(len(problems))
    _store(second, clear(audited.form_version.definition, second.read(audited.form_version)))
    second.finished_at = second.saved_at = timezone.now()
    second.save()
    record_event(EventKind.AUDIT_CASE_SAVED, by=by, subject=audited, participation_id=audit.participation_id)
    if not audit.cases.exclude(second__finished_at__isnull=False).exists():
        record_event(EventKind.AUDIT_ABSTRACTED, by=by, subject=audit, participation_id=audit.participation_id)
    return second


def open_findings(version: FormVersion, second: SecondAbstraction, collaborative: Collaborative) -> list[Finding]:
    """What has to be settled first: the same as in a case of a hospital."""
    spec = version.definition
    findings = check(spec, second.read(version), today=today_of(collaborative))
    return [each for each in findings if each.rule == "required" or needs_attention(spec, each, second.reasons)]
