"""The reason that answers a rule is kept in the case, where completing it looks for one."""

from django.utils import timezone

from cases.models import Case
from cases.questions.models import Question
from cases.services.case_progress import measure_case
from cases.services.cases import LONGEST_REASON
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


def keep_reason(*, question: Question, reason: str, by: Viewer) -> None:
    """Also in a complete case: a reason explains a value, it does not change one. In a locked one it stays in the thread."""
    if question.case is None or not question.rule:
        return
    case = Case.objects.select_for_update(of=("self",)).select_related("form_version").get(pk=question.case.pk)
    if case.is_locked:
        return
    case.reasons[question.rule] = reason.strip()[:LONGEST_REASON]
    measure_case(case.form_version.definition, case.values, case.reasons).put_into(case)
    case.revision += 1
    case.updated_at, case.updated_by_id = timezone.now(), by.user_id
    case.save()
    record_event(EventKind.CASE_SAVED, by=by, subject=case, participation_id=case.participation_id)
