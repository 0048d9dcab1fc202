"""How the last audits went, for the statement beside every number."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from cases.audits.enums import FINISHED
from cases.audits.models import Audit


@dataclass(frozen=True, kw_only=True)
class AuditFigure:
    """One hospital's last finished audit: of `compared` fields so many agree, as adjudicated."""

    participation_id: int
    audit_public_id: str
    reported_at: datetime
    first_day: date
    last_day: date
    cases: int
    compared: int
    agreeing: int

    @property
    def share(self) -> float | None:
        return self.agreeing / self.compared if self.compared else None


def last_audits(
    collaborative_id: int,
    *,
    form_id: int | None = None,
    participation_id: int | None = None,
    until: datetime | None = None,
) -> dict[int, AuditFigure]:
    """By hospital its last finished audit, reported before `until`; in one query, of whatever the wall lets through."""
    audits = Audit.objects.filter(collaborative_id=collaborative_id, state__in=FINISHED)
    if form_id is not None:
        audits = audits.filter(form_id=form_id)
    if participation_id is not None:
        audits = audits.filter(participation_id=participation_id)
    if until is not None:
        audits = audits.filter(reported_at__lt=until)
    latest = audits.annotate(drawn=Count("cases")).order_by("reported_at", "pk")
    return {each.participation_id: _figure(each, each.drawn) for each in latest}


def _figure(audit: Audit, cases: int) -> AuditFigure:
    if audit.reported_at is None:
        raise ValueError(f"expected a reported audit, but got {audit}")
    return AuditFigure(
        participation_id=audit.participation_id,
        audit_public_id=audit.public_id,
        reported_at=audit.reported_at,
        first_day=audit.first_day,
        last_day=audit.last_day,
        cases=cases,
        compared=audit.compared,
        agreeing=audit.agreeing,
    )
