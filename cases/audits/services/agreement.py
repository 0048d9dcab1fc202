"""The figures of an audit, by the published methods, in the worker. Percent agreement and AC1 come first."""

import math
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cases.audits.definition.compare import CATEGORICAL, Compared, categories, category
from cases.audits.enums import AuditState, Verdict
from cases.audits.models import Agreement, Audit, Disagreement
from cases.audits.services.comparing import fields_of
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import Job
from events.services import record_event
from measures.definition.spec import VariableSpec
from measures.models import FormVersion
from riskstats.agreement import two_rater
from riskstats.intervals import wilson


Pair = tuple[Compared, bool]  # a field, and whether the adjudicator said that the original was right


@transaction.atomic
def compute_report(job: Job) -> None:
    """Compute and keep the figures as adjudicated, and report the audit; a second run finds it done."""
    rows = Audit.objects.select_for_update(of=("self",)).select_related("collaborative")
    audit = rows.get(pk=job.subject_id)
    if audit.state != AuditState.ADJUDICATION:
        return
    fix_figures(audit, reported_at=timezone.now(), reported_by_id=job.requested_by_id)
    record_event(
        EventKind.AUDIT_REPORTED,
        by=worker_viewer(audit.collaborative),
        subject=audit,
        participation_id=audit.participation_id,
        details={"compared": audit.compared, "agreeing": audit.agreeing},
    )


def fix_figures(audit: Audit, *, reported_at: datetime, reported_by_id: int | None) -> None:
    """From here on the audit is reported, and the database lets nobody change its figures."""
    by_variable: dict[str, list[Pair]] = {}
    upheld = _upheld(audit)
    for audited, field in fields_of(audit):
        pair = field, (audited.pk, field.variable.name) in upheld
        by_variable.setdefault(field.variable.name, []).append(pair)
    places = _places(audit)
    figures = [_figures(audit, places[name], pairs) for name, pairs in by_variable.items()]
    Agreement.objects.bulk_create(figures)
    audit.agreeing = sum(each.agreeing for each in figures)
    audit.state, audit.reported_at, audit.reported_by_id = AuditState.REPORTED, reported_at, reported_by_id
    audit.save(update_fields=["agreeing", "state", "reported_at", "reported_by"])


def _places(audit: Audit) -> dict[str, int]:
    """Where each variable stands in the form; the latest of several versions decides."""
    versions = FormVersion.objects.filter(pk__in=audit.cases.values("form_version_id")).order_by("number")
    names = dict.fromkeys(each.name for version in reversed(versions) for each in version.definition.variables)
    return {name: place for place, name in enumerate(names)}


def _upheld(audit: Audit) -> set[tuple[int, str]]:
    """Fields of which the adjudicator said that the hospital was right."""
    found = Disagreement.objects.filter(audit=audit, ruling__verdict=Verdict.ORIGINAL)
    return set(found.values_list("audited_case_id", "variable"))


def _figures(audit: Audit, position: int, pairs: Sequence[Pair]) -> Agreement:
    variable = pairs[-1][0].variable
    agreeing = sum(field.agrees or upheld for field, upheld in pairs)
    share = wilson(agreeing, len(pairs))
    return Agreement(
        collaborative_id=audit.collaborative_id,
        participation_id=audit.participation_id,
        audit=audit,
        variable=variable.name,
        label=variable.label,
        tier=variable.tier,
        position=position,
        compared=len(pairs),
        agreeing_found=sum(field.agrees for field, _ in pairs),
        agreeing=agreeing,
        share_lo=float(share.lo),
        share_hi=float(share.hi),
        **_coefficients(variable, pairs),
    )


def _coefficients(variable: VariableSpec, pairs: Sequence[Pair]) -> dict[str, float | None]:
    """Kappa, PABAK and AC1 over the categories that the form offers and whatever else was used; none for one chart."""
    if variable.type not in CATEGORICAL or len(pairs) < 2:
        return {}
    rated = [
        (category(field.original), category(field.original if upheld else field.second)) for field, upheld in pairs
    ]
    names = list(dict.fromkeys((*categories(variable), *(name for pair in rated for name in pair))))
    table = [[0] * len(names) for _ in names]
    for first, second in rated:
        table[names.index(first)][names.index(second)] += 1
    found = two_rater(table)
    values = {
        f"{name}{end}": float(getattr(part, name))
        for name in ("kappa", "pabak", "ac1")
        for end, part in (("", found), ("_lo", found.lo), ("_hi", found.hi))
    }
    return {name: None if math.isnan(value) else value for name, value in values.items()}
