"""Cases of one hospital as programs read them."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from cases.enums import COUNTED, CaseStatus
from cases.models import Case
from cases.selectors.clock import today_of
from cases.validators import finding_key
from measures.definition.check import check
from measures.definition.spec import Severity
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Found:
    """A finding in the words of the form, and under which name a reason for it is given."""

    severity: Severity
    rule: str
    variable: str | None
    message: str
    remedy: str
    reason_key: str
    reason: str

    @property
    def blocks(self) -> bool:
        """Whether the case cannot be completed with it."""
        return self.severity is Severity.ERROR or (self.severity is Severity.WARNING and not self.reason)


@dataclass(frozen=True, kw_only=True)
class CaseRecord:
    id: str
    form: str
    form_version: int
    case_number: str
    event_date: date
    status: str
    revision: int
    answers: Mapping[str, object]
    missing: Mapping[str, str]
    reasons: Mapping[str, str]
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RecordFilter:
    """Which cases a program asks for; an empty filter gives all of the hospital."""

    status: CaseStatus | None = None
    form: str = ""
    case_number: str = ""
    updated_since: datetime | None = None
    event_from: date | None = None
    event_to: date | None = None


@dataclass(frozen=True)
class Cursor:
    """After which case to go on. It tells nothing that was not in the page before."""

    updated_at: datetime
    public_id: str

    @property
    def text(self) -> str:
        return base64.urlsafe_b64encode(f"{self.updated_at.isoformat()} {self.public_id}".encode()).decode()

    @classmethod
    def from_text(cls, text: str) -> "Cursor | None":
        """The cursor that was given out as `text`; None for any other text."""
        try:
            moment, _, public_id = base64.urlsafe_b64decode(text.encode()).decode().partition(" ")
            updated_at = datetime.fromisoformat(moment)
        except (binascii.Error, ValueError):
            return None
        return cls(updated_at, public_id) if updated_at.tzinfo and public_id.isalnum() else None


@dataclass(frozen=True)
class RecordPage:
    cases: tuple[CaseRecord, ...]
    following: Cursor | None


def record_page(viewer: Viewer, wanted: RecordFilter, *, after: Cursor | None, limit: int) -> RecordPage:
    """Cases in the order of their last change, so that a program that goes on later misses none."""
    found = _matching(viewer, wanted)
    if after:
        found = found.filter(
            Q(updated_at__gt=after.updated_at) | Q(updated_at=after.updated_at, public_id__gt=after.public_id)
        )
    cases = list(found.select_related("form_version__form").order_by("updated_at", "public_id")[: limit + 1])
    last = cases[limit - 1] if len(cases) > limit else None
    following = Cursor(last.updated_at, last.public_id) if last else None
    return RecordPage(tuple(record_of(case) for case in cases[:limit]), following)


STATUSES = {
    CaseStatus.IN_PROGRESS: (CaseStatus.IN_PROGRESS,),
    CaseStatus.COMPLETE: COUNTED,  # whoever asked for complete cases before there were locks means these
    CaseStatus.LOCKED: (CaseStatus.LOCKED,),
}


def _matching(viewer: Viewer, wanted: RecordFilter) -> QuerySet[Case]:
    conditions = {
        "status__in": STATUSES.get(wanted.status) if wanted.status else None,
        "form_version__form__slug": wanted.form or None,
        "case_number": wanted.case_number or None,
        "updated_at__gte": wanted.updated_since,
        "event_date__gte": wanted.event_from,
        "event_date__lte": wanted.event_to,
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    own = Q(participation_id=viewer.participation_id or 0)  # the centre has no hospital, and no key
    return Case.objects.filter(own, collaborative_id=viewer.collaborative_id, **given)


def record_of(case: Case) -> CaseRecord:
    return CaseRecord(
        id=case.public_id,
        form=case.form_version.form.slug,
        form_version=case.form_version.number,
        case_number=case.case_number,
        event_date=case.event_date,
        status=case.status,
        revision=case.revision,
        answers=case.answers,
        missing=case.missing,
        reasons=case.reasons,
        created_at=case.created_at,
        updated_at=case.updated_at,
        completed_at=case.completed_at,
    )


def findings_of(case: Case) -> tuple[Found, ...]:
    """Everything `check` says about the case as it stands."""
    spec = case.form_version.definition
    findings = check(spec, case.values, today=today_of(case.collaborative))
    keyed = ((finding, finding_key(spec, finding)) for finding in findings)
    return tuple(
        Found(
            severity=finding.severity,
            rule=finding.rule,
            variable=finding.variable,
            message=finding.message,
            remedy=finding.remedy,
            reason_key=key if finding.severity is Severity.WARNING else "",
            reason=case.reasons.get(key, ""),
        )
        for finding, key in keyed
    )
