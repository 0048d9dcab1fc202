"""After the report: the worker puts what turned out right into the cases, marked as changed by the audit.

A locked case is unlocked, corrected and locked again in one transaction, so that its history shows all three and no page
ever meets it open. What the worker cannot decide becomes a query to the hospital.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from cases.audits.definition.compare import Given, side_of
from cases.audits.enums import AuditState, Verdict
from cases.audits.models import Audit, Disagreement
from cases.enums import UNLOCKED
from cases.models import Case
from cases.questions.services.asking import Suspicion, raise_queries_by_rule
from cases.services.case_progress import measure_case
from cases.services.locking import lock_cases, unlock_case
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import Job
from events.services import record_event
from measures.definition.answers import Answers, stored_value, to_json
from measures.definition.check import calculate, clear
from measures.definition.spec import FormSpec, MissingKind
from tenancy.context import say_way


BY_HAND = "The data validation audit found that {label} is not right. {reason} Please look in the chart and correct it."


@transaction.atomic
def correct_cases(job: Job) -> None:
    """Correct every case of a reported audit; a second run finds it done."""
    rows = Audit.objects.select_for_update(of=("self",)).select_related("collaborative")
    audit = rows.get(pk=job.subject_id)
    if audit.state != AuditState.REPORTED:
        return
    now, by = timezone.now(), worker_viewer(audit.collaborative)
    wrong = audit.disagreements.exclude(ruling__verdict=Verdict.ORIGINAL)
    wrong = wrong.select_related("audited_case__second", "ruling").order_by("audited_case_id", "pk")
    for _, group in groupby(wrong, key=lambda each: each.audited_case_id):
        raise_queries_by_rule(_correct(list(group), job.requested_by_id or 0, now), by=by)
    audit.state, audit.corrected_at = AuditState.CORRECTED, now
    audit.save(update_fields=["state", "corrected_at"])
    record_event(EventKind.AUDIT_CORRECTED, by=by, subject=audit, participation_id=audit.participation_id)


def corrected_cases(audit_id: int) -> list[int]:
    """Cases that the audit changed, for whoever counts them."""
    found = Disagreement.objects.filter(audit_id=audit_id, corrected_at__isnull=False)
    return sorted(set(found.values_list("audited_case__case_id", flat=True)))


def _correct(found: list[Disagreement], ordered_by: int, now: datetime) -> list[Suspicion]:
    """Put the second values into one case; what has to be done by hand comes back."""
    audited = found[0].audited_case
    rows = Case.objects.select_for_update(of=("self",)).select_related("form_version", "collaborative")
    case = rows.get(pk=audited.case_id)
    by_hand = [each for each in found if not _is_plain(each, case)]
    plain = [each for each in found if each not in by_hand]
    if plain:
        _write(case, plain, ordered_by)
        Disagreement.objects.filter(pk__in=[each.pk for each in plain]).update(corrected_at=now)
    return list(_suspicions(case, by_hand))


def _is_plain(found: Disagreement, case: Case) -> bool:
    """Whether the second value can simply take the place of the first, which still stands there."""
    spec = case.form_version.definition
    ruling = getattr(found, "ruling", None)
    if (ruling and ruling.verdict == Verdict.NEITHER) or found.variable == spec.event_date:
        return False  # nobody knows the value; another date may bring other questions and another cycle
    if found.variable not in spec.by_name:
        return False
    return side_of(case.values.answer(found.variable)) in (found.original, found.second)


def _write(case: Case, found: Iterable[Disagreement], ordered_by: int) -> None:
    spec, answers, locked = case.form_version.definition, case.values, case.is_locked
    for each in found:
        answers = answers.with_answer(each.variable, _answer(spec, each))
        case.reasons = {**each.audited_case.second.reasons, **case.reasons}
    if locked:
        unlock_case(case=case, reason="Correction after a data validation audit.", decided_by_id=ordered_by)
        case.refresh_from_db(fields=["status", "locked_at", "revision"])
    _put(case, clear(spec, answers) if case.is_counted else calculate(spec, answers))
    case.reasons.pop(UNLOCKED, None)
    measure_case(spec, case.values, case.reasons).put_into(case)
    case.revision += 1
    case.updated_at, case.updated_by_id = timezone.now(), ordered_by
    say_way("audit")
    case.save()
    say_way("")
    if locked:
        lock_cases(Case.objects.filter(pk=case.pk))


def _put(case: Case, answers: Answers) -> None:
    """Answers that this version of the form does not ask for stay as they are."""
    spec, stored = case.form_version.definition, to_json(answers)
    case.answers = {name: value for name, value in case.answers.items() if name not in spec.by_name} | stored.answers
    case.missing = {name: kind for name, kind in case.missing.items() if name not in spec.by_name} | stored.missing


def _answer(spec: FormSpec, found: Disagreement) -> Given:
    side = found.second
    if "missing" in side:
        return MissingKind(side["missing"])
    return stored_value(spec.variable(found.variable), side["value"]) if "value" in side else None


def _suspicions(case: Case, found: Iterable[Disagreement]) -> Iterator[Suspicion]:
    spec = case.form_version.definition
    for each in found:
        ruling = getattr(each, "ruling", None)
        label = spec.by_name[each.variable].label if each.variable in spec.by_name else each.variable
        text = BY_HAND.format(label=label, reason=ruling.reason if ruling else "")
        yield Suspicion(case=case, variable=each.variable, rule=f"audit:{each.variable}", text=" ".join(text.split()))
