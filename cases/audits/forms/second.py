"""The form of the second abstraction: the hospital's own form over answers that are kept apart from its cases."""

from datetime import date

from django.http import QueryDict

from cases.audits.enums import BLIND
from cases.audits.models import AuditedCase, SecondAbstraction
from cases.enums import CaseStatus
from cases.forms.case_page import Asked, CasePage, case_page
from cases.forms.submission import Submission, read_submission
from cases.models import Case
from cases.selectors.clock import today_of
from measures.definition.spec import DateOrder


def second_page(
    audited: AuditedCase,
    second: SecondAbstraction,
    *,
    dictionary_url: str,
    completing: bool = False,
    submission: Submission | None = None,
) -> CasePage:
    """The page of a case that never was one: made of the second abstraction, and never saved."""
    asked = Asked(
        editable=second.finished_at is None and audited.audit.state in BLIND,
        today=today_of(audited.collaborative),
        dictionary_url=dictionary_url,
        completing=completing,
        submission=submission,
    )
    return case_page(_as_case(audited, second), asked)


def _as_case(audited: AuditedCase, second: SecondAbstraction) -> Case:
    return Case(
        public_id=audited.public_id,
        collaborative=audited.collaborative,
        form_version=audited.form_version,
        case_number=audited.case_number,
        event_date=date.min,  # the abstractor finds it in the chart
        status=CaseStatus.IN_PROGRESS,
        answers=second.answers,
        missing=second.missing,
        reasons=second.reasons,
        updated_at=second.saved_at,
    )


def read_second(data: QueryDict, audited: AuditedCase) -> Submission:
    collaborative = audited.collaborative
    order, today = DateOrder(collaborative.date_order), today_of(collaborative)
    return read_submission(data, audited.form_version.definition, order, today)
