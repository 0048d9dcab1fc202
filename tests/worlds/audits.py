"""A reported audit each at alder and birch: three cases, one contested value upheld, one accepted. Vera abstracted again.

The functions below take an audit through its steps, each as the person whose turn it is; tests use them too.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

from django.db import transaction

from cases.audits.enums import Answer, Verdict
from cases.audits.models import Audit, AuditedCase, Disagreement
from cases.audits.services.abstraction import Entry, finish_second, save_second
from cases.audits.services.agreement import compute_report
from cases.audits.services.comparing import compare_audit
from cases.audits.services.correction import correct_cases
from cases.audits.services.drawing import draw_audit
from cases.audits.services.notices import Notice, announce_audit
from cases.audits.services.review import Decision, Reply, answer_disagreement, close_review, rule
from cases.models import Case
from collaboratives.selectors.places import acting_for
from measures.definition.answers import Answers
from measures.definition.spec import MissingKind, Value
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.worlds import definitions, programme


WORDS = {"alder": "Marblethorn", "birch": "Quickenberry"}
AUDITS: dict[str, str] = {}
"""Public ids of the reported audits, by hospital."""
DAYS = (date(2025, 7, 1), date(2025, 12, 31))
Changed = Mapping[str, Value | MissingKind | None]


def build() -> None:
    for hospital, word in WORDS.items():
        audit = announce(hospital, sample_size=3)
        draw(audit)
        samples = drawn(audit)
        for place, sample in enumerate(samples):
            abstract(sample, {"drain": None} | ({"ssi": MissingKind.UNKNOWN, "asa": "4"} if place == 0 else {}))
        compare(audit)
        contest(found(audit, samples[0], "asa"), f"The anaesthetist wrote it so ({word}).")
        contest(found(audit, samples[0], "ssi"), "", Answer.ACCEPTED)
        decide(found(audit, samples[0], "asa"), Verdict.ORIGINAL, f"The sheet agrees with the hospital ({word}).")
        report(audit)
        AUDITS[hospital] = audit.public_id


def cora() -> Viewer:
    return programme.viewer("cora")


def vera() -> Viewer:
    return programme.viewer("vera")


def announce(hospital: str, *, sample_size: int = 3, notice_days: int = 0, days: tuple[date, date] = DAYS) -> Audit:
    by = cora()
    with acting(acting_for(by)), transaction.atomic():
        notice = Notice(
            participation=programme.participation(hospital),
            form=definitions.form(),
            first_day=days[0],
            last_day=days[1],
            sample_size=sample_size,
            notice_days=notice_days,
            abstractor_id=vera().user_id,
        )
        return announce_audit(notice=notice, by=by)


def draw(audit: Audit) -> Audit:
    with acting(acting_for(cora())), transaction.atomic():
        return draw_audit(audit=audit, by=cora())


def again(audit: Audit) -> Audit:
    """The row as it is now."""
    with acting(acting_for(cora())), transaction.atomic():
        return Audit.objects.select_related("participation__site", "collaborative", "form", "abstractor").get(
            pk=audit.pk
        )


def drawn(audit: Audit) -> list[AuditedCase]:
    with acting(acting_for(cora())), transaction.atomic():
        rows = audit.cases.select_related("audit__participation__site", "audit__collaborative", "form_version")
        return list(rows.order_by("case_number"))


def chart(sample: AuditedCase) -> Answers:
    """What the chart says: here what the hospital entered, which the abstractor does not see."""
    with acting(acting_for(cora())), transaction.atomic():
        return Case.objects.select_related("form_version").get(pk=sample.case_id).values


def abstract(sample: AuditedCase, changed: Changed | None = None, *, finish: bool = True) -> None:
    """Enter the chart again, but for what `changed` says."""
    truth = chart(sample)
    answers = {name: truth.answer(name) for name in truth.names} | dict(changed or {})
    with acting(acting_for(vera())), transaction.atomic():
        save_second(audited=sample, entry=Entry(answers=answers), by=vera())
        if finish:
            finish_second(audited=sample, by=vera())


def compare(audit: Audit) -> None:
    with as_worker():
        compare_audit(audit.pk)


def found(audit: Audit, sample: AuditedCase, variable: str) -> Disagreement:
    with acting(acting_for(cora())), transaction.atomic():
        rows = Disagreement.objects.select_related("audit__participation__site", "audit__collaborative")
        return rows.get(audit=audit, audited_case=sample, variable=variable)


def contest(disagreement: Disagreement, reason: str, answer: Answer = Answer.CONTESTED) -> None:
    (name,) = (key for key in programme.HOSPITALS if _is_of(key, disagreement))
    by = programme.viewer(f"{name}.champion")
    with acting(acting_for(by)), transaction.atomic():
        answer_disagreement(disagreement=disagreement, reply=Reply(answer=answer, reason=reason), by=by)
    with as_worker():
        close_review(disagreement.audit_id)


def _is_of(key: str, disagreement: Disagreement) -> bool:
    return programme.HOSPITALS[key][0] == disagreement.audit.participation.site.identifier


def decide(disagreement: Disagreement, verdict: Verdict, reason: str) -> None:
    with acting(acting_for(cora())), transaction.atomic():
        rule(disagreement=disagreement, decision=Decision(verdict=verdict, reason=reason), by=cora())


def report(audit: Audit) -> None:
    with as_worker():
        compute_report(_job(audit))


def correct(audit: Audit) -> None:
    with as_worker():
        correct_cases(_job(audit))


def _job(audit: Audit) -> SimpleNamespace:
    return SimpleNamespace(subject_id=audit.pk, requested_by_id=cora().user_id)


@contextmanager
def as_worker() -> Iterator[None]:
    """Inside, everything runs as the worker of colectomy-mi."""
    with acting(Acting("compute", collaborative_id=cora().collaborative_id)), transaction.atomic():
        yield


HOSPITAL = "cedar"  # where tests audit


def under_abstraction(hospital: str = HOSPITAL, *, sample_size: int = 3, days: tuple[date, date] = DAYS) -> Audit:
    return draw(announce(hospital, sample_size=sample_size, days=days))


def reviewed(changed: Mapping[int, Changed]) -> tuple[Audit, list[AuditedCase]]:
    """An audit whose second abstractions say what they are told, by the place of the case."""
    audit = under_abstraction()
    samples = drawn(audit)
    for place, sample in enumerate(samples):
        abstract(sample, changed.get(place))
    compare(audit)
    return again(audit), samples


def finished() -> tuple[Audit, list[AuditedCase]]:
    """Of four disagreements: one for the hospital, two accepted, one with neither side right."""
    changed = {0: {"asa": "4", "age": 44, "ssi": MissingKind.UNKNOWN}, 1: {"readmitted": MissingKind.UNKNOWN}}
    audit, samples = reviewed(changed)
    contest(found(audit, samples[0], "asa"), "Signed last.")
    contest(found(audit, samples[0], "age"), "", Answer.ACCEPTED)
    contest(found(audit, samples[0], "ssi"), "", Answer.ACCEPTED)
    contest(found(audit, samples[1], "readmitted"), "We asked the patient.")
    decide(found(audit, samples[0], "asa"), Verdict.ORIGINAL, "The sheet says so.")
    decide(found(audit, samples[1], "readmitted"), Verdict.NEITHER, "The letter is of another stay.")
    report(audit)
    return again(audit), samples
